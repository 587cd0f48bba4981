-- SPDX-License-Identifier: MIT
--- The status of a Deployment and what it says about progress.
--
-- All functions are pure: they take the deployment as stored and return what
-- to write. Messages and reasons are Kubernetes' own.
-- Source: pkg/controller/deployment `progress.go`, `sync.go`.
local budget = require "wl.rollout.budget"
local conditions = require "wl.conditions"
local sets = require "wl.rollout.sets"
local time = require "wl.schema.time"

local status = {}

-- Why a rollout does not progress that does not wait for pods.
local WAITING = { RolloutPaused = true, RolloutAborted = true }

-- As good as no deadline.
local NO_DEADLINE = 2147483647

-- ---- conditions ----

--- A condition of a Deployment.
-- @tparam string type
-- @tparam string state "True", "False" or "Unknown"
-- @tparam string reason
-- @tparam string message
-- @tparam string timestamp of now
-- @treturn table
function status.condition(type, state, reason, message, timestamp)
  return {
    type = type, status = state, reason = reason, message = message,
    lastUpdateTime = timestamp, lastTransitionTime = timestamp,
  }
end

--- Is there a deadline for progress?
function status.has_deadline(deployment)
  local seconds = deployment.spec.progressDeadlineSeconds
  return seconds ~= nil and seconds ~= NO_DEADLINE
end

local function progress_of(holder)
  return conditions.find(holder.conditions, "Progressing")
end

-- ---- counting ----

local function some(n) return n and n > 0 and n or nil end

local function availability(available, deployment, timestamp, unavailable)
  unavailable = unavailable or select(2, budget.of(deployment))
  if available >= (deployment.spec.replicas or 1) - unavailable then
    return status.condition("Available", "True", "MinimumReplicasAvailable",
      "Deployment has minimum availability.", timestamp)
  end
  return status.condition("Available", "False", "MinimumReplicasUnavailable",
    "Deployment does not have minimum availability.", timestamp)
end

--- The numbers, and whether enough pods are available.
-- @param deployment
-- @tparam ?table new the new set
-- @tparam table all sets, the new one included
-- @tparam string timestamp of now
-- @tparam ?integer unavailable how many may be that; by default what rollingUpdate says
-- @treturn table
function status.calculate(deployment, new, all, timestamp, unavailable)
  local available = sets.sum(all, "available")
  local stored = deployment.status or {}
  return {
    observedGeneration = some(deployment.metadata.generation),
    replicas = some(sets.sum(all, "current")),
    updatedReplicas = some(new and new.current),
    readyReplicas = some(sets.sum(all, "ready")),
    availableReplicas = some(available),
    unavailableReplicas = some(sets.sum(all, "replicas") - available),
    terminatingReplicas = sets.sum(all, "terminating"),
    collisionCount = stored.collisionCount,
    rollout = stored.rollout,
    conditions = conditions.set(stored.conditions,
      availability(available, deployment, timestamp, unavailable)),
  }
end

-- ---- progress ----

--- Has every pod been replaced, and are all available?
-- @param deployment
-- @param now_status a status
-- @treturn boolean
function status.complete(deployment, now_status)
  local wanted = deployment.spec.replicas or 1
  return (now_status.updatedReplicas or 0) == wanted
    and (now_status.replicas or 0) == wanted
    and (now_status.availableReplicas or 0) == wanted
    and (now_status.observedGeneration or 0) >= (deployment.metadata.generation or 0)
end

--- Is there more of the new, or less of the old, than before?
-- @param before a status
-- @param after a status
-- @treturn boolean
function status.progressing(before, after)
  local function grew(field) return (after[field] or 0) > (before[field] or 0) end
  local function old_ones(one) return (one.replicas or 0) - (one.updatedReplicas or 0) end
  return grew "updatedReplicas" or grew "readyReplicas" or grew "availableReplicas"
    or old_ones(after) < old_ones(before)
end

local function deadline(deployment, condition)
  local since = time.parse(condition.lastUpdateTime or "") or 0
  return since + deployment.spec.progressDeadlineSeconds
end

--- Has there been no progress for longer than the deadline?
-- A rollout that has succeeded does not time out any more.
-- @param deployment
-- @param now_status a status
-- @tparam number now
-- @treturn boolean
function status.timed_out(deployment, now_status, now)
  local condition = progress_of(now_status)
  if not status.has_deadline(deployment) or not condition
    or condition.reason == "NewReplicaSetAvailable" then
    return false
  end
  return condition.reason == "ProgressDeadlineExceeded" or deadline(deployment, condition) < now
end

--- Seconds until progress must be checked again although nothing happens.
-- @param deployment
-- @param now_status a status
-- @tparam number now
-- @treturn ?number nil: no need; 0: the deadline is less than a second away
function status.check_in(deployment, now_status, now)
  local condition = progress_of(deployment.status or {})
  if not status.has_deadline(deployment) or not condition
    or condition.reason == "ProgressDeadlineExceeded"
    or condition.reason == "NewReplicaSetAvailable" or WAITING[condition.reason]
    or status.complete(deployment, now_status) then
    return nil
  end
  local left = deadline(deployment, condition) - now
  return left < 1 and 0 or left + 1
end

local PROGRESSED = "%s has successfully progressed."

-- What is said of another set is old: a controller that was stopped right after it
-- had made the new set did not come to saying so.
local function settled(result, condition, new, subject)
  return (result.replicas or 0) == (result.updatedReplicas or 0)
    and condition and condition.reason == "NewReplicaSetAvailable"
    and (not new or condition.message == PROGRESSED:format(subject))
end

-- Progress moves the update time, and nothing else where it was progress before.
local function still_progressing(result, condition, text, timestamp)
  local next_one = status.condition("Progressing", "True", "ReplicaSetUpdated", text, timestamp)
  if condition and condition.status == "True" then
    next_one.lastTransitionTime = condition.lastTransitionTime
  end
  return conditions.replace(result.conditions, next_one)
end

-- The deadline does not run while a strategy waits for something else than pods.
local function waiting(result, condition, clock)
  local text = clock.message or ""
  if condition and condition.reason == clock.waits and condition.message == text then
    return result.conditions
  end
  local next_one = status.condition("Progressing", "Unknown", clock.waits, text, clock.timestamp)
  if condition and condition.status == "Unknown" then
    next_one.lastTransitionTime = condition.lastTransitionTime
  end
  return conditions.replace(result.conditions, next_one)
end

local function judged(deployment, result, subject, clock)
  local condition = progress_of(deployment.status or {})
  local function progress(state, reason, text)
    return conditions.set(result.conditions,
      status.condition("Progressing", state, reason, text:format(subject), clock.timestamp))
  end
  if status.complete(deployment, result) then
    return progress("True", "NewReplicaSetAvailable", PROGRESSED)
  elseif clock.waits then
    return waiting(result, condition, clock)
  elseif condition and WAITING[condition.reason] then
    return progress("True", "RolloutResumed", "%s goes on.")
  elseif status.progressing(deployment.status or {}, result) then
    local text = subject .. " is progressing" .. (clock.message and ": " .. clock.message or ".")
    return still_progressing(result, condition, text, clock.timestamp)
  elseif status.timed_out(deployment, result, clock.now) then
    return progress("False", "ProgressDeadlineExceeded", "%s has timed out progressing.")
  end
  return result.conditions
end

local function failure_of(set)
  local condition = conditions.find((set.object.status or {}).conditions, "ReplicaFailure")
  return condition and {
    type = "ReplicaFailure", status = condition.status, reason = condition.reason,
    message = condition.message, lastUpdateTime = condition.lastTransitionTime,
    lastTransitionTime = condition.lastTransitionTime,
  }
end

-- The new set's failure counts before the others'.
local function failure(new, all)
  local found = new and failure_of(new)
  for _, set in ipairs(all) do
    found = found or failure_of(set)
  end
  return found
end

--- The status in the course of a rollout: the numbers, how it progresses, and
-- whether pods cannot be created.
-- @param deployment
-- @tparam ?table new the new set
-- @tparam table all sets, the new one included
-- @tparam table clock `now` and its `timestamp`; `message`, what the strategy
--   waits for; `waits`, the reason when that is nothing that a deadline could end;
--   `unavailable`, how many pods may be that
-- @treturn table
function status.rollout(deployment, new, all, clock)
  local result = status.calculate(deployment, new, all, clock.timestamp, clock.unavailable)
  local subject = new and ("ReplicaSet %q"):format(new.name)
    or ("Deployment %q"):format(deployment.metadata.name)
  if not status.has_deadline(deployment) then
    result.conditions = conditions.without(result.conditions, "Progressing")
  elseif not settled(result, progress_of(deployment.status or {}), new, subject) then
    result.conditions = judged(deployment, result, subject, clock)
  end
  local failed = failure(new, all)
  result.conditions = failed and conditions.set(result.conditions, failed)
    or conditions.without(result.conditions, "ReplicaFailure")
  return result
end

--- The conditions of a Deployment that was paused or resumed since the last
-- sync. While it is paused, and again from the moment it is resumed, the
-- deadline does not run.
-- @param deployment
-- @tparam string timestamp of now
-- @return the list of conditions; nil when there is nothing to note
function status.pause_conditions(deployment, timestamp)
  local list = (deployment.status or {}).conditions
  local current = conditions.find(list, "Progressing")
  local paused = deployment.spec.paused == true
  local noted = current ~= nil and current.reason == "DeploymentPaused"
  if not status.has_deadline(deployment) or paused == noted
    or current and current.reason == "ProgressDeadlineExceeded" then
    return nil
  end
  local reason, text = "DeploymentPaused", "Deployment is paused"
  if not paused then
    reason, text = "DeploymentResumed", "Deployment is resumed"
  end
  return conditions.set(list, status.condition("Progressing", "Unknown", reason, text, timestamp))
end

return status
