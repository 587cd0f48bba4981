-- SPDX-License-Identifier: MIT
--- Has an object come to the state that Kubernetes would bring it to? One check a
-- kind, by what the object itself asks for.
local conditions = require "wl.conditions"
local owner = require "wl.owner"
local selector = require "wl.selector"
local time = require "wl.time"

local final_state = {}

local checks = {}

local function is_true(object, condition)
  local one = conditions.find((object.status or {}).conditions, condition)
  return one ~= nil and one.status == "True"
end

local function wants(seen, wanted, what)
  if seen ~= wanted then
    error(("%s: %s, not %s"):format(what, tostring(seen), tostring(wanted)), 0)
  end
end

local function holds(is, what)
  if not is then error(what, 0) end
end

-- The pods of a namespace that a label selector, or a map of labels, picks.
local function pods_of(cluster, object, picked)
  local list, compiled = {}, selector.from(picked)
  for _, pod in ipairs(cluster:list("Pod", { namespace = object.metadata.namespace })) do
    if compiled:matches(pod.metadata.labels or {}) then list[#list + 1] = pod end
  end
  return list
end

local function count_ready(pods)
  local ready = 0
  for _, pod in ipairs(pods) do ready = ready + (is_true(pod, "Ready") and 1 or 0) end
  return ready
end

-- ---- what keeps pods running ----

function checks.Deployment(_, object)
  local status, replicas = object.status, object.spec.replicas
  for _, field in ipairs { "replicas", "updatedReplicas", "readyReplicas", "availableReplicas" } do
    wants(status[field] or 0, replicas, field)
  end
  wants(status.observedGeneration, object.metadata.generation, "observedGeneration")
  holds(is_true(object, "Available"), "Available")
  wants(conditions.find(status.conditions, "Progressing").reason, "NewReplicaSetAvailable",
    "Progressing")
end

local function replicated(_, object)
  for _, field in ipairs { "replicas", "readyReplicas", "availableReplicas" } do
    wants(object.status[field] or 0, object.spec.replicas, field)
  end
end

checks.ReplicaSet, checks.ReplicationController = replicated, replicated

-- Each pod is made when all before it are ready; those of Parallel at once.
local function in_order(cluster, object, ordinals)
  local before
  for i = 0, object.spec.replicas - 1 do
    local name = ("%s-%d"):format(object.metadata.name, (ordinals.start or 0) + i)
    local pod = cluster:get("Pod", object.metadata.namespace, name)
    holds(pod, name .. " is there")
    local made = time.parse(pod.metadata.creationTimestamp)
    if before and object.spec.podManagementPolicy == "Parallel" then
      wants(made, before.made, name .. " was made")
    elseif before then
      holds(made >= before.ready, name .. " was made before the one below it was ready")
    end
    before = { made = made,
      ready = time.parse(conditions.find(pod.status.conditions, "Ready").lastTransitionTime) }
  end
end

function checks.StatefulSet(cluster, object)
  replicated(cluster, object)
  local status, ordinals = object.status, object.spec.ordinals or {}
  wants(status.currentRevision, status.updateRevision, "currentRevision")
  in_order(cluster, object, ordinals)
  for _, template in ipairs(object.spec.volumeClaimTemplates or {}) do
    for i = 0, object.spec.replicas - 1 do
      local name = ("%s-%s-%d"):format(template.metadata.name, object.metadata.name,
        (ordinals.start or 0) + i)
      local claim = cluster:get("PersistentVolumeClaim", object.metadata.namespace, name)
      wants(claim and claim.status.phase, "Bound", name)
    end
  end
end

function checks.DaemonSet(cluster, object)
  local status, nodes = object.status, #cluster:list "Node"
  for _, field in ipairs { "desiredNumberScheduled", "currentNumberScheduled", "numberReady",
    "numberAvailable", "updatedNumberScheduled" } do
    wants(status[field] or 0, nodes, field)
  end
end

-- ---- what ends ----

function checks.Job(_, object)
  local status, completions = object.status, object.spec.completions
  holds(is_true(object, "Complete"), "Complete")
  wants(status.succeeded, completions or status.succeeded, "succeeded")
  holds(status.startTime and status.completionTime, "startTime and completionTime")
  wants(status.active or 0, 0, "active")
  if object.spec.completionMode == "Indexed" then
    wants(status.completedIndexes, completions == 1 and "0" or "0-" .. completions - 1,
      "completedIndexes")
  end
end

function checks.CronJob(cluster, object)
  local complete, active = 0, #(object.status.active or {})
  for _, job in ipairs(cluster:list("Job", { namespace = object.metadata.namespace })) do
    local own = (owner.controller(job) or {}).uid == object.metadata.uid
    complete = complete + (own and is_true(job, "Complete") and 1 or 0)
  end
  holds(object.status.lastScheduleTime and object.status.lastSuccessfulTime,
    "lastScheduleTime and lastSuccessfulTime")
  wants(complete, object.spec.successfulJobsHistoryLimit, "Jobs kept")
  holds(active <= 1, "one Job at a time")
end

-- ---- what is about pods ----

function checks.Service(cluster, object)
  local spec, found = object.spec, 0
  if spec.type ~= "ExternalName" then holds(spec.clusterIP, "clusterIP") end
  if not spec.selector then return end
  for _, slice in ipairs(cluster:list("EndpointSlice", { namespace = object.metadata.namespace,
    selector = "kubernetes.io/service-name=" .. object.metadata.name })) do
    for _, endpoint in ipairs(slice.endpoints or {}) do
      found = found + (endpoint.conditions.ready and 1 or 0)
    end
  end
  wants(found, count_ready(pods_of(cluster, object, { matchLabels = spec.selector })),
    "endpoints that are ready")
end

function checks.PodDisruptionBudget(cluster, object)
  local status, spec = object.status, object.spec
  local pods = pods_of(cluster, object, spec.selector)
  wants(status.expectedPods, #pods, "expectedPods")
  wants(status.currentHealthy, count_ready(pods), "currentHealthy")
  if math.type(spec.minAvailable) then
    wants(status.disruptionsAllowed, math.max(0, status.currentHealthy - spec.minAvailable),
      "disruptionsAllowed")
  end
end

function checks.PersistentVolumeClaim(_, object) wants(object.status.phase, "Bound", "phase") end

function checks.Pod(_, object)
  holds(is_true(object, "Ready") or object.status.phase == "Succeeded", "Ready or Succeeded")
end

-- ---- what only is there ----

local function is_there() end

for _, kind in ipairs { "StorageClass", "ServiceAccount", "ConfigMap", "Secret", "Namespace" } do
  checks[kind] = is_there
end

--- Check an object as it is now; raises with what is not as it should be.
-- @param cluster
-- @param given the object as it was applied
function final_state.check(cluster, given)
  local name = given.kind .. "/" .. given.metadata.name
  local object = cluster:get(given.kind, given.metadata.namespace, given.metadata.name)
  if not object then error(name .. " is gone", 2) end
  local check = checks[given.kind] or error("no check for a " .. given.kind, 2)
  local ok, problem = pcall(check, cluster, object)
  if not ok then error(("%s: %s"):format(name, tostring(problem)), 2) end
end

return final_state
