-- SPDX-License-Identifier: MIT
--- ResourceQuotas and LimitRanges.
-- (pkg/apis/core/validation)
local check = require "wl.validate.check"
local meta = require "wl.validate.meta"
local quantity = require "wl.quantity"
local resources = require "wl.validate.resources"
local semantic = require "wl.validate.semantic"

local quota, range = {}, {}

-- ---------------------------------------------------------------------------
-- ResourceQuota
-- ---------------------------------------------------------------------------

local SCOPES = check.set {
  "Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "PriorityClass",
  "CrossNamespacePodAffinity", "VolumeAttributesClass",
}
-- Scopes without values.
local EXISTS_ONLY = check.set {
  "Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "CrossNamespacePodAffinity",
}
local CONFLICTS = { { "BestEffort", "NotBestEffort" }, { "Terminating", "NotTerminating" } }

local function amounts(errors, path, map)
  for name, text in check.pairs(map) do
    local at = check.key(path, name)
    resources.quota_name(errors, at, name)
    resources.amount(errors, at, name, text)
  end
end

local function conflicts(errors, path, set, shown)
  for _, pair in ipairs(CONFLICTS) do
    if set[pair[1]] and set[pair[2]] then errors:invalid(path, shown, "conflicting scopes") end
  end
end

local function scopes(errors, path, list)
  local set = {}
  for _, scope in check.each(list, path) do
    if not SCOPES[scope] then errors:invalid(path, list, "unsupported scope") end
    set[scope] = true
  end
  conflicts(errors, path, set, list)
end

local ONLY_EXISTS = "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, "
  .. "ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, "
  .. "ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"

local function scope_values(errors, path, r)
  local count = check.count(r.values)
  if r.operator == "In" or r.operator == "NotIn" then
    if count == 0 then
      errors:required(path .. ".values",
        "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector")
    end
  elseif r.operator ~= "Exists" and r.operator ~= "DoesNotExist" then
    errors:invalid(path .. ".operator", r.operator or "", "not a valid selector operator")
  elseif count > 0 then
    errors:invalid(path .. ".values", r.values,
      "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector")
  end
end

local function scope_selector(errors, path, selector, shown)
  local set = {}
  for _, r in check.each(selector and selector.matchExpressions, path) do
    local scope = r.scopeName or ""
    if not SCOPES[scope] then errors:invalid(path .. ".scopeName", scope, "unsupported scope") end
    if EXISTS_ONLY[scope] and r.operator ~= "Exists" then
      errors:invalid(path .. ".operator", r.operator or "", ONLY_EXISTS)
    end
    scope_values(errors, path, r)
    set[scope] = true
  end
  conflicts(errors, path, set, shown)
end

local function whole(errors, spec)
  amounts(errors, "spec.hard", spec.hard)
  scopes(errors, "spec.scopes", spec.scopes)
  scope_selector(errors, "spec.scopeSelector.matchExpressions", spec.scopeSelector, spec.scopes)
end

--- A new ResourceQuota.
function quota.validate(object, errors)
  meta.create(errors, object)
  whole(errors, object.spec or {})
end

--- A changed ResourceQuota: its scopes stay.
function quota.validate_update(new, old, errors)
  local spec, was = new.spec or {}, old.spec or {}
  meta.update(errors, new, old)
  whole(errors, spec)
  if not semantic.equal(check.set(spec.scopes or {}), check.set(was.scopes or {})) then
    errors:invalid("spec.scopes", spec.scopes, "field is immutable")
  end
end

--- A changed status.
function quota.validate_status(new, old, errors)
  local status = new.status or {}
  meta.update(errors, new, old)
  amounts(errors, "status.hard", status.hard)
  amounts(errors, "status.used", status.used)
end

-- ---------------------------------------------------------------------------
-- LimitRange
-- ---------------------------------------------------------------------------

local STANDARD_TYPES = check.set { "Pod", "Container", "PersistentVolumeClaim" }
local FIELDS = { "max", "min", "default", "defaultRequest", "maxLimitRequestRatio" }

local function limit_type(errors, path, word)
  local faults = check.faults("label_key", word)
  errors:each_invalid(path, word, faults)
  if #faults == 0 and not word:find("/", 1, true) and not STANDARD_TYPES[word] then
    errors:invalid(path, word, "must be a standard limit type or fully qualified")
  end
end

local function limit_names(errors, path, limit)
  local in_pods = limit.type == "Pod" or limit.type == "Container"
  local rule = in_pods and resources.container_name or resources.name
  for _, field in ipairs(FIELDS) do
    local of_pod = limit.type == "Pod" and (field == "default" or field == "defaultRequest")
    for name in check.pairs(not of_pod and limit[field] or nil) do
      rule(errors, check.key(path .. "." .. field, name), name)
    end
    if of_pod and limit[field] then
      errors:forbidden(path .. "." .. field, "may not be specified when `type` is 'Pod'")
    end
  end
end

-- Lower field, higher field, where the error stands, what is said.
local ORDER = {
  { "min", "max", "min", "min value %s is greater than max value %s" },
  { "min", "defaultRequest", "defaultRequest",
    "min value %s is greater than default request value %s" },
  { "defaultRequest", "max", "defaultRequest",
    "default request value %s is greater than max value %s" },
  { "defaultRequest", "default", "defaultRequest",
    "default request value %s is greater than default limit value %s" },
  { "min", "default", "default", "min value %s is greater than default value %s" },
  { "default", "max", "default", "default value %s is greater than max value %s" },
}

local function in_order(errors, path, limit)
  for _, rule in ipairs(ORDER) do
    local low, high, place, text = table.unpack(rule)
    for name, value in check.pairs(limit[low]) do
      local other = limit[high] and limit[high][name]
      if other and resources.compare(value, other) > 0 then
        errors:invalid(check.key(path .. "." .. place, name), limit[place][name],
          text:format(value, other))
      end
    end
  end
end

local function ratios(errors, path, limit)
  for name, text in check.pairs(limit.maxLimitRequestRatio) do
    local at = check.key(path .. ".maxLimitRequestRatio", name)
    if resources.compare(text, "1") < 0 then
      errors:invalid(at, text, ("ratio %s is less than 1"):format(text))
    end
    local low, high = limit.min and limit.min[name], limit.max and limit.max[name]
    local most = low and high and quantity.milli(high) / quantity.milli(low)
    if most and quantity.milli(text) / 1000 > most then
      errors:invalid(at, text, ("ratio %s is greater than max/min = %f"):format(text, most))
    end
  end
end

--- A LimitRange, new or changed.
function range.validate(object, errors)
  local seen = {}
  meta.create(errors, object)
  for _, limit, at in check.each(object.spec and object.spec.limits, "spec.limits") do
    local word = limit.type or ""
    limit_type(errors, at .. ".type", word)
    if seen[word] then errors:duplicate(at .. ".type", word) end
    seen[word] = true
    limit_names(errors, at, limit)
    local has_storage = limit.min and limit.min.storage or limit.max and limit.max.storage
    if word == "PersistentVolumeClaim" and not has_storage then
      errors:required(at .. ".limits",
        "either minimum or maximum storage value is required, but neither was provided")
    end
    in_order(errors, at, limit)
    ratios(errors, at, limit)
  end
end

--- A changed LimitRange.
function range.validate_update(new, old, errors)
  range.validate(new, errors)
  meta.update(errors, new, old)
end

return { ResourceQuota = quota, LimitRange = range }
