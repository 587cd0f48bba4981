-- SPDX-License-Identifier: MIT
--- The end of a pod that is being deleted.
--
-- Containers get SIGTERM (after their preStop hook), and SIGKILL when their
-- grace is over; then the pod goes. Source: pkg/kubelet/kuberuntime
-- `killContainer`, pkg/kubelet/status.
local container = require "wl.kubelet.container"
local summary = require "wl.kubelet.summary"
local time = require "wl.time"

local termination = {}

local LEAST_GRACE = 2 -- seconds that a preStop hook leaves for the rest
local EMPTY = {}
local SIGKILL = 137

local function each_status(pod)
  local all = {}
  local status = pod.status or EMPTY
  for _, field in ipairs { "initContainerStatuses", "containerStatuses" } do
    for _, one in ipairs(status[field] or EMPTY) do
      all[#all + 1] = one
    end
  end
  return all
end

local function any_running(pod)
  for _, one in ipairs(each_status(pod)) do
    if one.state.running then
      return true
    end
  end
  return false
end

-- How long the preStop hooks take, the longest of them.
local function prestop_seconds(pod, profile)
  local longest = 0
  for _, spec in ipairs(pod.spec.containers) do
    local hook = spec.lifecycle and spec.lifecycle.preStop
    if hook and hook.sleep then
      longest = math.max(longest, hook.sleep.seconds)
    elseif hook then
      longest = math.max(longest, profile:seconds "prestop")
    end
  end
  return longest
end

--- When the containers of a pod that is being deleted have ended, and how.
-- @param pod with deletionTimestamp
-- @param profile a Profile
-- @treturn number seconds
-- @treturn integer exit code
function termination.ends_at(pod, profile)
  local grace = pod.metadata.deletionGracePeriodSeconds or 0
  local began = time.parse(pod.metadata.deletionTimestamp) - grace
  if not any_running(pod) then
    return began, 0
  end
  local hook = math.min(prestop_seconds(pod, profile), grace)
  local killed = began + math.max(grace, hook > 0 and hook + LEAST_GRACE or 0)
  local ended = began + hook + profile:seconds "terminate"
  if profile:of_pod "ignore_term" or ended > killed then
    return killed, SIGKILL
  end
  return ended, profile:of_pod "term_exit"
end

--- The events that tell of containers being stopped.
-- @treturn table array of `{ type, reason, message }`
function termination.events(pod)
  local events = {}
  for _, one in ipairs(each_status(pod)) do
    if one.state.running then
      events[#events + 1] = { type = "Normal", reason = "Killing",
                              message = "Stopping container " .. one.name }
    end
  end
  return events
end

local function last_phase(status)
  for _, one in ipairs(status.containerStatuses or EMPTY) do
    local ended = one.state.terminated
    if not ended or ended.exitCode ~= 0 then
      return "Failed"
    end
  end
  return "Succeeded"
end

--- The status of a pod whose containers have ended: whoever waits for its end
-- (a finalizer) reads there how it went.
-- @param pod
-- @tparam number at seconds
-- @tparam integer code what containers that still ran ended with
-- @treturn ?table nil when the status says so already
function termination.status(pod, at, code)
  local phase = pod.status and pod.status.phase
  if not pod.status or phase == "Succeeded" or phase == "Failed" then
    return nil
  end
  local status = summary.shared(pod)
  local how = { code = code, reason = code == 0 and "Completed" or "Error" }
  for _, one in ipairs(each_status { status = status }) do
    if one.state.running then
      container.stop(one, at, how)
    end
  end
  status.phase = last_phase(status)
  if status.containerStatuses then
    summary.conditions(pod, status, false, at)
  end
  return status
end

return termination
