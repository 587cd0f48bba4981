-- SPDX-License-Identifier: MIT
--- PodDisruptionBudgets.
-- (pkg/apis/policy/validation)
local check = require "wl.validate.check"
local labels = require "wl.validate.labels"
local meta = require "wl.validate.meta"

local budget = {}

local function whole(errors, spec)
  if spec.minAvailable ~= nil and spec.maxUnavailable ~= nil then
    errors:invalid("spec", spec, "minAvailable and maxUnavailable cannot be both set")
  end
  for _, field in ipairs { "minAvailable", "maxUnavailable" } do
    check.int_or_percent(errors, "spec." .. field, spec[field])
    check.at_most_100_percent(errors, "spec." .. field, spec[field])
  end
  labels.selector(errors, "spec.selector", spec.selector)
  check.choice(errors, "spec.unhealthyPodEvictionPolicy", spec.unhealthyPodEvictionPolicy,
    { "AlwaysAllow", "IfHealthyBudget" })
end

--- A new PodDisruptionBudget.
function budget.validate(object, errors)
  meta.create(errors, object)
  whole(errors, object.spec or {})
end

--- A changed PodDisruptionBudget.
function budget.validate_update(new, old, errors)
  meta.create(errors, new)
  whole(errors, new.spec or {})
  meta.update(errors, new, old)
end

local COUNTERS = {
  "disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods",
  "observedGeneration",
}

--- A changed status.
function budget.validate_status(new, old, errors)
  meta.update(errors, new, old)
  check.nonnegative_fields(errors, "status", new.status or {}, COUNTERS)
end

return budget
