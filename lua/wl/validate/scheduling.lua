-- SPDX-License-Identifier: MIT
--- Where a pod may run: affinity, tolerations, spreading, gates.
-- (pkg/apis/core/validation)
local check = require "wl.validate.check"
local labels = require "wl.validate.labels"

local scheduling = {}

-- ---------------------------------------------------------------------------
-- Node affinity
-- ---------------------------------------------------------------------------

local OPERATORS = {
  In = "some", NotIn = "some", Exists = "none", DoesNotExist = "none", Gt = "one", Lt = "one",
}

local function expression(errors, path, r, any_value)
  local needs, count = OPERATORS[r.operator], check.count(r.values)
  if needs == "some" and count == 0 then
    errors:required(path .. ".values", "must be specified when `operator` is 'In' or 'NotIn'")
  elseif needs == "none" and count > 0 then
    errors:forbidden(path .. ".values",
      "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
  elseif needs == "one" and count ~= 1 then
    errors:required(path .. ".values",
      "must be specified single value when `operator` is 'Lt' or 'Gt'")
  elseif not needs then
    errors:invalid(path .. ".operator", r.operator or "", "not a valid selector operator")
  end
  check.name(errors, path .. ".key", "label_key", r.key or "")
  if any_value then return end
  for _, text, at in check.each(r.values, path .. ".values") do
    check.name(errors, at, "label_value", text)
  end
end

local function field_expression(errors, path, r)
  if r.operator ~= "In" and r.operator ~= "NotIn" then
    errors:invalid(path .. ".operator", r.operator or "", "not a valid selector operator")
  elseif check.count(r.values) ~= 1 then
    errors:required(path .. ".values",
      "must be only one value when `operator` is 'In' or 'NotIn' for node field selector")
  end
  if r.key ~= "metadata.name" then
    return errors:invalid(path .. ".key", r.key or "", "not a valid field selector key")
  end
  for _, text, at in check.each(r.values, path .. ".values") do
    check.name(errors, at, "dns_subdomain", text)
  end
end

local function term(errors, path, t, any_value)
  for _, r, at in check.each(t.matchExpressions, path .. ".matchExpressions") do
    expression(errors, at, r, any_value)
  end
  for _, r, at in check.each(t.matchFields, path .. ".matchFields") do
    field_expression(errors, at, r)
  end
end

--- A node selector: { nodeSelectorTerms }.
function scheduling.node_selector(errors, path, selector)
  path = path .. ".nodeSelectorTerms"
  if check.count(selector.nodeSelectorTerms) == 0 then
    return errors:required(path, "must have at least one node selector term")
  end
  for _, t, at in check.each(selector.nodeSelectorTerms, path) do term(errors, at, t) end
end

local function weight(errors, path, n)
  if (n or 0) <= 0 or n > 100 then
    errors:invalid(path .. ".weight", n or 0, "must be in the range 1-100")
  end
end

local REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
local PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"

local function node_affinity(errors, path, affinity)
  if affinity[REQUIRED] then
    scheduling.node_selector(errors, path .. "." .. REQUIRED, affinity[REQUIRED])
  end
  for _, choice, at in check.each(affinity[PREFERRED], path .. "." .. PREFERRED) do
    weight(errors, at, choice.weight)
    term(errors, at .. ".preference", choice.preference or {}, true)
  end
end

-- ---------------------------------------------------------------------------
-- Pod affinity
-- ---------------------------------------------------------------------------

-- Keys whose values are taken from the pod itself.
local function label_keys(errors, path, keys, selector)
  if check.count(keys) == 0 then return end
  if not selector then
    return errors:forbidden(path, "must not be specified when labelSelector is not set")
  end
  for _, key, at in check.each(keys, path) do check.name(errors, at, "label_key", key) end
end

local function keys_not_twice(errors, path, t)
  local mismatch = check.set(t.mismatchLabelKeys or {})
  for _, key, at in check.each(t.matchLabelKeys, path .. ".matchLabelKeys") do
    if mismatch[key] then
      errors:invalid(at, key, "exists in both matchLabelKeys and mismatchLabelKeys")
    end
  end
end

local function keys_not_selected(errors, path, t)
  local selector = t.labelSelector or {}
  local place, selected = {}, {}
  for i, key in check.each(t.matchLabelKeys, path) do place[key] = i end
  for key in check.pairs(selector.matchLabels) do selected[key] = true end
  for _, r in check.each(selector.matchExpressions, path) do
    if r.key and place[r.key] and selected[r.key] then
      errors:invalid(check.at(path, place[r.key]), r.key,
        "exists in both matchLabelKeys and labelSelector")
    end
    if r.key then selected[r.key] = true end
  end
end

local function pod_term(errors, path, t)
  labels.selector(errors, path .. ".labelSelector", t.labelSelector)
  labels.selector(errors, path .. ".namespaceSelector", t.namespaceSelector)
  for _, name in check.each(t.namespaces, path) do
    check.name(errors, path .. ".namespace", "dns_label", name)
  end
  label_keys(errors, path .. ".matchLabelKeys", t.matchLabelKeys, t.labelSelector)
  label_keys(errors, path .. ".mismatchLabelKeys", t.mismatchLabelKeys, t.labelSelector)
  keys_not_selected(errors, path, t)
  keys_not_twice(errors, path, t)
  check.required(errors, path .. ".topologyKey", t.topologyKey, "can not be empty")
  check.name(errors, path .. ".topologyKey", "label_key", t.topologyKey or "")
end

local function pod_affinity(errors, path, affinity)
  for _, t, at in check.each(affinity[REQUIRED], path .. "." .. REQUIRED) do
    pod_term(errors, at, t)
  end
  for _, choice, at in check.each(affinity[PREFERRED], path .. "." .. PREFERRED) do
    weight(errors, at, choice.weight)
    pod_term(errors, at .. ".podAffinityTerm", choice.podAffinityTerm or {})
  end
end

local AFFINITIES = {
  { "nodeAffinity", node_affinity }, { "podAffinity", pod_affinity },
  { "podAntiAffinity", pod_affinity },
}

--- All affinities of a pod; absent is fine.
function scheduling.affinity(errors, path, affinity)
  for _, each in ipairs(affinity and AFFINITIES or {}) do
    local field, rule = each[1], each[2]
    if affinity[field] then rule(errors, path .. "." .. field, affinity[field]) end
  end
end

-- ---------------------------------------------------------------------------
-- Taints and tolerations
-- ---------------------------------------------------------------------------

local EFFECTS = { "NoSchedule", "PreferNoSchedule", "NoExecute" }

local function toleration_value(errors, path, t)
  local operator, text = t.operator, t.value or ""
  if operator == "Exists" then
    if text ~= "" then
      errors:invalid(path, text, "value must be empty when `operator` is 'Exists'")
    end
  elseif check.blank(operator) or operator == "Equal" then
    local faults = check.faults("label_value", text)
    if #faults > 0 then errors:invalid(path, text, table.concat(faults, ";")) end
  else
    errors:not_supported(path, operator, { "Equal", "Exists" })
  end
end

--- The tolerations of a pod.
function scheduling.tolerations(errors, path, list)
  for _, t, at in check.each(list, path) do
    check.optional_name(errors, at .. ".key", "label_key", t.key)
    if check.blank(t.key) and t.operator ~= "Exists" then
      errors:invalid(at .. ".operator", t.operator or "", "operator must be Exists when `key` "
        .. 'is empty, which means "match all values and all keys"')
    end
    if t.tolerationSeconds and t.effect ~= "NoExecute" then
      errors:invalid(at .. ".effect", t.effect or "",
        "effect must be 'NoExecute' when `tolerationSeconds` is set")
    end
    toleration_value(errors, at .. ".operator", t)
    check.choice(errors, at .. ".effect", t.effect, EFFECTS)
  end
end

--- The taints of a node.
function scheduling.taints(errors, path, list)
  local seen = {}
  for _, t, at in check.each(list, path) do
    check.name(errors, at .. ".key", "label_key", t.key or "")
    local faults = check.faults("label_value", t.value or "")
    if #faults > 0 then errors:invalid(at .. ".value", t.value, table.concat(faults, ";")) end
    check.required_choice(errors, at .. ".effect", t.effect, EFFECTS)
    local pair = (t.key or "") .. ":" .. (t.effect or "")
    if seen[pair] then
      errors:duplicate(at, t, "taints must be unique by key and effect pair")
    end
    seen[pair] = true
  end
end

-- ---------------------------------------------------------------------------
-- Gates
-- ---------------------------------------------------------------------------

--- What must be taken away before a pod is scheduled.
function scheduling.gates(errors, path, list)
  local seen = {}
  for _, gate, at in check.each(list, path) do
    local name = gate.name or ""
    check.name(errors, at, "label_key", name)
    if seen[name] then errors:duplicate(at, name) end
    seen[name] = true
  end
end

return scheduling
