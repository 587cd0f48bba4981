-- SPDX-License-Identifier: MIT
--- Evicting a pod: deleting it if its disruption budget allows.
--
-- A pod that runs nothing is nobody's loss. One that is not Ready may go where the
-- budget's unhealthyPodEvictionPolicy says so, and is not counted then.
-- Source: pkg/registry/core/pod/storage/eviction.go.
local conditions = require "wl.conditions"
local disruption = require "wl.disruption"
local selector = require "wl.selector"

local eviction = {}

local REFUSED = "Cannot evict pod as it would violate the pod's disruption budget."
local UNSEEN = "The disruption budget %s is still being processed by the server."
local SHORT = "The disruption budget %s needs %d healthy pods and has %d currently"
local CLOSED = "The disruption budget %s does not allow evicting pods currently"
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

local function needs_no_budget(pod)
  local phase = pod.status and pod.status.phase
  return phase == "Succeeded" or phase == "Failed" or phase == "Pending" or phase == nil
    or pod.metadata.deletionTimestamp ~= nil
end

local function is_ready(pod)
  local ready = conditions.find(pod.status and pod.status.conditions, "Ready")
  return ready ~= nil and ready.status == "True"
end

local function may_go_unhealthy(budget, pod)
  if is_ready(pod) then return false end
  local status = budget.status
  return budget.spec.unhealthyPodEvictionPolicy == "AlwaysAllow"
    or status.desiredHealthy > 0 and status.currentHealthy >= status.desiredHealthy
end

local function refuse(cause)
  return nil, REFUSED, "TooManyRequests",
    { { field = "", reason = "DisruptionBudget", message = cause } }
end

-- Why a budget allows nothing.
local function exhausted(budget)
  local status, name = budget.status, budget.metadata.name
  local said = conditions.find(status.conditions, "DisruptionAllowed")
  if not said or said.status ~= "False" or said.message == "" then said = nil end
  if said and said.reason == "SyncFailed" then
    return CLOSED:format(name) .. " because it failed sync: " .. said.message
  elseif status.currentHealthy <= status.desiredHealthy then
    return SHORT:format(name, status.desiredHealthy, status.currentHealthy)
  end
  return CLOSED:format(name) .. (said and (" (%s): %s"):format(said.reason, said.message) or "")
end

-- Have the budget count the eviction.
local function ask(ctx, budget, pod)
  local status, name = budget.status, budget.metadata.name
  if may_go_unhealthy(budget, pod) then return true end
  if (status.observedGeneration or 0) < (budget.metadata.generation or 0) then
    return refuse(UNSEEN:format(name))
  elseif status.disruptionsAllowed <= 0 then
    return refuse(exhausted(budget))
  end
  return disruption.take(ctx, budget, pod)
end

local function mark(ctx, pod)
  return ctx:update_status(pod, function(status)
    status.conditions = conditions.replace(pod.status and pod.status.conditions, {
      type = "DisruptionTarget", status = "True", reason = "EvictionByEvictionAPI",
      message = "Eviction API: evicting", lastTransitionTime = ctx:timestamp() })
  end)
end

--- Evict a pod.
-- @param ctx the controller surface
-- @param pod a view
-- @tparam ?table options `grace`: seconds
-- @treturn ?boolean true when it is being deleted
-- @treturn ?string message
-- @treturn ?string code "TooManyRequests": try again later
-- @treturn ?{table,...} causes: which budget, and what it needs
function eviction.evict(ctx, pod, options)
  if not needs_no_budget(pod) then
    local budgets = budgets_for(ctx, pod)
    if #budgets > 1 then return nil, TOO_MANY, "InternalError" end
    if budgets[1] then
      local allowed, message, code, causes = ask(ctx, budgets[1], pod)
      if not allowed then return nil, message, code, causes end
    end
  end
  return ctx:delete(mark(ctx, pod) or pod, { grace = options and options.grace })
end

return eviction
