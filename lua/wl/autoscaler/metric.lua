-- SPDX-License-Identifier: MIT
--- What each entry of an autoscaler's `metrics` asks for.
--
-- An entry is answered with replicas, the words that name it, and its status; or
-- with the reason of the condition, and the text, that say why it is not known.
-- Source: pkg/controller/podautoscaler/horizontal.go (computeReplicasForMetric).
local Metrics = require "wl.metrics"
local quantity = require "wl.quantity"
local replicas = require "wl.autoscaler.replicas"

local metric = {}

local function text(milli) return tostring(quantity.new(milli, -3, "DecimalSI")) end

local function target_of(target, field) return quantity.parse(tostring(target[field])):milli() end

-- ---- requests ----

local function container_request(pod, name, container)
  local resources = container.resources or {}
  local given = resources.requests and resources.requests[name]
  if given == nil then
    return nil, ("missing request for %s in container %s of Pod %s"):format(name, container.name,
      pod.metadata.name)
  end
  return quantity.parse(tostring(given)):milli()
end

-- Sidecars run beside the containers, and are measured with them.
local function running_containers(pod)
  local list = {}
  for i, container in ipairs(pod.spec.containers) do list[i] = container end
  for _, container in ipairs(pod.spec.initContainers or {}) do
    if container.restartPolicy == "Always" then list[#list + 1] = container end
  end
  return list
end

local function pod_request(pod, name, only)
  local whole = not only and pod.spec.resources and pod.spec.resources.requests
  if whole and whole[name] ~= nil then return quantity.parse(tostring(whole[name])):milli() end
  local total = 0
  for _, container in ipairs(running_containers(pod)) do
    if not only or container.name == only then
      local given, problem = container_request(pod, name, container)
      if not given then return nil, problem end
      total = total + given
    end
  end
  return total
end

local function requests_of(pods, name, only)
  local requests = {}
  for _, pod in ipairs(pods) do
    local request, problem = pod_request(pod, name, only)
    if not request then return nil, problem end
    requests[pod.metadata.uid] = request
  end
  return requests
end

-- ---- by type ----

local function question(self, more)
  local q = { pods = self.pods, current = self.current, tolerance = self.tolerance,
    now = self.now }
  for field, x in pairs(more) do q[field] = x end
  return q
end

local function fail(reason, ...) return nil, reason, (...):format(select(2, ...)) end

local function by_resource(self, field, given, only)
  local name, target = given.name, given.target
  local values = self.metrics:of_pods(only and only .. "/" .. name or name, self.pods)
  local reason = only and "FailedGetContainerResourceMetric" or "FailedGetResourceMetric"
  local of = target.averageUtilization and "utilization" or "usage"
  if only and next(values) == nil then values = self.metrics:of_pods(name, self.pods) end
  if next(values) == nil and #self.pods > 0 then
    return fail(reason, "failed to get %s %s: unable to get metrics for resource %s: "
      .. "no metrics returned from resource metrics API", name, of, name)
  end
  local status = { name = name, container = only }
  local words = name .. (only and " container" or "") .. " resource"
  local wanted, now, average
  if target.averageUtilization then
    local requests, problem = requests_of(self.pods, name, only)
    if not requests then return fail(reason, "failed to get %s %s: %s", name, of, problem) end
    wanted, now, average = replicas.by_utilization(question(self, { values = values,
      requests = requests, resource = name, target = target.averageUtilization }))
    words = words .. " utilization (percentage of request)"
    if wanted then status.current = { averageUtilization = now, averageValue = text(average) } end
  else
    wanted, now = replicas.by_average(question(self, { values = values, resource = name,
      target = target_of(target, "averageValue") }))
    if wanted then status.current = { averageValue = text(now) } end
  end
  if not wanted then return fail(reason, "failed to get %s %s: %s", name, of, now) end
  return wanted, words, { type = only and "ContainerResource" or "Resource", [field] = status }
end

local TYPES = {}

function TYPES.Resource(self, entry) return by_resource(self, "resource", entry.resource) end

function TYPES.ContainerResource(self, entry)
  local given = entry.containerResource
  return by_resource(self, "containerResource", given, given.container)
end

function TYPES.Pods(self, entry)
  local given = entry.pods
  local name = given.metric.name
  local values = self.metrics:of_pods(name, self.pods)
  if next(values) == nil and #self.pods > 0 then
    return fail("FailedGetPodsMetric", "failed to get pods metric value: unable to get metric %s: "
      .. "no metrics returned from custom metrics API", name)
  end
  local wanted, now = replicas.by_average(question(self, { values = values,
    target = target_of(given.target, "averageValue") }))
  if not wanted then
    return fail("FailedGetPodsMetric", "failed to get pods metric value: %s", now)
  end
  return wanted, "pods metric " .. name,
    { type = "Pods", pods = { metric = given.metric, current = { averageValue = text(now) } } }
end

-- One value, as it is or to be shared by the replicas.
local function by_one(self, value, target)
  if target.type == "Value" then
    local wanted, problem = replicas.by_value(question(self, { value = value,
      target = target_of(target, "value") }))
    return wanted, wanted and { value = text(value) } or problem
  end
  local wanted, each = replicas.by_share(question(self, { value = value,
    target = target_of(target, "averageValue") }))
  return wanted, { averageValue = text(each) }
end

function TYPES.Object(self, entry)
  local given = entry.object
  local about, name = given.describedObject, given.metric.name
  local value = self.metrics:of_object(name, about.kind, self.namespace, about.name)
  if not value then
    return fail("FailedGetObjectMetric", "failed to get object metric value: unable to get metric "
      .. "%s: %s on %s %s/no metrics returned from custom metrics API", name, about.kind,
      self.namespace, about.name)
  end
  local wanted, current = by_one(self, value, given.target)
  if not wanted then
    return fail("FailedGetObjectMetric", "failed to get object metric value: %s", current)
  end
  return wanted, ("%s metric %s"):format(about.kind, name), { type = "Object",
    object = { describedObject = about, metric = given.metric, current = current } }
end

function TYPES.External(self, entry)
  local given = entry.external
  local name = given.metric.name
  local value = self.metrics:external(name)
  if not value then
    return fail("FailedGetExternalMetric", "failed to get %s external metric value: unable to get "
      .. "external metric %s/%s/nil: no metrics returned from external metrics API", name,
      self.namespace, name)
  end
  local wanted, current = by_one(self, value, given.target)
  if not wanted then
    return fail("FailedGetExternalMetric", "failed to get %s external metric: %s", name, current)
  end
  return wanted, ("external metric %s(nil)"):format(name),
    { type = "External", external = { metric = given.metric, current = current } }
end

-- ---- all of them ----

--- Ask all metrics; the one that wants the most decides.
-- @param ctx
-- @param hpa
-- @tparam table target pods, current
-- @treturn table replicas (nil: not known), words, statuses, reason and problem of the
--   first that failed, failed (how many)
function metric.ask(ctx, hpa, target)
  local self = { pods = target.pods, current = target.current, tolerance = target.tolerance,
    now = ctx.now, namespace = hpa.metadata.namespace, metrics = Metrics.of(ctx.cluster) }
  local answer = { statuses = {}, failed = 0 }
  for i, entry in ipairs(hpa.spec.metrics) do
    local wanted, words, status = TYPES[entry.type](self, entry)
    answer.statuses[i] = wanted and status or { type = entry.type }
    if not wanted then
      answer.failed = answer.failed + 1
      answer.reason, answer.problem = answer.reason or words, answer.problem or status
    elseif not answer.replicas or wanted > answer.replicas then
      answer.replicas, answer.words = wanted, words
    end
  end
  return answer
end

return metric
