-- SPDX-License-Identifier: MIT
--- Pods of nodes that are no more: nobody else would ever end them.
-- Source: pkg/controller/podgc `gcOrphaned`.
local conditions = require "wl.conditions"

local PodGarbage = {}
PodGarbage.__index = PodGarbage

local QUARANTINE = 40 -- seconds: the node may come back

function PodGarbage.new()
  return setmetatable({ gone = {}, started = false }, PodGarbage)
end

--- A node is gone.
-- @tparam string name
-- @tparam number now seconds
function PodGarbage:lost(name, now)
  self.gone[#self.gone + 1] = { name = name, at = now + QUARANTINE }
end

local function exists(ctx, name)
  return ctx:get("Node", nil, name) ~= nil
end

-- Nodes that were gone before this controller began.
local function begin(self, ctx)
  if not self.started then
    self.started = true
    for _, group in ipairs(ctx:all("Pod"):batch():group_by "spec.nodeName") do
      if group[1] and not exists(ctx, group[1]) then
        self:lost(group[1], ctx.now)
      end
    end
  end
end

local function fail(ctx, pods)
  for _, group in ipairs(pods:group_by("status.conditions", "status.phase")) do
    if group[2] ~= "Succeeded" and group[2] ~= "Failed" then
      local list = conditions.replace(group[1], {
        type = "DisruptionTarget", status = "True", reason = "DeletionByPodGC",
        message = "PodGC: node no longer exists", lastTransitionTime = ctx:timestamp() })
      ctx:update_many(group.batch, { status = { phase = "Failed", conditions = list } })
    end
  end
  ctx:delete_many(pods, { grace = 0 })
end

--- Remove the pods of nodes that have been gone for long enough.
-- @param ctx the controller surface
-- @treturn ?number the moment at which the next is due
function PodGarbage:run(ctx)
  begin(self, ctx)
  local waiting, next_at = {}, nil
  for _, entry in ipairs(self.gone) do
    if entry.at > ctx.now then
      waiting[#waiting + 1] = entry
      next_at = math.min(next_at or entry.at, entry.at)
    elseif not exists(ctx, entry.name) then
      local pods = ctx:on_node(entry.name, "Pod"):batch()
      if #pods > 0 then
        fail(ctx, pods)
      end
    end
  end
  self.gone = waiting
  return next_at
end

return PodGarbage
