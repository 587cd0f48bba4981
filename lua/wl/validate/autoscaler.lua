-- SPDX-License-Identifier: MIT
--- HorizontalPodAutoscalers.
-- (pkg/apis/autoscaling/validation)
local check = require "wl.validate.check"
local meta = require "wl.validate.meta"
local resources = require "wl.validate.resources"

local autoscaler = {}

-- ---------------------------------------------------------------------------
-- References
-- ---------------------------------------------------------------------------

-- What is wrong with a reference's apiVersion. Only what is of Kubernetes' core
-- has no group.
local function version_fault(text, needs_group)
  if text == "" or text == "/" then
    return needs_group and "apiVersion must specify API group" or nil
  end
  local _, slashes = text:gsub("/", "")
  if slashes > 1 then return "unexpected GroupVersion string: " .. text end
  local group = text:match "^(.*)/" or ""
  return needs_group and group == "" and "apiVersion must specify API group" or nil
end

local function reference(errors, path, ref, needs_group)
  for _, field in ipairs { "kind", "name" } do
    local at = path .. "." .. field
    if check.blank(ref[field]) then
      errors:required(at)
    else
      check.name(errors, at, "path_segment", ref[field])
    end
  end
  local version = ref.apiVersion or ""
  local fault = version_fault(version, needs_group)
  if fault then errors:invalid(path .. ".apiVersion", version, fault) end
end

-- What is scaled; looked at when it is another kind than before. Of the core
-- only ReplicationControllers can be.
local function target(errors, path, ref, old)
  local same = old and old.kind == ref.kind and (old.apiVersion or "") == (ref.apiVersion or "")
  local looked = same and { kind = ref.kind, name = ref.name } or ref
  reference(errors, path, looked, not same and ref.kind ~= "ReplicationController")
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
local TARGETS = check.set { "AverageValue", "Utilization", "Value" }
local TYPES = { "ContainerResource", "External", "Object", "Pods", "Resource" }

local function metric_target(errors, path, t)
  if check.blank(t.type) then
    errors:required(path .. ".type", "must specify a metric target type")
  elseif not TARGETS[t.type] then
    errors:invalid(path .. ".type", t.type,
      "must be either Utilization, Value, or AverageValue")
  end
  for _, field in ipairs { "value", "averageValue" } do
    if resources.is_positive(t[field]) == false then
      errors:invalid(path .. "." .. field, t[field], "must be positive")
    end
  end
  if t.averageUtilization and t.averageUtilization < 1 then
    errors:invalid(path .. ".averageUtilization", t.averageUtilization,
      "must be greater than 0")
  end
end

local function identifier(errors, path, metric)
  if check.blank(metric.name) then
    errors:required(path .. ".name", "must specify a metric name")
  else
    check.name(errors, path .. ".name", "path_segment", metric.name)
  end
end

-- One of two numbers of the target, where it cannot be both.
local NO_UTILIZATION = "must set either a target raw value or a target utilization"
local NOT_BOTH = "may not set both a target raw value and a target utilization"

local function of_resource(errors, path, source)
  local t = source.target or {}
  if check.blank(source.name) then
    errors:required(path .. ".name", "must specify a resource name")
  end
  metric_target(errors, path .. ".target", t)
  if t.averageUtilization == nil and t.averageValue == nil then
    errors:required(path .. ".target.averageUtilization", NO_UTILIZATION)
  elseif t.averageUtilization ~= nil and t.averageValue ~= nil then
    errors:forbidden(path .. ".target.averageValue", NOT_BOTH)
  end
end

local sources = { resource = of_resource }

function sources.containerResource(errors, path, source)
  if check.blank(source.container) then
    errors:required(path .. ".container", "must specify a container")
  else
    check.name(errors, path .. ".container", "dns_label", source.container)
  end
  of_resource(errors, path, source)
end

function sources.pods(errors, path, source)
  local t = source.target or {}
  identifier(errors, path .. ".metric", source.metric or {})
  metric_target(errors, path .. ".target", t)
  if t.averageValue == nil then
    errors:required(path .. ".target.averageValue",
      "must specify a positive target averageValue")
  end
end

function sources.object(errors, path, source)
  local t = source.target or {}
  reference(errors, path .. ".describedObject", source.describedObject or {}, false)
  identifier(errors, path .. ".metric", source.metric or {})
  metric_target(errors, path .. ".target", t)
  if t.value == nil and t.averageValue == nil then
    errors:required(path .. ".target.averageValue",
      "must set either a target value or averageValue")
  end
end

function sources.external(errors, path, source)
  local t = source.target or {}
  identifier(errors, path .. ".metric", source.metric or {})
  metric_target(errors, path .. ".target", t)
  if t.value == nil and t.averageValue == nil then
    errors:required(path .. ".target.averageValue",
      "must set either a target value for metric or a per-pod target")
  elseif t.value ~= nil and t.averageValue ~= nil then
    errors:forbidden(path .. ".target.value",
      "may not set both a target value for metric and a per-pod target")
  end
end

-- In this order; only the first that is there is looked into.
local SOURCES = { "object", "external", "pods", "resource", "containerResource" }

local function metric(errors, path, m)
  if check.blank(m.type) then
    errors:required(path .. ".type", "must specify a metric source type")
  else
    check.choice(errors, path .. ".type", m.type, TYPES)
  end
  local expected, present = FIELDS[m.type], {}
  for _, field in ipairs(SOURCES) do
    if m[field] then present[#present + 1] = field end
  end
  if present[1] then
    sources[present[1]](errors, path .. "." .. present[1], m[present[1]])
  end
  if expected and not m[expected] then
    errors:required(path .. "." .. expected,
      "must populate information for the given metric source")
  end
  for _, field in ipairs(#present > 1 and present or {}) do
    if field ~= expected then
      errors:forbidden(path .. "." .. field, "must populate the given metric source only")
    end
  end
end

-- ---------------------------------------------------------------------------
-- Behaviour
-- ---------------------------------------------------------------------------

local LONGEST_WINDOW, LONGEST_PERIOD = 3600, 1800

local function scaling_policy(errors, path, policy)
  check.choice(errors, path .. ".type", policy.type or "", { "Percent", "Pods" })
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
  if seconds and seconds < 0 then
    errors:invalid(path .. ".stabilizationWindowSeconds", seconds,
      "must be greater than or equal to zero")
  end
  if seconds and seconds > LONGEST_WINDOW then
    errors:invalid(path .. ".stabilizationWindowSeconds", seconds,
      ("must be less than or equal to %d"):format(LONGEST_WINDOW))
  end
  check.choice(errors, path .. ".selectPolicy", rules.selectPolicy, { "Disabled", "Max", "Min" })
  if check.count(rules.policies) == 0 then
    errors:required(path .. ".policies", "must specify at least one Policy")
  end
  for _, policy, at in check.each(rules.policies, path .. ".policies") do
    scaling_policy(errors, at, policy)
  end
  if resources.is_positive(rules.tolerance, true) == false then
    errors:invalid(path .. ".tolerance", rules.tolerance, "must be greater or equal to zero")
  end
end

-- ---------------------------------------------------------------------------
-- The whole
-- ---------------------------------------------------------------------------

local function whole(errors, spec, old)
  bounds(errors, spec)
  target(errors, "spec.scaleTargetRef", spec.scaleTargetRef or {}, old and old.scaleTargetRef)
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
  whole(errors, new.spec or {}, old.spec)
end

--- A changed status.
function autoscaler.validate_status(new, old, errors)
  meta.update(errors, new, old)
  check.nonnegative_fields(errors, "status", new.status or {},
    { "currentReplicas", "desiredReplicas" })
end

return autoscaler
