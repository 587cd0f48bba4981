-- SPDX-License-Identifier: MIT
--- The columns of pods, and the STATUS that kubectl makes of a pod's status.
-- Source: kubernetes pkg/printers/internalversion printPod.
local cells = require "wl.columns.cells"
local conditions = require "wl.conditions"
local duration = require "wl.duration"
local time = require "wl.time"

local pod = {}

local function is_true(object, type)
  local condition = conditions.find(object.status and object.status.conditions, type)
  return condition ~= nil and condition.status == "True"
end

-- Init containers with restartPolicy Always run beside the others.
local function sidecars_of(object)
  local sidecars, count = {}, 0
  for _, container in ipairs(object.spec.initContainers or {}) do
    if container.restartPolicy == "Always" then
      sidecars[container.name] = true
      count = count + 1
    end
  end
  return sidecars, count
end

-- Restarts and the end of the last run, over some containers.
local function new_tally()
  return { restarts = 0, last = nil }
end

local function tally(sum, status)
  sum.restarts = sum.restarts + (status.restartCount or 0)
  local ended = status.lastState and status.lastState.terminated
  local moment = ended and ended.finishedAt and time.parse(ended.finishedAt)
  if moment and (not sum.last or moment > sum.last) then
    sum.last = moment
  end
end

local function how_ended(terminated, prefix)
  if (terminated.reason or "") ~= "" then
    return prefix .. terminated.reason
  elseif (terminated.signal or 0) ~= 0 then
    return ("%sSignal:%d"):format(prefix, terminated.signal)
  end
  return ("%sExitCode:%d"):format(prefix, terminated.exitCode or 0)
end

local function succeeded(status)
  local ended = status.state and status.state.terminated
  return ended and (ended.exitCode or 0) == 0
end

-- What an init container that is not done says; nil when it is done.
local function init_reason(status, i, total, is_sidecar)
  local state = status.state or {}
  local waiting = state.waiting and state.waiting.reason or ""
  if succeeded(status) or is_sidecar and status.started then
    return nil
  elseif state.terminated then
    return how_ended(state.terminated, "Init:")
  elseif waiting ~= "" and waiting ~= "PodInitializing" then
    return "Init:" .. waiting
  end
  return ("Init:%d/%d"):format(i - 1, total)
end

local function count_init(object, seen)
  local sidecars, sidecar_count = sidecars_of(object)
  seen.total = seen.total + sidecar_count
  local total = #(object.spec.initContainers or {})
  for i, status in ipairs(object.status.initContainerStatuses or {}) do
    local is_sidecar = sidecars[status.name] or false
    tally(seen.init, status)
    if is_sidecar then
      tally(seen.main, status)
      if status.started and status.ready and not succeeded(status) then
        seen.ready = seen.ready + 1
      end
    end
    local reason = init_reason(status, i, total, is_sidecar)
    if reason then
      seen.reason, seen.initializing = reason, true
      break
    end
  end
end

local function main_reason(status)
  local state = status.state or {}
  local waiting = state.waiting and state.waiting.reason or ""
  if waiting ~= "" then
    return waiting
  end
  return state.terminated and how_ended(state.terminated, "")
end

-- The first container that waits or has ended gives the reason.
local function count_main(object, seen)
  local statuses, running = object.status.containerStatuses or {}, false
  for i = #statuses, 1, -1 do
    local status = statuses[i]
    local reason = main_reason(status)
    tally(seen.main, status)
    if reason then
      seen.reason = reason
    elseif status.ready and status.state and status.state.running then
      running = true
      seen.ready = seen.ready + 1
    end
  end
  if seen.reason == "Completed" and running then
    seen.reason = is_true(object, "Ready") and "Running" or "NotReady"
  end
end

local function base_reason(object)
  local status = object.status
  local scheduled = conditions.find(status.conditions, "PodScheduled")
  if scheduled and scheduled.reason == "SchedulingGated" then
    return "SchedulingGated"
  end
  return cells.text(status.reason, cells.text(status.phase, "Unknown"))
end

local function is_over(object)
  return object.status.phase == "Succeeded" or object.status.phase == "Failed"
end

--- What kubectl says of a pod.
-- @param object the pod
-- @treturn {status=string,ready=integer,total=integer,restarts=integer,last=?number}
--   last: when the last run before a restart ended, in seconds
function pod.summary(object)
  local status = object.status
  if not status then
    return { status = "Unknown", ready = 0, total = #object.spec.containers, restarts = 0 }
  end
  local seen = { ready = 0, total = #object.spec.containers, reason = base_reason(object),
    init = new_tally(), main = new_tally() }
  count_init(object, seen)
  local sum = seen.init
  if not seen.initializing or is_true(object, "Initialized") then
    count_main(object, seen)
    sum = seen.main
  end
  if object.metadata.deletionTimestamp and status.reason == "NodeLost" then
    seen.reason = "Unknown"
  elseif object.metadata.deletionTimestamp and not is_over(object) then
    seen.reason = "Terminating"
  end
  return { status = seen.reason, ready = seen.ready, total = seen.total,
    restarts = sum.restarts, last = sum.last }
end

local function summarised(cell)
  return function(object, ctx)
    return cell(pod.summary(object), ctx)
  end
end

local function readiness_gates(object)
  local gates, met = object.spec.readinessGates or {}, 0
  for _, gate in ipairs(gates) do
    met = met + (is_true(object, gate.conditionType) and 1 or 0)
  end
  return #gates > 0 and ("%d/%d"):format(met, #gates) or nil
end

pod.columns = {
  cells.NAME,
  { "READY", summarised(function(s) return ("%d/%d"):format(s.ready, s.total) end) },
  { "STATUS", summarised(function(s) return s.status end) },
  { "RESTARTS", summarised(function(s, ctx)
    if s.restarts == 0 or not s.last then
      return s.restarts
    end
    return ("%d (%s ago)"):format(s.restarts, duration.format(ctx.now - s.last))
  end) },
  cells.AGE,
  { "IP", cells.at "status.podIP", wide = true },
  { "NODE", cells.at "spec.nodeName", wide = true },
  { "NOMINATED NODE", cells.at "status.nominatedNodeName", wide = true },
  { "READINESS GATES", readiness_gates, wide = true },
}

return pod
