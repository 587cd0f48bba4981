-- SPDX-License-Identifier: MIT
--- Deployments.
-- (pkg/apis/apps/validation, pkg/registry/apps/deployment)
local check = require "wl.validate.check"
local labels = require "wl.validate.labels"
local meta = require "wl.validate.meta"
local policies = require "wl.validate.policy"
local template = require "wl.validate.template"

local deployment = {}

-- ---------------------------------------------------------------------------
-- The strategy
-- ---------------------------------------------------------------------------

local function rolling_update(errors, path, budget)
  local surge, unavailable = path .. ".maxSurge", path .. ".maxUnavailable"
  check.int_or_percent(errors, unavailable, budget.maxUnavailable)
  check.int_or_percent(errors, surge, budget.maxSurge)
  if check.amount(budget.maxUnavailable) == 0 and check.amount(budget.maxSurge) == 0 then
    errors:invalid(unavailable, budget.maxUnavailable or 0, "may not be 0 when `maxSurge` is 0")
  end
  check.at_most_100_percent(errors, unavailable, budget.maxUnavailable)
end

local function strategy(errors, path, s)
  local budget = path .. ".rollingUpdate"
  if s.type == "Recreate" then
    if s.rollingUpdate then
      errors:forbidden(budget, "may not be specified when strategy `type` is 'Recreate'")
    end
  elseif s.type ~= "RollingUpdate" then
    if policies.check(errors, path, s, "rollout", "Deployment") then
      if s.rollingUpdate then rolling_update(errors, budget, s.rollingUpdate) end
    else
      errors:not_supported(path, s, policies.supported("rollout", { "Recreate", "RollingUpdate" },
        s.type, "Deployment"))
    end
  elseif not s.rollingUpdate then
    errors:required(budget, "this should be defaulted and never be nil")
  else
    rolling_update(errors, budget, s.rollingUpdate)
  end
end

-- ---------------------------------------------------------------------------
-- The spec
-- ---------------------------------------------------------------------------

local function selected_template(errors, spec)
  local compiled = labels.compile(spec.selector)
  local t = spec.template or {}
  if not compiled then
    return errors:invalid("spec.selector", spec.selector, "invalid label selector")
  end
  labels.template_matches(errors, "spec.template.metadata.labels", compiled,
    t.metadata and t.metadata.labels)
  template.check(errors, "spec.template", t)
  template.runs_always(errors, "spec.template", t, "ReplicaSet")
end

local function deadline(errors, path, spec)
  local seconds = spec.progressDeadlineSeconds
  check.nonnegative(errors, path, seconds)
  if seconds and seconds <= (spec.minReadySeconds or 0) then
    errors:invalid(path, seconds, "must be greater than minReadySeconds")
  end
end

local function whole(errors, spec)
  check.nonnegative(errors, "spec.replicas", spec.replicas)
  labels.required_selector(errors, "spec.selector", spec.selector, "deployment")
  selected_template(errors, spec)
  strategy(errors, "spec.strategy", spec.strategy or {})
  check.nonnegative_fields(errors, "spec", spec, { "minReadySeconds", "revisionHistoryLimit" })
  policies.optional(errors, "spec.history", spec.history, "history")
  deadline(errors, "spec.progressDeadlineSeconds", spec)
end

--- A new Deployment.
function deployment.validate(object, errors)
  meta.create(errors, object)
  policies.deletion_order(errors, object)
  whole(errors, object.spec or {})
end

--- A changed Deployment.
function deployment.validate_update(new, old, errors)
  meta.update(errors, new, old)
  policies.deletion_order(errors, new, old)
  whole(errors, new.spec or {})
  check.immutable(errors, "spec.selector", (new.spec or {}).selector, (old.spec or {}).selector)
end

-- ---------------------------------------------------------------------------
-- Status
-- ---------------------------------------------------------------------------

local COUNTERS = {
  "observedGeneration", "replicas", "updatedReplicas", "readyReplicas", "availableReplicas",
  "unavailableReplicas", "terminatingReplicas", "collisionCount",
}

--- A changed status.
function deployment.validate_status(new, old, errors)
  local status, was = new.status or {}, old.status or {}
  meta.update(errors, new, old)
  check.nonnegative_fields(errors, "status", status, COUNTERS)
  for _, counter in ipairs { "updatedReplicas", "readyReplicas", "availableReplicas" } do
    check.not_above(errors, "status", status, counter, "replicas",
      "cannot be greater than status.replicas")
  end
  check.not_above(errors, "status", status, "availableReplicas", "readyReplicas",
    "cannot be greater than readyReplicas")
  check.not_decremented(errors, "status.collisionCount", status.collisionCount,
    was.collisionCount)
end

return deployment
