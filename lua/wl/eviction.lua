-- SPDX-License-Identifier: MIT
--- Evicting a pod: deleting it if the disruption budgets allow.
-- Source: pkg/registry/core/pod/storage/eviction.go.
local conditions = require "wl.conditions"
local disruption = require "wl.disruption"
local selector = require "wl.selector"

local eviction = {}

local REFUSED = "Cannot evict pod as it would violate the pod's disruption budget."
local TOO_MANY = "This pod has more than one PodDisruptionBudget, "
  .. "which the eviction subresource does not support."

local function budgets_for(ctx, pod)
  local found, there = {}, { namespace = pod.metadata.namespace }
  for _, budget in ipairs(ctx:list("PodDisruptionBudget", there)) do
    local given = budget.spec.selector
    if given and selector.from(given):matches(pod.metadata.labels or {}) then
      found[#found + 1] = budget
    end
  end
  return found
end

-- Pods that run nothing do not count against a budget.
local function needs_no_budget(pod)
  local phase = pod.status and pod.status.phase
  return phase == "Succeeded" or phase == "Failed" or phase == "Pending" or phase == nil
    or pod.metadata.deletionTimestamp ~= nil
end

local function is_ready(pod)
  local ready = conditions.find(pod.status and pod.status.conditions, "Ready")
  return ready ~= nil and ready.status == "True"
end

local function allows(ctx, budget, pod)
  local state = disruption.budget(ctx, budget)
  if not is_ready(pod) then
    if budget.spec.unhealthyPodEvictionPolicy == "AlwaysAllow" then
      return true
    elseif state and state.desired > 0 and state.healthy >= state.desired then
      return true
    end
  end
  return state ~= nil and state.allowed > 0
end

--- Evict a pod.
-- @param ctx the controller surface
-- @param pod a view
-- @tparam ?table options `grace`: seconds
-- @treturn ?boolean true when it is being deleted
-- @treturn ?string message
-- @treturn ?string code "TooManyRequests": try again later
function eviction.evict(ctx, pod, options)
  if not needs_no_budget(pod) then
    local budgets = budgets_for(ctx, pod)
    if #budgets > 1 then
      return nil, TOO_MANY, "InternalError"
    elseif budgets[1] and not allows(ctx, budgets[1], pod) then
      return nil, REFUSED, "TooManyRequests"
    end
  end
  local current = ctx:update_status(pod, function(status)
    status.conditions = conditions.replace(pod.status and pod.status.conditions, {
      type = "DisruptionTarget", status = "True", reason = "EvictionByEvictionAPI",
      message = "Eviction API: evicting", lastTransitionTime = ctx:timestamp() })
  end)
  return ctx:delete(current or pod, { grace = options and options.grace })
end

return eviction
