-- SPDX-License-Identifier: MIT
--- What happens to a pod on its node, and when: a function of its status.
--
-- `advance` takes a pod as it is and carries it to a moment: containers start,
-- become ready, crash, wait, end. What comes next is derived from what the
-- status says, so a kubelet that forgot everything goes on where it was; and
-- pods that share spec, status and behaviour can be carried together.
--
-- Every step is one change of one container at one moment; steps at the same
-- moment become one write. Source: pkg/kubelet (syncLoop, kuberuntime, prober).
local container = require "wl.kubelet.container"
local pod_resources = require "wl.pod_resources"
local run = require "wl.kubelet.run"
local summary = require "wl.kubelet.summary"
local time = require "wl.time"

local lifecycle = {}

local MOST_STEPS = 1000 -- in one call; more is a behaviour without end
local EMPTY = {}

local function new_statuses(containers, reason)
  local list = {}
  for i, spec in ipairs(containers or EMPTY) do
    list[i] = container.waiting(spec, reason)
  end
  return #list > 0 and list or nil
end

-- The kubelet has seen the pod.
local function accept(sim, at)
  local pod, status = sim.pod, sim.status
  local has_init = #(pod.spec.initContainers or EMPTY) > 0
  status.phase = "Pending"
  status.startTime = time.format(at)
  status.qosClass = status.qosClass or pod_resources.qos_class(pod.spec)
  status.initContainerStatuses = new_statuses(pod.spec.initContainers, "PodInitializing")
  status.containerStatuses = new_statuses(pod.spec.containers,
    has_init and "PodInitializing" or "ContainerCreating")
  sim.accepted = true
end

local function sandbox_ready(status)
  for _, condition in ipairs(status.conditions or EMPTY) do
    if condition.type == "PodReadyToStartContainers" then
      return condition.status == "True"
    end
  end
  return false
end

local function expired_at(sim)
  local limit = sim.pod.spec.activeDeadlineSeconds
  return limit and time.parse(sim.status.startTime) + limit
end

local function stop_all(statuses, at, how)
  for _, one in ipairs(statuses or EMPTY) do
    if one.state.running then
      container.stop(one, at, how)
    end
  end
end

-- The pod has been active for longer than it may be.
local function expire(sim, at)
  local status = sim.status
  local killed = { code = 137, reason = "Error" }
  stop_all(status.initContainerStatuses, at, killed)
  stop_all(status.containerStatuses, at, killed)
  status.phase, status.reason = "Failed", "DeadlineExceeded"
  status.message = "Pod was active on the node longer than the specified deadline"
  sim:event("Normal", "DeadlineExceeded", status.message)
  sim.over = true
end

-- The pod gets its sandbox once its volumes are mounted; a fault of theirs is told
-- each time that the kubelet tries.
local function sandbox_step(sim)
  local missing = sim.missing or EMPTY
  local at = missing.late and sim.now
    or time.parse(sim.status.startTime) + sim.profile:seconds "start"
  if not missing.volume then
    return at, function() sim.sandbox = true end
  elseif sim.waits then
    return nil
  end
  return at, function()
    sim.waits = true
    sim:event("Warning", "FailedMount", missing.volume)
  end
end

-- The next thing that happens: when, and a function that makes it happen.
local function next_step(sim)
  local status = sim.status
  if not status.startTime then
    return sim.now, accept
  elseif status.phase == "Succeeded" or status.phase == "Failed" then
    return nil
  end
  local at, step = (sim.sandbox and run.next or sandbox_step)(sim)
  local expires = expired_at(sim)
  if expires and (not at or expires <= at) then
    return expires, expire
  end
  return at, step
end

--- Was a pod's spec changed in a way that its containers do not show yet?
-- @param pod a view or table
-- @treturn boolean
function lifecycle.is_amended(pod)
  for i, spec in ipairs(pod.spec.containers) do
    local status = ((pod.status or EMPTY).containerStatuses or EMPTY)[i]
    if status and container.is_outdated(spec, status) then return true end
  end
  return false
end

--- A first step for `advance`: the kubelet looks again at a pod that others
-- have written to while it could not.
function lifecycle.resync() end

--- A first step for `advance`: the machine went down and is up again. What ran
-- has ended nobody knows how, and the sandbox is made anew.
function lifecycle.reboot(sim, at)
  local lost = { code = 255, reason = "Unknown" }
  if sim.status.startTime then
    stop_all(sim.status.initContainerStatuses, at, lost)
    stop_all(sim.status.containerStatuses, at, lost)
    sim.new_sandbox = sim.sandbox
    if sim.sandbox then
      sim:event("Normal", "SandboxChanged",
        "Pod sandbox changed, it will be killed and re-created.")
    end
  end
end

local function runs_since(statuses, moment)
  for _, one in ipairs(statuses or EMPTY) do
    local began = container.started_at(one)
    if began and began < moment then
      return true
    end
  end
  return false
end

--- A first step for `advance`: the machine came up at a moment, and perhaps
-- nobody has seen to the pod since.
-- @tparam number moment seconds
function lifecycle.booted(moment)
  return function(sim, at)
    local status = sim.status
    if runs_since(status.initContainerStatuses, moment)
      or runs_since(status.containerStatuses, moment) then
      lifecycle.reboot(sim, at)
    end
  end
end

local Sim = {}
Sim.__index = Sim

--- Note an event of the pod.
function Sim:event(type, reason, message)
  self.events[#self.events + 1] = { type = type, reason = reason, message = message }
end

local function simulate(pod, profile, now, missing)
  local status = summary.shared(pod)
  return setmetatable({ pod = pod, profile = profile, now = now, status = status, events = {},
                        missing = missing, sandbox = sandbox_ready(status) }, Sim)
end

-- What the status says of the whole after a step.
local function sum_up(sim, at)
  local status = sim.status
  if not sim.over then
    status.phase = summary.phase(sim.pod, status)
  end
  if status.phase == "Succeeded" or status.phase == "Failed" then
    stop_all(status.initContainerStatuses, at, { code = 0, reason = "Completed" })
  end
  summary.conditions(sim.pod, status, sim.sandbox, at)
  status.observedGeneration = sim.pod.metadata.generation
end

--- Carry a pod to a moment.
-- @param pod a view or table, bound to a node and not being deleted
-- @param profile a Profile
-- @tparam number now seconds
-- @tparam ?function first step(sim, at): something from outside that happens now
-- @tparam ?table missing what it refers to and is not there: see wl.kubelet.references;
--   `late`: it was not, until now
-- @treturn table `{ status, accepted, addressed, events, due, waits }`: the new status, nil
--   when nothing happened; whether the kubelet saw the pod for the first time, and
--   whether its sandbox was made (so that it needs addresses); its events in
--   order; the moment of the next step, nil when there is none; whether it waits
--   for what is missing
function lifecycle.advance(pod, profile, now, first, missing)
  local sim = simulate(pod, profile, now, missing)
  local had_sandbox, steps = sim.sandbox, 0
  if not sim.status.startTime then first = nil end -- it has not begun yet
  while steps < MOST_STEPS do
    local at, step = next_step(sim)
    if first then
      at, step, first = now, first, nil
    end
    if not at or at > now then
      return { status = steps > 0 and sim.status or nil, accepted = sim.accepted, due = at,
               addressed = sim.sandbox and (sim.new_sandbox or not had_sandbox),
               events = sim.events, waits = sim.waits }
    end
    step(sim, at)
    sum_up(sim, at)
    steps = steps + 1
  end
  sim:event("Warning", "BehaviourFailed",
    ("%d steps at one moment: what the containers do takes no time"):format(MOST_STEPS))
  return { status = sim.status, accepted = sim.accepted, due = now + 1, events = sim.events,
           addressed = sim.sandbox and not had_sandbox }
end

return lifecycle
