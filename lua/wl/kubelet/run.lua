-- SPDX-License-Identifier: MIT
--- The containers of a pod that has its sandbox: which of them moves next.
--
-- Init containers run one after another; sidecars among them go on; then all
-- containers run side by side. `next` returns the earliest step of any.
-- Source: pkg/kubelet/kuberuntime `computePodActions`.
local container = require "wl.kubelet.container"
local probe = require "wl.kubelet.probe"
local script = require "wl.kubelet.script"
local summary = require "wl.kubelet.summary"
local time = require "wl.time"

local run = {}

local EMPTY = {}
local PULL_BACKOFF = 10 -- seconds from the first failure to ImagePullBackOff

-- ---- starting ----

local function pull_message(spec, given)
  if type(given) == "string" then
    return given
  end
  return ("failed to pull and unpack image %q: not found"):format(spec.image or "")
end

local function pull_fails(sim, spec, status, given)
  local message = pull_message(spec, given)
  status.state = { waiting = { reason = "ErrImagePull", message = message } }
  sim:event("Normal", "Pulling", ("Pulling image %q"):format(spec.image or ""))
  sim:event("Warning", "Failed", ("Failed to pull image %q: %s"):format(spec.image or "", message))
  sim:event("Warning", "Failed", "Error: ErrImagePull")
end

local function pull_backs_off(sim, spec, status)
  local message = ("Back-off pulling image %q"):format(spec.image or "")
  status.state = { waiting = { reason = "ImagePullBackOff", message = message } }
  sim:event("Normal", "BackOff", message)
  sim:event("Warning", "Failed", "Error: ImagePullBackOff")
end

local function start(sim, spec, status, at)
  local image = spec.image or ""
  if status.imageID == "" then
    local seconds = sim.profile:seconds "start"
    sim:event("Normal", "Pulling", ("Pulling image %q"):format(image))
    sim:event("Normal", "Pulled", ("Successfully pulled image %q in %gs (%gs including waiting)")
      :format(image, seconds, seconds))
  else
    sim:event("Normal", "Pulled", ("Container image %q already present on machine and can be "
      .. "accessed by the pod"):format(image))
  end
  container.start(status, at)
  sim:event("Normal", "Created", "Container created")
  sim:event("Normal", "Started", "Container started")
end

local CONFIG_ERROR = "CreateContainerConfigError"
local PULL_FAILED = { ErrImagePull = true, ImagePullBackOff = true }

-- Something that its environment is made of is not there.
local function config_fails(sim, status, from, fault)
  local waiting = status.state.waiting or EMPTY
  sim.waits = true
  if waiting.reason == CONFIG_ERROR and waiting.message == fault then
    return nil
  end
  return waiting.reason == CONFIG_ERROR and sim.now or from, function()
    status.state = { waiting = { reason = CONFIG_ERROR, message = fault } }
    sim:event("Warning", "Failed", "Error: " .. fault)
  end
end

-- A container that has never run: it starts at `from` if its image is there.
local function first_start(sim, spec, status, from, plan)
  local reason = status.state.waiting and status.state.waiting.reason
  local fault = sim.missing and sim.missing.containers and sim.missing.containers[spec.name]
  if fault and not plan.pull_error then
    return config_fails(sim, status, from, fault)
  elseif not plan.pull_error then
    local late = PULL_FAILED[reason] or reason == CONFIG_ERROR
    return late and sim.now or from, function(_, at) start(sim, spec, status, at) end
  elseif reason == "ImagePullBackOff" then
    return nil
  elseif reason == "ErrImagePull" then
    return from + PULL_BACKOFF, function() pull_backs_off(sim, spec, status) end
  end
  return from, function() pull_fails(sim, spec, status, plan.pull_error) end
end

-- ---- running ----

local function ready_at(spec, plan, began)
  if plan.never_ready then
    return nil
  end
  return began + (plan.ready or probe.ready(spec))
end

-- The moment after `now` at which readiness is lost or comes back.
local function flap_step(status, plan, ready, now)
  local flap = plan.flap
  local since = now - ready
  local round = ready + math.max(0, since) // flap.every * flap.every
  local lost, back = round + flap.every - flap.down, round + flap.every
  if status.ready then
    return lost <= now and since >= 0 and math.max(lost, ready) or lost, false
  end
  return since < 0 and ready or lost > now and now or back, true
end

local function unhealthy_step(sim, spec, plan, began)
  if not plan.unhealthy or not spec.livenessProbe then
    return nil
  end
  return began + plan.unhealthy + probe.gives_up_after(spec.livenessProbe), function(_, at, status)
    sim:event("Warning", "Unhealthy", "Liveness probe failed")
    sim:event("Normal", "Killing",
      ("Container %s failed liveness probe, will be restarted"):format(spec.name))
    container.stop(status, at, { code = 137, reason = "Error" })
  end
end

local function set_ready(sim, spec, ready)
  return function(_, _, status)
    status.ready, status.started = ready, true
    if not ready and spec.readinessProbe then
      sim:event("Warning", "Unhealthy", "Readiness probe failed")
    end
  end
end

local function ready_step(sim, spec, status, plan, began)
  if plan.never_ready and status.ready then
    return sim.now, set_ready(sim, spec, false)
  end
  local ready = ready_at(spec, plan, began)
  if ready and plan.flap then
    local at, becomes = flap_step(status, plan, ready, sim.now)
    return at, set_ready(sim, spec, becomes)
  elseif ready and not status.ready then
    return ready, set_ready(sim, spec, true)
  end
  return nil
end

local function start_step(spec, status, plan, began)
  if status.started then
    return nil
  end
  local at = began + math.min(probe.started(spec), plan.ready or math.huge)
  return at, function(_, _, one) one.started = true end
end

local function end_step(plan, began)
  return plan.after and began + plan.after,
    function(_, at, status) container.stop(status, at, plan) end
end

-- The earliest of (at, step) pairs; the first of equal ones.
local function earliest(...)
  local at, step
  for i = 1, select("#", ...), 2 do
    local other_at, other = select(i, ...)
    if other_at and (not at or other_at < at) then
      at, step = other_at, other
    end
  end
  return at, step
end

local function running_step(sim, spec, status, plan, role)
  local story = not role and sim.profile:story(spec, status)
  if story then
    return script.next(sim, spec, status, story)
  end
  local began = container.started_at(status)
  local at, step = end_step(plan, began)
  if role ~= "init" then
    local start_at, started = start_step(spec, status, plan, began)
    local ready, becomes_ready = ready_step(sim, spec, status, plan, began)
    local sick, gives_up = unhealthy_step(sim, spec, plan, began)
    at, step = earliest(start_at, started, ready, becomes_ready, at, step, sick, gives_up)
  end
  return at, step and function(_, moment) step(sim, moment, status) end
end

-- ---- ended ----

local function after_end(sim, spec, status, restarts)
  local ended = status.state.terminated
  if not restarts then
    return nil
  end
  local finished = time.parse(ended.finishedAt)
  return finished, function(_, at)
    if container.back_off(status) then
      start(sim, spec, status, at)
    else
      sim:event("Warning", "BackOff", ("Back-off restarting failed container %s in pod "
        .. "{metadata.name}_{metadata.namespace}({metadata.uid})"):format(spec.name))
    end
  end
end

-- ---- which container ----

-- The spec has another image than the container that runs.
local function replace(sim, spec)
  return function(_, at, status)
    sim:event("Normal", "Killing",
      ("Container %s definition changed, will be restarted"):format(spec.name))
    container.replace(spec, status, at, { code = 0, reason = "Completed" })
  end
end

-- The next step of one container. `from`: when it may start for the first time.
local function step_of(sim, spec, status, from, role, restarts)
  local plan = sim.profile:container(spec, status.restartCount, role)
  if container.is_outdated(spec, status) then
    local change = replace(sim, spec)
    return sim.now, function(_, at) change(sim, at, status) end
  elseif status.state.running then
    return running_step(sim, spec, status, plan, role)
  elseif status.state.terminated then
    return after_end(sim, spec, status, restarts)
  elseif container.in_backoff(status) then
    return container.restarts_at(status), function(_, at) start(sim, spec, status, at) end
  end
  local replaced = container.replaced_at(status)
  from = replaced and replaced + sim.profile:seconds "start" or from
  return first_start(sim, spec, status, from, plan)
end

local function init_restarts(sim, spec, ended)
  if summary.is_sidecar(spec) then
    return true
  end
  return ended ~= nil and ended.exitCode ~= 0 and sim.pod.spec.restartPolicy ~= "Never"
end

-- When an init container let the next one go: its end, or a sidecar's start.
local function released_at(spec, status)
  if summary.is_sidecar(spec) then
    local began = container.started_at(status)
    return began and began + probe.started(spec)
  end
  return time.parse(status.state.terminated.finishedAt)
end

-- Returns the earliest step of the init containers, and when they let the
-- others start; nil: not yet.
local function init_steps(sim)
  local from = sim.missing and sim.missing.late and sim.now
    or time.parse(sim.status.startTime) + sim.profile:seconds "start"
  local at, step
  for i, spec in ipairs(sim.pod.spec.initContainers or EMPTY) do
    local status = sim.status.initContainerStatuses[i]
    local role = summary.is_sidecar(spec) and "sidecar" or "init"
    local done = summary.init_done(spec, status)
    if role == "sidecar" or not done then
      local restarts = init_restarts(sim, spec, status.state.terminated)
      at, step = earliest(at, step, step_of(sim, spec, status, from, role, restarts))
    end
    if not done then
      return at, step, nil
    end
    from = math.max(from, released_at(spec, status) or from)
  end
  return at, step, from
end

--- The next step of the pod's containers.
-- @param sim a pod being simulated: pod, status, profile, now, event
-- @treturn ?number when; nil: nothing more happens by itself
-- @treturn ?function step(sim, at)
function run.next(sim)
  local at, step, from = init_steps(sim)
  if not from then
    return at, step
  end
  for i, spec in ipairs(sim.pod.spec.containers) do
    local status = sim.status.containerStatuses[i]
    local ended = status.state.terminated
    local restarts = ended and summary.restarts(sim.pod, spec, ended)
    at, step = earliest(at, step, step_of(sim, spec, status, from, nil, restarts))
  end
  -- A behaviour that was given later does not reach back.
  return at and math.max(at, sim.profile.since), step
end

return run
