-- SPDX-License-Identifier: MIT
--- What a request to delete an object means for its dependents.
--
-- The answer is kept as a finalizer of the object, which the garbage collector
-- takes away when it has seen to the dependents: "orphan", "foregroundDeletion",
-- or none, which is in the background: they follow when the object is gone.
-- Source: apiserver pkg/registry/generic/registry/store.go
-- (deletionFinalizersForGarbageCollection).
local facet = require "wl.facet"
local value = require "wl.value"

local deletion = {}

local FOREGROUND, ORPHAN = "foregroundDeletion", "orphan"
deletion.FOREGROUND, deletion.ORPHAN = FOREGROUND, ORPHAN

--- Facets of every kind: is it staying, or being deleted with dependents to be
-- seen to?
deletion.facets = {
  { "staying", facet.absent "metadata.deletionTimestamp" },
  { "collecting", facet.all { facet.negate "staying",
                              facet.contains("metadata.finalizers", FOREGROUND, ORPHAN) } },
}

--- Has an object this finalizer?
-- @param object
-- @tparam string finalizer
-- @treturn boolean
function deletion.has(object, finalizer)
  for _, one in ipairs(object.metadata.finalizers or {}) do
    if one == finalizer then return true end
  end
  return false
end

-- What is said in the request, in either way of saying it; what an earlier
-- request left; what the kind does by itself.
local function propagation_of(options, object, policy)
  if policy == "Unsupported" then return "Background" end
  if options.orphanDependents ~= nil then
    return options.orphanDependents and "Orphan" or "Background"
  elseif options.propagation then
    return options.propagation
  elseif deletion.has(object, ORPHAN) then
    return "Orphan"
  elseif deletion.has(object, FOREGROUND) then
    return "Foreground"
  end
  return policy == "OrphanDependents" and "Orphan" or "Background"
end

--- The finalizers that an object has after a request to delete it.
-- @param object
-- @tparam table options of the request: propagation "Background", "Foreground" or "Orphan";
--   or orphanDependents, as long ago
-- @tparam ?string policy of its kind: "DeleteDependents" (default), "OrphanDependents",
--   "Unsupported"
-- @treturn ?{string,...} nil when they are as before
function deletion.finalizers(object, options, policy)
  local propagation = propagation_of(options, object, policy)
  local orphans, waits = propagation == "Orphan", propagation == "Foreground"
  if deletion.has(object, ORPHAN) == orphans and deletion.has(object, FOREGROUND) == waits then
    return nil
  end
  local kept = value.list {}
  for _, one in ipairs(object.metadata.finalizers or {}) do
    if one ~= ORPHAN and one ~= FOREGROUND then kept[#kept + 1] = one end
  end
  if orphans then kept[#kept + 1] = ORPHAN end
  if waits then kept[#kept + 1] = FOREGROUND end
  return kept
end

--- Take a finalizer away; the object goes with its last one.
-- @param ctx
-- @param object
-- @tparam string finalizer
function deletion.remove_finalizer(ctx, object, finalizer)
  return ctx.store:change(ctx.server:id(object), function(draft)
    local kept = value.list {}
    for _, one in ipairs(object.metadata.finalizers) do
      if one ~= finalizer then kept[#kept + 1] = one end
    end
    draft.metadata.finalizers = #kept > 0 and kept or nil
  end)
end

return deletion
