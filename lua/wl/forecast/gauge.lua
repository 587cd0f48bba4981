-- SPDX-License-Identifier: MIT
--- What is measured while a forecast's cluster goes from one state to the next.
--
-- It looks when time is about to go on: what controllers write within one moment is one
-- step. Pods count from their creation until they are gone or have ended, as quotas count
-- them; what they request is what the scheduler sees.
local conditions = require "wl.conditions"
local daemon = require "wl.daemon.run"
local pod_resources = require "wl.pod_resources"
local rollout_budget = require "wl.rollout.budget"

local Gauge = {}
Gauge.__index = Gauge

-- ---- pods ----

local ENDED = { Succeeded = true, Failed = true }

local function add(self, pod, sign)
  local phase = (pod.status or {}).phase
  if ENDED[phase] then return end
  local requests = pod_resources.requests(pod.spec)
  local now = self.now
  now.pods = now.pods + sign
  now.cpu = now.cpu + sign * (requests.cpu or 0)
  now.memory = now.memory + sign * (requests.memory or 0)
end

local function follow_pods(self)
  local cluster = self.cluster
  local number = cluster.server:number(assert(cluster.server:kind "Pod"))
  for pod in cluster.store:all(number):each() do add(self, pod, 1) end
  cluster:listen(number)
  table.insert(cluster.listeners, function(change)
    if change.number ~= number then return end
    if change.old then add(self, change.old, -1) end
    if change.now then add(self, change.now, 1) end
  end)
end

-- ---- workloads ----

-- Kind -> available, wanted, and how many the workload's own budget wants to stay.
local counts = {}

local function status_of(object) return object.status or {} end

function counts.Deployment(object, cluster)
  local wanted, type = object.spec.replicas or 1, object.spec.strategy.type
  local _, unavailable = rollout_budget.of(object, cluster:policy("rollout", type))
  local is_rolling = type ~= "Recreate"
  return status_of(object).availableReplicas or 0, wanted, is_rolling and wanted - unavailable or 0
end

function counts.StatefulSet(object)
  return status_of(object).availableReplicas or 0, object.spec.replicas or 1, 0
end

counts.ReplicaSet, counts.ReplicationController = counts.StatefulSet, counts.StatefulSet

function counts.DaemonSet(object)
  local wanted = status_of(object).desiredNumberScheduled or 0
  local _, unavailable = daemon.budget(object, wanted)
  return status_of(object).numberAvailable or 0, wanted, math.max(wanted - unavailable, 0)
end

-- A new workload is measured once it has what it wants; of one that is made larger only what
-- it had is missed until it is.
local function floor_of(seen, available, least)
  seen.had_least = seen.had_least or available >= least
  if seen.had_least then return least end
  seen.first = seen.first or available
  return math.min(least, seen.first)
end

local function measure(self, target, object)
  local count = counts[object.kind]
  if not count then return end
  local available, wanted, least = count(object, self.cluster)
  local seen = target.seen or { lowest = math.huge, below = 0 }
  target.seen, seen.wanted = seen, wanted
  seen.was_met = seen.was_met or target.is_known or available >= wanted
  if not seen.was_met then return end
  seen.lowest = math.min(seen.lowest, available)
  if seen.is_below then seen.below = seen.below + self.cluster:now() - self.looked_at end
  seen.is_below = available < floor_of(seen, available, least)
end

local function is_late(object)
  local found = conditions.find(status_of(object).conditions, "Progressing")
  return found ~= nil and found.reason == "ProgressDeadlineExceeded"
end

-- ---- disruption budgets ----

local function measure_budgets(self)
  for budget in self.cluster.store:all(self.budgets):each() do
    local status, metadata = status_of(budget), budget.metadata
    local name = metadata.namespace .. "/" .. metadata.name
    local one = self.by_budget[name] or { name = name, lowest = math.huge, below = 0 }
    self.by_budget[name] = one
    local healthy, desired = status.currentHealthy or 0, status.desiredHealthy or 0
    one.was_met = one.was_met or healthy >= desired
    if one.is_below then one.below = one.below + self.cluster:now() - self.looked_at end
    one.is_below = one.was_met and healthy < desired
    if one.was_met then one.lowest = math.min(one.lowest, healthy) end
    one.desired = desired
  end
end

-- ---- looking ----

local RESOURCES = { "pods", "cpu", "memory" }

--- Take a look at this moment.
function Gauge:look()
  local cluster = self.cluster
  local most, now = self.most, self.now
  for _, name in ipairs(RESOURCES) do most[name] = math.max(most[name], now[name]) end
  for _, target in ipairs(self.targets) do
    local object = cluster:get(target.kind, target.namespace, target.name)
    if object then
      measure(self, target, object)
      target.is_late = target.is_late or is_late(object)
    end
  end
  measure_budgets(self)
  self.looked_at = cluster:now()
end

--- An observer of clusters: nothing is to be done after a step.
function Gauge.after_step() end

--- Time is about to go on.
function Gauge:before_time(cluster, seconds)
  if seconds > cluster:now() then self:look() end
end

-- ---- warnings ----

--- What differs from run to run is left out: "web-6cc757cd57-x8v2n" -> "web-*".
-- @tparam string text
-- @treturn string
function Gauge.plain(text)
  return (text:gsub("%-[bcdf-hj-np-tv-xz2-9][bcdf-hj-np-tv-xz0-9]+%-%w%w%w%w%w%f[%W]", "-*")
    :gsub("%-%x%x%x%x%x%x%x+%f[%W]", "-*")
    :gsub("%(%x+%-%x+%-[%x*-]+%)", "")
    :gsub("0/%d+ nodes are available", "no node is available"))
end

local function take_event(self, event)
  if event.type ~= "Warning" then return end
  local is_quota = event.message:find("exceeded quota", 1, true) ~= nil
  if is_quota then self.refused = self.refused + 1 end
  local text = ("%s %s: %s"):format(event.kind, event.reason, Gauge.plain(event.message))
  if not self.warned[text] then
    self.warned[text] = true
    self.warnings[#self.warnings + 1] = { kind = event.kind, reason = event.reason,
      message = Gauge.plain(event.message) }
  end
end

--- Begin to measure.
-- @param cluster
-- @tparam {table,...} objects that are about to be applied: what is there already is measured
--   from the first moment on
-- @treturn Gauge targets (kind, namespace, name, seen: wanted, lowest, below; is_late), most
--   (pods, cpu in thousandths, memory in bytes), by_budget, refused (by quotas), warnings
function Gauge.new(cluster, objects)
  local self = setmetatable({ cluster = cluster, targets = {}, by_budget = {}, refused = 0,
    now = { pods = 0, cpu = 0, memory = 0 }, most = { pods = 0, cpu = 0, memory = 0 },
    warned = {}, warnings = {}, looked_at = cluster:now() }, Gauge)
  self.budgets = cluster.server:number(assert(cluster.server:kind "PodDisruptionBudget"))
  for i, object in ipairs(objects) do
    local metadata = object.metadata
    self.targets[i] = { kind = object.kind, namespace = metadata.namespace, name = metadata.name,
      is_known = cluster:get(object.kind, metadata.namespace, metadata.name) ~= nil }
  end
  follow_pods(self)
  measure_budgets(self)
  cluster.events:listen(function(event) take_event(self, event) end)
  return self
end

return Gauge
