-- SPDX-License-Identifier: MIT
--- How far a rollout is, in the words of `kubectl rollout status`.
--
-- Source: k8s.io/kubectl/pkg/polymorphichelpers `rollout_status.go`.
local conditions = require "wl.conditions"
local revision = require "wl.revision"

-- It goes on: kubectl's words end in dots then.
local function waiting(text, ...) return (text .. "..."):format(...), false end

local function is_observed(object)
  return object.metadata.generation <= ((object.status or {}).observedGeneration or 0)
end

-- ---- Deployment ----

local function is_timed_out(deployment)
  local condition = conditions.find((deployment.status or {}).conditions, "Progressing")
  return condition ~= nil and condition.reason == "ProgressDeadlineExceeded"
end

-- Kubernetes' own may have a record, too, and are told of in kubectl's words.
local KUBERNETES = { RollingUpdate = true, Recreate = true, OnDelete = true }

local function has_steps(object)
  local kept = (object.status or {}).rollout
  return kept ~= nil and kept.phase ~= nil and not KUBERNETES[kept.strategy]
end

-- What a strategy with steps says of its rollout.
local function of_steps(object)
  local kept, name = object.status.rollout, object.metadata.name
  if kept.phase == "Healthy" then
    return ("%s %q successfully rolled out"):format(object.kind:lower(), name), true
  end
  if kept.abortedAt then
    return nil, ("rollout of %s %q was aborted: %s"):format(object.kind:lower(), name,
      kept.message or ""), "Aborted"
  end
  return waiting("Waiting for %s %q rollout to finish: %s", object.kind:lower(), name,
    kept.message or kept.phase)
end

local function pods_of_deployment(object)
  local name, now = object.metadata.name, object.status or {}
  local wanted, updated = object.spec.replicas or 1, now.updatedReplicas or 0
  local current, available = now.replicas or 0, now.availableReplicas or 0
  local start = "Waiting for deployment %q rollout to finish: "
  if updated < wanted then
    return waiting(start .. "%d out of %d new replicas have been updated", name, updated, wanted)
  elseif current > updated then
    return waiting(start .. "%d old replicas are pending termination", name, current - updated)
  elseif available < updated then
    return waiting(start .. "%d of %d updated replicas are available", name, available, updated)
  end
  return ("deployment %q successfully rolled out"):format(name), true
end

local function of_deployment(object, number)
  local running = revision.of(object) or 0
  if (number or 0) > 0 and number ~= running then
    return nil, ("desired revision (%d) is different from the running revision (%d)")
      :format(number, running), "Invalid"
  elseif not is_observed(object) then
    return waiting "Waiting for deployment spec update to be observed"
  elseif has_steps(object) and object.status.rollout.phase ~= "Healthy" then
    return of_steps(object)
  elseif is_timed_out(object) then
    return nil, ("deployment %q exceeded its progress deadline"):format(object.metadata.name),
      "Timeout"
  end
  return pods_of_deployment(object)
end

-- ---- StatefulSet, DaemonSet ----

-- What is said before the pods are looked at.
local function before_pods(object, name)
  if has_steps(object) then
    if is_observed(object) then
      return of_steps(object)
    end
  elseif object.spec.updateStrategy.type ~= "RollingUpdate" then
    return nil, "rollout status is only available for RollingUpdate strategy type", "Invalid"
  end
  if not is_observed(object) then
    return waiting("Waiting for %s spec update to be observed", name)
  end
end

local function of_partition(object, rolling)
  local updated = (object.status or {}).updatedReplicas or 0
  local wanted = (object.spec.replicas or 1) - (rolling.partition or 0)
  if updated < wanted then
    return waiting("Waiting for partitioned roll out to finish: %d out of %d new pods have been "
      .. "updated", updated, wanted)
  end
  return ("partitioned roll out complete: %d new pods have been updated..."):format(updated), true
end

local function of_stateful_set(object)
  local text, done, code = before_pods(object, "statefulset")
  if text or done then
    return text, done, code
  end
  local now = object.status
  local missing = (object.spec.replicas or 1) - (now.readyReplicas or 0)
  if missing > 0 then
    return waiting("Waiting for %d pods to be ready", missing)
  elseif object.spec.updateStrategy.rollingUpdate then
    return of_partition(object, object.spec.updateStrategy.rollingUpdate)
  elseif now.updateRevision ~= now.currentRevision then
    return waiting("waiting for statefulset rolling update to complete %d pods at revision %s",
      now.updatedReplicas or 0, now.updateRevision)
  end
  return ("statefulset rolling update complete %d pods at revision %s...")
    :format(now.currentReplicas or 0, now.currentRevision), true
end

local function of_daemon_set(object)
  local text, over, code = before_pods(object, "daemon set")
  if text or over then
    return text, over, code
  end
  local name, now = object.metadata.name, object.status
  local desired, updated = now.desiredNumberScheduled or 0, now.updatedNumberScheduled or 0
  local available, start = now.numberAvailable or 0, "Waiting for daemon set %q rollout to finish: "
  if updated < desired then
    return waiting(start .. "%d out of %d new pods have been updated", name, updated, desired)
  elseif available < desired then
    return waiting(start .. "%d of %d updated pods are available", name, available, desired)
  end
  return ("daemon set %q successfully rolled out"):format(name), true
end

local VIEWERS = { Deployment = of_deployment, StatefulSet = of_stateful_set,
  DaemonSet = of_daemon_set }

--- How far a rollout is.
-- @param object a Deployment, StatefulSet or DaemonSet
-- @tparam ?integer number of the revision of a Deployment that one waits for; 0 or nil: any
-- @treturn ?string the text; nil, message, code when it will not finish
-- @treturn boolean whether it is finished
return function(object, number)
  local viewer = VIEWERS[object.kind]
  if not viewer then
    return nil, ("no status viewer has been implemented for %s"):format(object.kind), "Invalid"
  end
  return viewer(object, number)
end
