-- SPDX-License-Identifier: MIT
--- The steps of a Deployment's sync. Each takes the run (`wl.rollout.run`) and
-- returns true, or nil, message, code.
--
-- Source: pkg/controller/deployment `sync.go`.
local outdated = require "wl.outdated"
local proportion = require "wl.rollout.proportion"
local revision = require "wl.revision"
local sets = require "wl.rollout.sets"
local status = require "wl.rollout.status"
local time = require "wl.time"

local steps = {}

-- The history limit that stands for none.
local UNLIMITED = 2147483647

-- ---- pausing ----

--- Note in the conditions that the Deployment was paused or resumed.
function steps.note_pause(run)
  local list = status.pause_conditions(run.deployment, run.ctx:timestamp())
  return not list or run:write_status(function(draft) draft.conditions = list end)
end

-- ---- resizing ----

--- Does the Deployment want another number of pods than its sets were sized for?
-- @treturn boolean
function steps.is_resized(run)
  for _, set in ipairs(sets.active(run:all())) do
    if set.desired and set.desired ~= run.replicas then
      return true
    end
  end
  return false
end

-- The new set has all the pods it needs, and all are available.
local function is_saturated(run)
  local new = run.new
  return new ~= nil and new.replicas == run.replicas and new.desired == run.replicas
    and new.available == run.replicas
end

local function empty_old(run)
  for _, set in ipairs(sets.active(run.old)) do
    local done, message, code = run:scale(set, 0)
    if not done then
      return nil, message, code
    end
  end
  return true
end

local function spread(run)
  local most = run.replicas + run.surge
  local limits = { replicas = run.replicas, surge = run.surge,
    current = (run.deployment.status or {}).replicas or 0 }
  for _, part in ipairs(proportion.sizes(sets.active(run:all()), limits)) do
    local set, size = part[1], part[2]
    if set.replicas ~= size
      or not revision.is_sized(set.object.metadata.annotations, run.replicas, most) then
      local done, message, code = run:scale(set, size)
      if not done then
        return nil, message, code
      end
    end
  end
  return true
end

--- Give the sets the sizes that the Deployment wants now, without any rollout:
-- the only active set gets them all; several keep their proportions, unless the
-- strategy wants only one of them to have pods.
function steps.resize(run)
  local only = sets.only(run.new, run.old)
  if only then
    return run:scale_to(only, run.replicas)
  elseif is_saturated(run) then
    return empty_old(run)
  end
  return run.strategy.exclusive or spread(run)
end

-- ---- cleaning up ----

-- A revision that somebody wrote over leaves the age to decide.
local function before(a, b)
  if a.revision and b.revision and a.revision ~= b.revision then
    return a.revision < b.revision
  end
  return a.age < b.age
end

-- By insertion: between such sets the order can go in a circle.
local function sort(list)
  for i = 2, #list do
    local j = i
    while j > 1 and before(list[j], list[j - 1]) do
      list[j], list[j - 1] = list[j - 1], list[j]
      j = j - 1
    end
  end
end

local function is_removable(set)
  local object = set.object
  return set.current == 0 and set.replicas == 0
    and (object.metadata.generation or 0) <= ((object.status or {}).observedGeneration or 0)
end

local function alive_of(old)
  local alive = {}
  for i, set in ipairs(old) do
    if set.object.metadata.deletionTimestamp == nil then
      set.age = i
      alive[#alive + 1] = set
    end
  end
  sort(alive)
  return alive
end

-- What could go, for a history policy.
local function items(run)
  local list = {}
  for _, set in ipairs(alive_of(run.old)) do
    local metadata = set.object.metadata
    if is_removable(set) then
      list[#list + 1] = { name = set.name, at = time.parse(metadata.creationTimestamp),
        failed = false, revision = set.revision, object = set.object }
    end
  end
  return list
end

--- The old sets that the history limit has no room for: of those with the lowest
-- revisions, the ones without pods.
-- @tparam table old sets, oldest first
-- @tparam ?integer limit revisionHistoryLimit
-- @treturn table
function steps.expired(old, limit)
  local alive, expired = alive_of(old), {}
  for i = 1, limit and limit ~= UNLIMITED and #alive - limit or 0 do
    if is_removable(alive[i]) then
      expired[#expired + 1] = alive[i]
    end
  end
  return expired
end

--- Delete old sets beyond the history limit, or those that the history policy does not keep.
function steps.clean_up(run)
  local gone = outdated.items(run.ctx, run.deployment, function() return items(run) end)
    or steps.expired(run.old, run.deployment.spec.revisionHistoryLimit)
  for _, set in ipairs(gone) do
    local deleted, message, code = run.ctx:delete(set.object)
    if not deleted and code ~= "NotFound" then
      return nil, message, code
    end
  end
  return true
end

-- ---- the status ----

--- Write the numbers.
function steps.write_status(run)
  return run:write_status(status.calculate(run.deployment, run.new, run:all(),
    run.ctx:timestamp(), run.unavailable))
end

local function sooner(a, b) return a and b and math.min(a, b) or a or b end

--- Write the numbers and how the rollout progresses; find when to look again
-- for progress that does not come.
function steps.write_progress(run)
  local clock = { now = run.ctx.now, timestamp = run.ctx:timestamp(), message = run.message,
    waits = run.waits, unavailable = run.unavailable }
  local result = status.rollout(run.deployment, run.new, run:all(), clock)
  result.rollout = run.record
  local done, message, code = run:write_status(result)
  if not done then
    return nil, message, code
  end
  local wait = status.check_in(run.deployment, result, clock.now)
  run.requeue = sooner(run.requeue, wait == 0 and 1 or wait)
  return true
end

return steps
