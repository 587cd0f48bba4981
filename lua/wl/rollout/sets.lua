-- SPDX-License-Identifier: MIT
--- The ReplicaSets of a Deployment as numbers, and which of them is which.
--
-- Source: pkg/controller/deployment/util `FindNewReplicaSet`,
-- `FindOldReplicaSets`, `FindActiveOrLatest`.
local pod_template = require "wl.pod_template"
local revision = require "wl.revision"

local sets = {}

--- Read a ReplicaSet.
-- @param object
-- @treturn table `object`, `name`, `hash`, `revision`; `replicas` (wanted), `current`,
--   `ready`, `available`, `terminating`; `desired` and `max`, what the
--   Deployment wanted and might have had when it last sized the set
function sets.read(object)
  local status = object.status or {}
  local annotations = object.metadata.annotations
  return {
    object = object,
    exists = true,
    name = object.metadata.name,
    hash = (object.metadata.labels or {})[pod_template.HASH] or object.metadata.name,
    revision = revision.of(object),
    replicas = object.spec.replicas or 1,
    current = status.replicas or 0,
    ready = status.readyReplicas or 0,
    available = status.availableReplicas or 0,
    terminating = status.terminatingReplicas or 0,
    desired = revision.count(annotations, revision.DESIRED),
    max = revision.count(annotations, revision.MAX),
  }
end

-- Stands for the set of a template that has none yet.
local NONE = {
  exists = false, replicas = 0, current = 0, ready = 0, available = 0, terminating = 0,
}

local function older(a, b)
  local x, y = a.metadata.creationTimestamp or "", b.metadata.creationTimestamp or ""
  if x ~= y then
    return x < y
  end
  return a.metadata.name < b.metadata.name
end

--- Sort ReplicaSets by creation, then by name.
-- @tparam table objects sorted in place
-- @treturn table objects
function sets.oldest_first(objects)
  table.sort(objects, older)
  return objects
end

--- Tell the set of the current template from the others. Where several have the
-- template, the oldest is the new one.
-- @tparam table objects ReplicaSets, sorted in place
-- @param template of the Deployment
-- @treturn ?table the new set, as `read` gives it
-- @treturn table the old sets, oldest first
function sets.split(objects, template)
  local new, old = nil, {}
  for _, object in ipairs(sets.oldest_first(objects)) do
    if not new and pod_template.equal(object.spec.template, template) then
      new = sets.read(object)
    else
      old[#old + 1] = sets.read(object)
    end
  end
  return new, old
end

--- Those that want pods.
-- @tparam table list
-- @treturn table
function sets.active(list)
  local found = {}
  for _, set in ipairs(list) do
    if set.replicas > 0 then
      found[#found + 1] = set
    end
  end
  return found
end

--- All sets, the new one last.
-- @tparam ?table new
-- @tparam table old
-- @treturn table
function sets.all(new, old)
  local list = table.move(old, 1, #old, 1, {})
  list[#list + 1] = new
  return list
end

--- The one set that a resize concerns: the only active one, or the newest when
-- none is. Nil when the pods are spread over several.
-- @tparam ?table new
-- @tparam table old oldest first
-- @treturn ?table
function sets.only(new, old)
  local active = sets.active(sets.all(new, old))
  if #active == 0 then
    return new or old[#old]
  end
  return #active == 1 and active[1] or nil
end

--- The sum of a number over sets.
-- @tparam table list
-- @tparam string field
-- @treturn integer
function sets.sum(list, field)
  local total = 0
  for _, set in ipairs(list) do
    total = total + set[field]
  end
  return total
end

local function to_be_seen(list, stable)
  local found = {}
  for _, set in ipairs(list) do
    if set.replicas > 0 or stable and set.hash == stable then
      found[#found + 1] = set
    end
  end
  return found
end

--- What a strategy sees: see `wl.strategy`.
-- @tparam ?table new
-- @tparam table old
-- @tparam table limits `replicas`, `surge`, `unavailable`, `old_pods`,
--   `exclusive`, `params`, `now`; `stable`, the hash of an old set that counts even
--   when it wants no pods
-- @treturn table
function sets.view(new, old, limits)
  local all = sets.all(new, old)
  return {
    replicas = limits.replicas,
    surge = limits.surge,
    unavailable = limits.exclusive and limits.replicas or limits.unavailable,
    new = new or NONE,
    old = to_be_seen(old, limits.stable),
    total = sets.sum(all, "replicas"),
    available = sets.sum(all, "available"),
    old_pods = limits.old_pods or 0,
    exclusive = limits.exclusive or false,
    params = limits.params,
    now = limits.now,
  }
end

return sets
