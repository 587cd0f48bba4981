-- SPDX-License-Identifier: MIT
--- What a PodDisruptionBudget allows.
--
-- A pod that is Ready is healthy, unless it is on its way out. How many pods there
-- should be is asked of their controllers, if they have a scale.
-- For one that has none nothing is guessed, and nothing may be evicted.
-- Source: pkg/controller/disruption.
local conditions = require "wl.conditions"
local intstr = require "wl.intstr"
local owner = require "wl.owner"
local selector = require "wl.selector"
local time = require "wl.time"

local disruption = {}

local UNCONFIRMED = 120 -- seconds that an eviction counts before its pod is deleted

-- ---- how many pods there should be ----

-- A Deployment's pods are controlled by its ReplicaSets, but it says how many. Whoever
-- else controls a controller is not asked.
local function scaled_controller(ctx, reference)
  local controller = ctx:by_uid(reference.uid)
  local above = controller and controller.kind == "ReplicaSet" and owner.controller(controller)
  if not above or above.kind ~= "Deployment" then return controller end
  return ctx:by_uid(above.uid)
end

-- The number in a controller's scale; nil and why there is none.
local function scale_of(ctx, controller)
  local kind = ctx.server.registry:find(controller.apiVersion, controller.kind)
  local replicas = controller.spec and controller.spec.replicas
  if replicas == nil then
    return nil, ("%s does not implement the scale subresource"):format(kind.resource)
  end
  return replicas
end

-- How many pods the controllers of some pods want, and which pods have none.
local function expected_of(ctx, pods)
  local seen, expected, unmanaged = {}, 0, 0
  for _, group in ipairs(pods:group_by "metadata.ownerReferences[controller=true].uid") do
    local pod = group.batch[1]
    local reference = owner.controller(pod)
    local controller = reference and scaled_controller(ctx, reference)
    if not reference then
      unmanaged = unmanaged + #group.batch
    elseif not controller then
      return nil, ("found no controllers for pod %q"):format(pod.metadata.name)
    elseif not seen[controller.metadata.uid] then
      seen[controller.metadata.uid] = true
      local replicas, problem = scale_of(ctx, controller)
      if not replicas then return nil, problem end
      expected = expected + replicas
    end
  end
  return expected, unmanaged
end

-- How many must stay healthy, of how many; nil and why that is not known.
local function desired_of(ctx, spec, pods)
  if math.type(spec.minAvailable) then return spec.minAvailable, #pods, 0 end
  if spec.minAvailable == nil and spec.maxUnavailable == nil then return 0, 0, 0 end
  local expected, unmanaged = expected_of(ctx, pods)
  if not expected then return nil, unmanaged end
  if spec.maxUnavailable ~= nil then
    local missing = intstr.resolve(spec.maxUnavailable, expected, true)
    return math.max(0, expected - missing), expected, unmanaged
  end
  return intstr.resolve(spec.minAvailable, expected, true), expected, unmanaged
end

-- ---- evictions that are under way ----

-- Those that the pods do not show yet, how many of these are Ready, and when the next is
-- no longer believed.
local function disrupted(ctx, budget)
  local kept, ready, next_look = {}, 0, nil
  for name, at in pairs(budget.status and budget.status.disruptedPods or {}) do
    local pod = ctx:get("Pod", budget.metadata.namespace, name)
    local expires = time.parse(at) + UNCONFIRMED
    if pod and not pod.metadata.deletionTimestamp and expires > ctx.now then
      kept[name] = at
      local said = conditions.find(pod.status and pod.status.conditions, "Ready")
      if said and said.status == "True" then ready = ready + 1 end
      next_look = math.min(next_look or expires, expires)
    end
  end
  return next_look and kept or nil, ready, next_look
end

-- ---- the status ----

local UNMANAGED = "Pods selected by this PodDisruptionBudget (selector: %s) were found to be"
  .. " unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may"
  .. " result in undefined behavior. To account for these pods please set \".spec.minAvailable\""
  .. " field of the PDB to an integer value."

local function condition(ctx, budget, allowed, problem)
  local reason = problem and "SyncFailed" or allowed > 0 and "SufficientPods" or "InsufficientPods"
  local said = { type = "DisruptionAllowed", status = allowed > 0 and "True" or "False",
    reason = reason, message = problem or "", observedGeneration = budget.metadata.generation }
  local before = conditions.find(budget.status and budget.status.conditions, said.type)
  said.lastTransitionTime = before and before.status == said.status and before.lastTransitionTime
    or ctx:timestamp()
  return conditions.replace(budget.status and budget.status.conditions, said)
end

local function tell(ctx, budget, pods, unmanaged)
  if #pods == 0 then
    ctx:event(budget, "Normal", "NoPods", "No matching pods found")
  elseif unmanaged > 0 then
    ctx:event(budget, "Warning", "UnmanagedPods",
      UNMANAGED:format(tostring(selector.from(budget.spec.selector))))
  end
end

-- Whoever does not know forbids.
local function fail(ctx, budget, problem)
  ctx:event(budget, "Warning", "CalculateExpectedPodCountFailed",
    "Failed to calculate the number of expected pods: " .. problem)
  return ctx:update_status(budget, function(status)
    status.disruptionsAllowed = 0
    status.observedGeneration = budget.metadata.generation
    status.conditions = condition(ctx, budget, 0, problem)
  end)
end

--- Bring a budget's status up to date.
-- @param ctx
-- @param budget
-- @treturn ?number seconds until it is to be looked at again; or nil, message
function disruption.reconcile(ctx, budget)
  local set = ctx:matching("Pod", budget.metadata.namespace, budget.spec.selector)
  local pods = set:batch()
  local desired, expected, unmanaged = desired_of(ctx, budget.spec, pods)
  if not desired then
    fail(ctx, budget, expected)
    return nil, expected
  end
  tell(ctx, budget, pods, unmanaged)
  local under_way, leaving, next_look = disrupted(ctx, budget)
  local healthy = math.max(0, set:count "ready" - leaving)
  local allowed = expected > 0 and math.max(0, healthy - desired) or 0
  ctx:update_status(budget, {
    observedGeneration = budget.metadata.generation, disruptedPods = under_way,
    disruptionsAllowed = allowed, currentHealthy = healthy, desiredHealthy = desired,
    expectedPods = expected, conditions = condition(ctx, budget, allowed),
  })
  return next_look and next_look - ctx.now
end

--- Count an eviction against a budget, before the pod is deleted.
-- @param ctx
-- @param budget
-- @param pod
-- @return the budget; or nil, message, code
function disruption.take(ctx, budget, pod)
  return ctx:update_status(budget, function(status)
    status.disruptionsAllowed = status.disruptionsAllowed - 1
    if status.disruptedPods == nil then status.disruptedPods = {} end
    status.disruptedPods[pod.metadata.name] = ctx:timestamp()
    status.conditions = condition(ctx, budget, status.disruptionsAllowed)
  end)
end

return disruption
