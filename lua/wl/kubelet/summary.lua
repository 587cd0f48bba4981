-- SPDX-License-Identifier: MIT
--- What a pod's containers amount to: its phase and its conditions.
-- Source: pkg/kubelet/kubelet_pods.go `getPhase`, pkg/kubelet/status/generate.go.
local time = require "wl.time"
local value = require "wl.value"

local summary = {}

local EMPTY = {}
local OWN = { "hostIP", "hostIPs", "podIP", "podIPs" }

--- A pod's status but for what each pod has for itself: pods that are carried
-- together keep theirs.
-- @param pod a view
-- @treturn table
function summary.shared(pod)
  local status = value.table(pod.status or EMPTY)
  for _, field in ipairs(OWN) do status[field] = nil end
  return status
end

--- Is an init container a sidecar, which runs beside the others?
function summary.is_sidecar(spec)
  return spec.restartPolicy == "Always"
end

--- Has an init container done what those after it wait for?
function summary.init_done(spec, status)
  if summary.is_sidecar(spec) then
    return status.started == true
  end
  local ended = status.state.terminated
  return ended ~= nil and ended.exitCode == 0
end

--- The names of the init containers that are not done.
-- @treturn table array
function summary.init_missing(spec, status)
  local names = {}
  for i, one in ipairs(spec.initContainers or EMPTY) do
    if not summary.init_done(one, status.initContainerStatuses[i]) then
      names[#names + 1] = one.name
    end
  end
  return names
end

-- Sidecars count as well: a pod is ready when they are.
local function unready(spec, status)
  local names = {}
  for i, one in ipairs(spec.initContainers or EMPTY) do
    if summary.is_sidecar(one) and not status.initContainerStatuses[i].ready then
      names[#names + 1] = one.name
    end
  end
  for _, one in ipairs(status.containerStatuses) do
    if not one.ready then
      names[#names + 1] = one.name
    end
  end
  return names
end

local function listed(names)
  return "[" .. table.concat(names, " ") .. "]"
end

-- The condition that the containers' readiness gives.
local function containers_ready(pod, status)
  if status.phase == "Succeeded" then
    return { status = "False", reason = "PodCompleted" }
  elseif status.phase == "Failed" then
    return { status = "False", reason = "PodFailed" }
  end
  local names = unready(pod.spec, status)
  if #names == 0 then
    return { status = "True" }
  end
  return { status = "False", reason = "ContainersNotReady",
           message = "containers with unready status: " .. listed(names) }
end

local function find(conditions, type)
  for _, condition in ipairs(conditions or EMPTY) do
    if condition.type == type then
      return condition
    end
  end
  return nil
end

-- Readiness gates are conditions that others set.
local function pod_ready(pod, status, of_containers)
  if of_containers.status ~= "True" then
    return { status = "False", reason = of_containers.reason, message = of_containers.message }
  end
  local messages = {}
  for _, gate in ipairs(pod.spec.readinessGates or EMPTY) do
    local condition = find(status.conditions, gate.conditionType)
    if not condition then
      messages[#messages + 1] = ("corresponding condition of pod readiness gate %q does not exist.")
        :format(gate.conditionType)
    elseif condition.status ~= "True" then
      messages[#messages + 1] =
        ('the status of pod readiness gate "%s" is not "True", but %s'):format(gate.conditionType,
          condition.status)
    end
  end
  if #messages > 0 then
    return { status = "False", reason = "ReadinessGatesNotReady",
             message = table.concat(messages, ", ") }
  end
  return { status = "True" }
end

local function initialized(pod, status)
  if status.phase == "Succeeded" then
    return { status = "True", reason = "PodCompleted" }
  end
  local missing = summary.init_missing(pod.spec, status)
  if #missing == 0 then
    return { status = "True" }
  end
  return { status = "False", reason = "ContainersNotInitialized",
           message = "containers with incomplete status: " .. listed(missing) }
end

local OURS = { PodReadyToStartContainers = true, Initialized = true, Ready = true,
               ContainersReady = true, PodScheduled = true }

--- Bring `status.conditions` up to date. A transition time moves only when the
-- condition's status does.
-- @param pod a view
-- @tparam table status of the pod, with phase and container statuses
-- @tparam boolean has_sandbox
-- @tparam number at seconds
function summary.conditions(pod, status, has_sandbox, at)
  local before, list = status.conditions, {}
  local function put(type, condition)
    local old = find(before, type)
    condition.type = type
    condition.lastTransitionTime = old and old.status == condition.status
      and old.lastTransitionTime or time.format(at)
    list[#list + 1] = condition
  end
  local ready = containers_ready(pod, status)
  put("PodReadyToStartContainers", { status = has_sandbox and "True" or "False" })
  put("Initialized", initialized(pod, status))
  put("Ready", pod_ready(pod, status, ready))
  put("ContainersReady", ready)
  put("PodScheduled", { status = "True" })
  for _, condition in ipairs(before or EMPTY) do
    if not OURS[condition.type] then
      list[#list + 1] = condition
    end
  end
  status.conditions = list
end

local function restarts(policy, ended)
  return policy == "Always" or policy == "OnFailure" and ended.exitCode ~= 0
end

--- Will a container that has ended be started again?
-- @param pod a view
-- @param spec of the container
-- @param ended its state.terminated
function summary.restarts(pod, spec, ended)
  return restarts(spec.restartPolicy or pod.spec.restartPolicy or "Always", ended)
end

local function init_failed(pod, status)
  for i, one in ipairs(pod.spec.initContainers or EMPTY) do
    local ended = status.initContainerStatuses[i].state.terminated
    if ended and ended.exitCode ~= 0 and not summary.is_sidecar(one)
      and pod.spec.restartPolicy == "Never" then
      return true
    end
  end
  return false
end

--- The phase that a pod's containers add up to.
-- @treturn string
function summary.phase(pod, status)
  if init_failed(pod, status) then
    return "Failed"
  elseif #summary.init_missing(pod.spec, status) > 0 then
    return "Pending"
  end
  local over, failed, started = true, false, false
  if not status.containerStatuses then return "Pending" end
  for i, one in ipairs(status.containerStatuses) do
    local ended = one.state.terminated
    started = started or one.state.running ~= nil or ended ~= nil or one.restartCount > 0
      or one.lastState.terminated ~= nil
    over = over and ended ~= nil and not summary.restarts(pod, pod.spec.containers[i], ended)
    failed = failed or ended ~= nil and ended.exitCode ~= 0
  end
  if over then
    return failed and "Failed" or "Succeeded"
  end
  return started and "Running" or "Pending"
end

return summary
