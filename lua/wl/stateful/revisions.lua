-- SPDX-License-Identifier: MIT
--- The two revisions of a StatefulSet: the one its pods have (current) and the
-- one they are to get (update).
--
-- Source: pkg/controller/statefulset `getStatefulSetRevisions`, `truncateHistory`.
local controller_revision = require "wl.controller_revision"
local history = require "wl.revision_history"

local revisions = {}

local function named(list, name)
  for _, one in ipairs(list) do
    if one.metadata.name == name then
      return one
    end
  end
end

local function new(set, number)
  local data = controller_revision.data(set.spec.template)
  return function(collisions)
    local name, sum = controller_revision.name(set.metadata.name, data, collisions)
    return history.new(set, number, name, controller_revision.HASH_LABEL, sum)
  end
end

-- Going back to an old template gives its revision the highest number.
local function updated(ctx, set, list, collisions)
  local newest = list[#list]
  local next_number = newest and newest.revision + 1 or 1
  local equal = history.equal(list, set.spec.template)
  local latest = equal[#equal]
  if not latest then
    return history.create(ctx, set, new(set, next_number), collisions)
  elseif latest == newest then
    return newest, collisions
  end
  local written, message, code = history.renumber(ctx, latest, next_number)
  if not written then
    return nil, message, code
  end
  return written, collisions
end

--- Find or make the revisions.
-- @param ctx
-- @param set
-- @tparam table list all revisions, the newest last
-- @treturn ?table current, update (revisions), collisions; or nil, message, code
function revisions.find(ctx, set, list)
  local status = set.status or {}
  local update, collisions, code = updated(ctx, set, list, status.collisionCount or 0)
  if not update then
    return nil, collisions, code
  end
  local current = named(list, status.currentRevision)
  if not current or current.metadata.name == update.metadata.name then
    current = update
  end
  return { current = current, update = update, collisions = collisions }
end

--- The revisions that the history has no room for: the oldest of those that
-- neither the set nor any pod is of.
-- @tparam table list the newest last
-- @tparam table live name -> true
-- @tparam ?integer limit revisionHistoryLimit
-- @treturn table array
function revisions.expired(list, live, limit)
  local old = {}
  for _, one in ipairs(list) do
    if not live[one.metadata.name] then
      old[#old + 1] = one
    end
  end
  local excess = limit and limit >= 0 and #old - limit or 0
  return table.move(old, 1, math.max(excess, 0), 1, {})
end

return revisions
