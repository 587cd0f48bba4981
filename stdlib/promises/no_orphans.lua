-- SPDX-License-Identifier: MIT
--- no-orphans: at the end of a run nothing is left whose owners are all gone.
local promise = require "wl.promise"
local time = require "wl.time"

local PATIENCE = 60 -- seconds that the collector may take

local KINDS = { "Pod", "ReplicaSet", "Job", "ControllerRevision" }

local function is_orphan(ctx, object)
  local references = object.metadata.ownerReferences or {}
  for _, reference in ipairs(references) do
    if ctx:by_uid(reference.uid) then return false end
  end
  return #references > 0 and not object.metadata.deletionTimestamp
    and ctx.now - time.parse(object.metadata.creationTimestamp) > PATIENCE
end

return promise "no-orphans" {
  about = "nothing is left at the end whose owners are all gone",
  finish = function(ctx)
    for _, kind in ipairs(KINDS) do
      for object in ctx:all(kind):each() do
        if is_orphan(ctx, object) then
          return ("%s %s/%s is left, and its owners are gone"):format(kind,
            object.metadata.namespace, object.metadata.name)
        end
      end
    end
  end,
}
