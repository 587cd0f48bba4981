-- SPDX-License-Identifier: MIT
--- What pods, objects and the world outside measure: the metrics of a scenario.
--
-- A metric has a name ("cpu", "memory", or any), is about the pods that a selector
-- matches, about one object, or about neither, and is a number, a quantity, or a
-- function of the seconds since the run began (and of the pod). For pods it may be a
-- load that the Ready ones share: { total = ... }. What is said later goes before
-- what was said earlier; nil or false means that it is not known.
local condition = require "wl.rollout.condition"
local conditions = require "wl.conditions"
local quantity = require "wl.quantity"

local Metrics = {}
Metrics.__index = Metrics

--- @param cluster
-- @treturn Metrics
function Metrics.of(cluster)
  if not cluster.metrics then
    cluster.metrics = setmetatable({ cluster = cluster, entries = {} }, Metrics)
  end
  return cluster.metrics
end

--- Say what is measured.
-- @tparam string name
-- @tparam table about selector (see wl.selector), or kind, namespace and name; {} for neither
-- @param source number, text, function(seconds [, pod]), or { total = any of these }
function Metrics:set(name, about, source)
  table.insert(self.entries, 1, { name = name, selector = about.selector, kind = about.kind,
    namespace = about.namespace, object = about.name, source = source })
end

--- A number as thousandths, rounded up.
-- @param given number or quantity text
-- @treturn ?integer
function Metrics.milli(given)
  if type(given) == "number" then return math.ceil(given * 1000 - 1e-6) end
  local parsed = given and quantity.parse(given)
  return parsed and parsed:milli()
end

local function now_of(self, source, pod)
  if type(source) == "function" then
    source = source(self.cluster:now() - self.cluster.started, pod)
  end
  return Metrics.milli(source or nil)
end

local function entry_for(self, name, fits)
  for _, entry in ipairs(self.entries) do
    if entry.name == name and fits(entry) then return entry end
  end
end

-- ---- pods ----

local function runs(pod)
  return pod.status ~= nil and pod.status.phase == "Running"
    and pod.metadata.deletionTimestamp == nil
end

local function is_ready(pod)
  local ready = conditions.find(pod.status and pod.status.conditions, "Ready")
  return runs(pod) and ready ~= nil and ready.status == "True"
end

-- What each gets of a load.
local function shared(self, entry, pods)
  local ready, total = 0, now_of(self, entry.source.total)
  for _, pod in ipairs(pods) do ready = ready + (is_ready(pod) and 1 or 0) end
  return function(pod)
    if not total then return nil end
    return is_ready(pod) and math.ceil(total / ready) or 0
  end
end

local function measure(self, entry, pods)
  if type(entry.source) == "table" then return shared(self, entry, pods) end
  return function(pod) return now_of(self, entry.source, pod) end
end

local function covers(entry, pod)
  return entry.selector and (not entry.namespace or entry.namespace == pod.metadata.namespace)
    and entry.selector:matches(pod.metadata.labels or {})
end

--- What a metric is of each of some pods.
-- @tparam string name
-- @tparam {view,...} pods
-- @treturn table uid -> thousandths; nothing for a pod that does not run, or of which it is
--   not known
function Metrics:of_pods(name, pods)
  local values, by_entry = {}, {}
  for _, pod in ipairs(pods) do
    local entry = runs(pod) and entry_for(self, name, function(one) return covers(one, pod) end)
    if entry then
      by_entry[entry] = by_entry[entry] or measure(self, entry, pods)
      values[pod.metadata.uid] = by_entry[entry](pod)
    end
  end
  return values
end

-- ---- versions ----

local function is_about(entry, object)
  return entry.kind == object.kind and entry.object == object.metadata.name
    and (entry.namespace or "default") == (object.metadata.namespace or "default")
end

local function is_about_pods(entry, object, version)
  return entry.selector and entry.selector:matches(version.labels)
    and (not entry.namespace or entry.namespace == object.metadata.namespace)
end

local function asked(self, source, about)
  if type(source) == "function" then
    source = source(self.cluster:now() - self.cluster.started, about)
  end
  return condition.number(source or nil)
end

-- The mean of those that are Ready.
local function mean(self, source, pods)
  local total, count = 0, 0
  for pod in pods() do
    local x = is_ready(pod) and asked(self, source, pod)
    if x then total, count = total + x, count + 1 end
  end
  return count > 0 and total / count or nil
end

--- What a metric is of one version of a workload: of what is said about the workload, or
-- about its pods (then the mean of the ready ones of this version), or about neither.
-- Functions get the version where it is not about pods.
-- @tparam string name
-- @param object the workload
-- @tparam table version workload (its name), image, labels, revision (hash), replicas, ready,
--   available, weight (percent of all available pods), pods (iterator)
-- @treturn ?number
function Metrics:of_version(name, object, version)
  local entry = entry_for(self, name, function(one)
    return is_about(one, object) or is_about_pods(one, object, version)
      or not one.selector and not one.kind
  end)
  if not entry then return nil end
  if type(entry.source) == "table" then
    local total = asked(self, entry.source.total, version)
    return total and version.available > 0 and total * version.weight / 100 / version.available
      or nil
  elseif entry.selector then
    return mean(self, entry.source, version.pods)
  end
  return asked(self, entry.source, version)
end

-- ---- the others ----

--- What a metric is of an object.
-- @tparam string name
-- @tparam string kind
-- @tparam string namespace
-- @tparam string object its name
-- @treturn ?integer thousandths
function Metrics:of_object(name, kind, namespace, object)
  local entry = entry_for(self, name, function(one)
    return one.kind == kind and one.object == object
      and (one.namespace or namespace) == namespace
  end)
  return entry and now_of(self, entry.source)
end

--- What a metric of the world outside is.
-- @tparam string name
-- @treturn ?integer thousandths
function Metrics:external(name)
  local entry = entry_for(self, name, function(one) return not one.selector and not one.kind end)
  return entry and now_of(self, entry.source)
end

return Metrics
