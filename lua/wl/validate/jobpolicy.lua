-- SPDX-License-Identifier: MIT
--- A Job's policies: what a failed pod means, when its pods are replaced, when
-- some successes are enough.
-- (pkg/apis/batch/validation)
local check = require "wl.validate.check"
local fielderrors = require "wl.fielderrors"
local indexes = require "wl.validate.indexes"

local jobpolicy = {}

local MOST_RULES, MOST_CODES, MOST_PATTERNS = 20, 255, 20
local LONGEST_INDEXES = 64 * 1024

local function one_of(words)
  local quoted = {}
  for i, word in ipairs(words) do quoted[i] = '"' .. word .. '"' end
  return "valid values: [" .. table.concat(quoted, " ") .. "]"
end

local function word(errors, path, text, allowed)
  check.required_choice(errors, path, text, allowed, one_of(allowed))
end

local function at_most(errors, path, list, most)
  if check.count(list) > most then errors:too_many(path, #list, most) end
end

-- ---------------------------------------------------------------------------
-- podFailurePolicy
-- ---------------------------------------------------------------------------

local ACTIONS = { "Count", "FailIndex", "FailJob", "Ignore" }
local OPERATORS = { "In", "NotIn" }
local STATUSES = { "False", "True", "Unknown" }

local function code_list(errors, path, list, operator)
  local seen, ordered = {}, true
  for i, code, at in check.each(list, path) do
    if operator == "In" and code == 0 then
      errors:invalid(at, code, "must not be 0 for the In operator")
    end
    if seen[code] then errors:duplicate(at, code) end
    seen[code] = true
    ordered = ordered and (i == 1 or list[i - 1] <= code)
  end
  if not ordered then errors:invalid(path, list, "must be ordered") end
end

local function exit_codes(errors, path, codes, containers)
  word(errors, path .. ".operator", codes.operator, OPERATORS)
  if codes.containerName and not containers[codes.containerName] then
    errors:invalid(path .. ".containerName", codes.containerName,
      "must be one of the container or initContainer names in the pod template")
  end
  local at = path .. ".values"
  if check.count(codes.values) == 0 then
    errors:invalid(at, codes.values or {}, "at least one value is required")
  end
  at_most(errors, at, codes.values, MOST_CODES)
  code_list(errors, at, codes.values, codes.operator)
end

local function conditions(errors, path, patterns)
  at_most(errors, path, patterns, MOST_PATTERNS)
  for _, pattern, at in check.each(patterns, path) do
    check.name(errors, at .. ".type", "label_key", pattern.type or "")
    word(errors, at .. ".status", pattern.status, STATUSES)
  end
end

local function failure_rule(errors, path, rule, spec, containers)
  word(errors, path .. ".action", rule.action, ACTIONS)
  if rule.action == "FailIndex" and spec.backoffLimitPerIndex == nil then
    errors:invalid(path .. ".action", rule.action, "requires the backoffLimitPerIndex to be set")
  end
  local codes, patterns = rule.onExitCodes, rule.onPodConditions
  if codes then exit_codes(errors, path .. ".onExitCodes", codes, containers) end
  conditions(errors, path .. ".onPodConditions", patterns)
  if codes and check.count(patterns) > 0 then
    errors:invalid(path, fielderrors.omitted,
      "specifying both OnExitCodes and OnPodConditions is not supported")
  elseif not codes and check.count(patterns) == 0 then
    errors:invalid(path, fielderrors.omitted,
      "specifying one of OnExitCodes and OnPodConditions is required")
  end
end

local function container_names(spec)
  local pod, names = spec.template and spec.template.spec or {}, {}
  for _, field in ipairs { "containers", "initContainers" } do
    for _, c in check.each(pod[field], "") do names[c.name or ""] = true end
  end
  return names
end

--- What a failed pod means, rule by rule.
function jobpolicy.failure(errors, path, spec)
  local policy = spec.podFailurePolicy
  if not policy then return end
  local containers = container_names(spec)
  at_most(errors, path .. ".rules", policy.rules, MOST_RULES)
  for _, rule, at in check.each(policy.rules, path .. ".rules") do
    failure_rule(errors, at, rule, spec, containers)
  end
end

-- ---------------------------------------------------------------------------
-- podReplacementPolicy
-- ---------------------------------------------------------------------------

--- When a pod is replaced. A failure policy needs to know how it ended.
function jobpolicy.replacement(errors, path, spec)
  local allowed = spec.podFailurePolicy and { "Failed" } or { "Failed", "TerminatingOrFailed" }
  check.choice(errors, path, spec.podReplacementPolicy, allowed)
end

-- ---------------------------------------------------------------------------
-- successPolicy
-- ---------------------------------------------------------------------------

local function succeeded_indexes(errors, path, text, completions)
  if not text then return nil end
  if #text > LONGEST_INDEXES then errors:too_long(path, text, LONGEST_INDEXES) end
  local total, message = indexes.count(text, completions)
  if not total then errors:invalid(path, text, "error parsing succeededIndexes: " .. message) end
  return total or 0
end

local function succeeded_count(errors, path, count, completions, total)
  check.nonnegative(errors, path, count)
  if count > completions then
    errors:invalid(path, count, ("must be less than or equal to %d (the number of specified "
      .. "completions)"):format(completions))
  end
  if total and count > total then
    errors:invalid(path, count, ("must be less than or equal to %d (the number of indexes in "
      .. "the specified succeededIndexes field)"):format(total))
  end
end

local function success_rule(errors, path, rule, completions)
  if rule.succeededCount == nil and rule.succeededIndexes == nil then
    errors:required(path, "at least one of succeededCount or succeededIndexes must be specified")
  end
  local total = succeeded_indexes(errors, path .. ".succeededIndexes", rule.succeededIndexes,
    completions)
  if rule.succeededCount then
    succeeded_count(errors, path .. ".succeededCount", rule.succeededCount, completions, total)
  end
end

--- When some successes are enough; only with indexes.
function jobpolicy.success(errors, path, spec)
  local policy = spec.successPolicy
  if not policy then return end
  if spec.completionMode ~= "Indexed" then
    return errors:invalid(path, policy, "requires indexed completion mode")
  end
  if check.count(policy.rules) == 0 then
    errors:required(path .. ".rules",
      "at least one rules must be specified when the successPolicy is specified")
  end
  at_most(errors, path .. ".rules", policy.rules, MOST_RULES)
  for _, rule, at in check.each(policy.rules, path .. ".rules") do
    success_rule(errors, at, rule, spec.completions or 0)
  end
end

return jobpolicy
