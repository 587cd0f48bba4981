-- SPDX-License-Identifier: MIT
--- HorizontalPodAutoscalers.
-- (pkg/apis/autoscaling/validation)
local check = require "wl.validate.check"
local meta = require "wl.validate.meta"
local resources = require "wl.validate.resources"

local autoscaler = {}

local function target(errors, path, ref)
  for _, field in ipairs { "kind", "name" } do
    local at = path .. "." .. field
    if check.blank(ref[field]) then
      errors:required(at)
    else
      check.name(errors, at, "path_segment", ref[field])
    end
  end
end

local function bounds(errors, spec)
  local low, high = spec.minReplicas, spec.maxReplicas or 0
  if low and low < 1 then
    errors:invalid("spec.minReplicas", low, "must be greater than or equal to 1")
  end
  if high < 1 then errors:invalid("spec.maxReplicas", high, "must be greater than 0") end
  if low and high < low then
    errors:invalid("spec.maxReplicas", high, "must be greater than or equal to `minReplicas`")
  end
end

-- ---------------------------------------------------------------------------
-- Metrics
-- ---------------------------------------------------------------------------

-- The field that goes with a type.
local FIELDS = {
  Object = "object", Pods = "pods", Resource = "resource", ContainerResource =
    "containerResource", External = "external",
}
local TYPES = { "ContainerResource", "External", "Object", "Pods", "Resource" }

local function metric_target(errors, path, t)
  check.required_choice(errors, path .. ".type", t.type,
    { "AverageValue", "Utilization", "Value" })
  if t.averageUtilization and t.averageUtilization < 1 then
    errors:invalid(path .. ".averageUtilization", t.averageUtilization,
      "must be greater than zero")
  end
  for _, field in ipairs { "value", "averageValue" } do
    resources.positive(errors, path .. "." .. field, t[field])
  end
end

local function metric(errors, path, m)
  check.required_choice(errors, path .. ".type", m.type, TYPES)
  local expected = FIELDS[m.type]
  for _, kind in ipairs(TYPES) do
    local field = FIELDS[kind]
    if m[field] and field ~= expected then
      errors:forbidden(path .. "." .. field,
        "must populate the given metric source only when type is " .. kind)
    end
  end
  if not expected then return end
  local source = m[expected]
  if not source then
    return errors:required(path .. "." .. expected,
      "must populate information for the given metric source")
  end
  metric_target(errors, ("%s.%s.target"):format(path, expected), source.target or {})
end

-- ---------------------------------------------------------------------------
-- Behaviour
-- ---------------------------------------------------------------------------

local LONGEST_WINDOW, LONGEST_PERIOD = 3600, 1800

local function scaling_policy(errors, path, policy)
  check.required_choice(errors, path .. ".type", policy.type, { "Percent", "Pods" })
  check.positive(errors, path .. ".value", policy.value or 0)
  check.positive(errors, path .. ".periodSeconds", policy.periodSeconds or 0)
  if (policy.periodSeconds or 0) > LONGEST_PERIOD then
    errors:invalid(path .. ".periodSeconds", policy.periodSeconds,
      ("must be less than or equal to %d"):format(LONGEST_PERIOD))
  end
end

local function scaling_rules(errors, path, rules)
  if not rules then return end
  local seconds = rules.stabilizationWindowSeconds
  check.nonnegative(errors, path .. ".stabilizationWindowSeconds", seconds)
  if seconds and seconds > LONGEST_WINDOW then
    errors:invalid(path .. ".stabilizationWindowSeconds", seconds,
      ("must be less than or equal to %d"):format(LONGEST_WINDOW))
  end
  check.choice(errors, path .. ".selectPolicy", rules.selectPolicy, { "Disabled", "Max", "Min" })
  if rules.policies and check.count(rules.policies) == 0 then
    errors:required(path .. ".policies", "must specify at least one Policy")
  end
  for _, policy, at in check.each(rules.policies, path .. ".policies") do
    scaling_policy(errors, at, policy)
  end
end

-- ---------------------------------------------------------------------------
-- The whole
-- ---------------------------------------------------------------------------

local function whole(errors, spec)
  bounds(errors, spec)
  target(errors, "spec.scaleTargetRef", spec.scaleTargetRef or {})
  for _, m, at in check.each(spec.metrics, "spec.metrics") do metric(errors, at, m) end
  local behavior = spec.behavior or {}
  scaling_rules(errors, "spec.behavior.scaleUp", behavior.scaleUp)
  scaling_rules(errors, "spec.behavior.scaleDown", behavior.scaleDown)
end

--- A new HorizontalPodAutoscaler.
function autoscaler.validate(object, errors)
  meta.create(errors, object)
  whole(errors, object.spec or {})
end

--- A changed HorizontalPodAutoscaler.
function autoscaler.validate_update(new, old, errors)
  meta.update(errors, new, old)
  whole(errors, new.spec or {})
end

--- A changed status.
function autoscaler.validate_status(new, old, errors)
  meta.update(errors, new, old)
  check.nonnegative_fields(errors, "status", new.status or {},
    { "currentReplicas", "desiredReplicas" })
end

return autoscaler
