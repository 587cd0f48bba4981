-- SPDX-License-Identifier: MIT
--- One look of an autoscaler at its target: every 15 seconds.
--
-- What it recommended and did in the last minutes it remembers, as upstream, only
-- while it runs; one that begins anew recommends first what is there.
-- Source: pkg/controller/podautoscaler/horizontal.go (reconcileAutoscaler).
local behavior = require "wl.autoscaler.behavior"
local conditions = require "wl.conditions"
local metric = require "wl.autoscaler.metric"
local quantity = require "wl.quantity"
local value = require "wl.value"

local run = {}

local PERIOD = 15 -- seconds
local TOLERANCE = 0.1

-- ---- conditions ----

local function set_condition(self, type, status, reason, message)
  local before = conditions.find(self.conditions, type)
  local said = { type = type, status = status, reason = reason, message = message,
    lastTransitionTime = before and before.status == status and before.lastTransitionTime
      or self.ctx:timestamp() }
  for i, one in ipairs(self.conditions) do
    if one.type == type then
      self.conditions[i] = said
      return
    end
  end
  self.conditions[#self.conditions + 1] = said
end

local function copied(list)
  local copy = value.list {}
  for i, one in ipairs(list or {}) do copy[i] = one end
  return copy
end

local function write(self, fields)
  local before = self.hpa.status or {}
  local status = { observedGeneration = before.observedGeneration,
    lastScaleTime = fields.lastScaleTime or before.lastScaleTime,
    currentReplicas = fields.current, desiredReplicas = fields.desired,
    currentMetrics = fields.metrics and value.list(fields.metrics) or before.currentMetrics,
    conditions = #self.conditions > 0 and self.conditions or nil }
  self.ctx:update_status(self.hpa, status)
end

-- ---- the target ----

local function target_of(ctx, hpa)
  local reference = hpa.spec.scaleTargetRef
  local kind, unknown = ctx.server:kind(reference.kind)
  if reference.apiVersion then
    kind, unknown = ctx.server.registry:find(reference.apiVersion, reference.kind)
  end
  if not kind then return nil, unknown end
  local target, missing = ctx:get(kind, hpa.metadata.namespace, reference.name)
  if not target then return nil, missing end
  if not target.spec or target.spec.replicas == nil then
    return nil, ("%s %q has no scale"):format(kind.resource, reference.name)
  end
  return target
end

-- A ReplicationController's selector is labels only.
local function pods_of(ctx, target)
  local given = target.spec.selector
  local labels = given and (given.matchLabels or given.matchExpressions) and given
    or { matchLabels = given }
  local list = {}
  for pod in ctx:matching("Pod", target.metadata.namespace, labels):each() do
    list[#list + 1] = pod
  end
  return list
end

local function tolerance_of(rules)
  local given = rules and rules.tolerance
  return given and quantity.parse(tostring(given)):milli() / 1000 or TOLERANCE
end

-- ---- deciding ----

local function invalid(self, answer)
  local total = #self.hpa.spec.metrics
  local message = ("invalid metrics (%d invalid out of %d), first error is: %s"):format(
    answer.failed, total, answer.problem)
  set_condition(self, "ScalingActive", "False", answer.reason,
    "the HPA was unable to compute the replica count: " .. answer.problem)
  self.ctx:event(self.hpa, "Warning", answer.reason, answer.problem)
  self.ctx:event(self.hpa, "Warning", "FailedComputeMetricsReplicas", message)
end

-- Metrics that are not known may still let it go up, never down.
local function is_usable(answer, current)
  return answer.replicas and (answer.failed == 0 or answer.replicas >= current)
end

local function settle(self, desired)
  local hpa, memory, now = self.hpa, self.memory, self.ctx.now
  local rules = hpa.spec.behavior
  local stable, reason, message = behavior.stabilize(memory, now, self.current, desired, rules)
  set_condition(self, "AbleToScale", "True", reason or "ReadyForNewScale",
    message or "recommended size matches current size")
  local allowed, why, held_back = behavior.limit(memory, now, self.current, stable,
    { least = self.least, most = hpa.spec.maxReplicas }, rules)
  set_condition(self, "ScalingLimited", held_back and "True" or "False", why[1], why[2])
  return allowed
end

-- Returns the size to go to, and why; nil when it is not known.
local function decide(self)
  local current, most = self.current, self.hpa.spec.maxReplicas
  if current == 0 and self.least ~= 0 then
    set_condition(self, "ScalingActive", "False", "ScalingDisabled",
      "scaling is disabled since the replica count of the target is zero")
    return 0
  elseif current > most then
    return most, "Current number of replicas above Spec.MaxReplicas"
  elseif current < self.least then
    return self.least, "Current number of replicas below Spec.MinReplicas"
  end
  local rules = self.hpa.spec.behavior
  local answer = metric.ask(self.ctx, self.hpa, { pods = pods_of(self.ctx, self.target),
    current = current, tolerance = { up = tolerance_of(rules and rules.scaleUp),
      down = tolerance_of(rules and rules.scaleDown) } })
  self.metrics = answer.statuses
  if not is_usable(answer, current) then
    invalid(self, answer)
    return nil
  end
  set_condition(self, "ScalingActive", "True", "ValidMetricFound",
    "the HPA was able to successfully calculate a replica count from " .. answer.words)
  local why = answer.replicas > current and answer.words .. " above target"
    or answer.replicas < current and "All metrics below target" or ""
  return settle(self, answer.replicas), why
end

-- ---- doing ----

local function rescale(self, desired, why)
  local ctx, hpa = self.ctx, self.hpa
  local done, message = ctx:update(self.target, function(draft) draft.spec.replicas = desired end)
  if not done then
    ctx:event(hpa, "Warning", "FailedRescale",
      ("New size: %d; reason: %s; error: %s"):format(desired, why, message))
    set_condition(self, "AbleToScale", "False", "FailedUpdateScale",
      "the HPA controller was unable to update the target scale: " .. message)
    return false
  end
  set_condition(self, "AbleToScale", "True", "SucceededRescale",
    ("the HPA controller was able to update the target scale to %d"):format(desired))
  ctx:event(hpa, "Normal", "SuccessfulRescale", ("New size: %d; reason: %s"):format(desired, why))
  behavior.note(self.memory, ctx.now, self.current, desired, hpa.spec.behavior)
  return true
end

local function look(self)
  local hpa = self.hpa
  local target, message = target_of(self.ctx, hpa)
  self.target = target
  if not target then
    set_condition(self, "AbleToScale", "False", "FailedGetScale",
      "the HPA controller was unable to get the target's current scale: " .. message)
    self.ctx:event(hpa, "Warning", "FailedGetScale", message)
    return write(self, { current = hpa.status.currentReplicas,
      desired = hpa.status.desiredReplicas })
  end
  set_condition(self, "AbleToScale", "True", "SucceededGetScale",
    "the HPA controller was able to get the target's current scale")
  self.current = target.spec.replicas
  self.memory.recommendations = self.memory.recommendations
    or { { at = self.ctx.now, replicas = self.current } }
  local desired, why = decide(self)
  local scaled = desired and desired ~= self.current and rescale(self, desired, why)
  write(self, { current = self.current, desired = desired or hpa.status.desiredReplicas,
    metrics = self.metrics, lastScaleTime = scaled and self.ctx:timestamp() or nil })
end

local function memory_of(ctx, hpa)
  ctx.autoscalers = ctx.autoscalers or {}
  local memory = ctx.autoscalers[hpa.metadata.uid]
  if not memory then
    memory = { ups = {}, downs = {}, next_look = 0 }
    ctx.autoscalers[hpa.metadata.uid] = memory
  end
  return memory
end

--- Look at an autoscaler's target, if it is time.
-- @param ctx
-- @param hpa
-- @treturn number seconds until the next look
function run.reconcile(ctx, hpa)
  local memory = memory_of(ctx, hpa)
  if ctx.now >= memory.next_look or not value.equal(memory.spec, hpa.spec) then
    memory.spec, memory.next_look = hpa.spec, ctx.now + PERIOD
    look { ctx = ctx, hpa = hpa, memory = memory, least = hpa.spec.minReplicas or 1,
      conditions = copied(hpa.status and hpa.status.conditions) }
  end
  return memory.next_look - ctx.now
end

return run
