-- SPDX-License-Identifier: MIT
--- Topology spread constraints of a pod.
-- (pkg/apis/core/validation)
local check = require "wl.validate.check"
local labels = require "wl.validate.labels"

local spread = {}

local ACTIONS = { "DoNotSchedule", "ScheduleAnyway" }
local NODE_POLICIES = { "Honor", "Ignore" }

local function min_domains(errors, path, c)
  check.positive(errors, path, c.minDomains)
  if c.minDomains and c.whenUnsatisfiable ~= "DoNotSchedule" then
    errors:invalid(path, c.minDomains,
      ("can only use minDomains if whenUnsatisfiable=DoNotSchedule, not %s")
        :format(c.whenUnsatisfiable or ""))
  end
end

-- A pod's keys have become expressions of its selector by now: once is right,
-- twice means that the selector had one of its own.
local function label_keys(errors, path, c)
  if check.count(c.matchLabelKeys) == 0 then return end
  local selector, times = c.labelSelector or {}, {}
  local function count(key) times[key] = (times[key] or 0) + 1 end
  for key in check.pairs(selector.matchLabels) do count(key) end
  for _, r in check.each(selector.matchExpressions, path) do count(r.key or "") end
  if not c.labelSelector then
    errors:forbidden(path, "must not be specified when labelSelector is not set")
  end
  for _, key, at in check.each(c.matchLabelKeys, path) do
    check.name(errors, at, "label_key", key)
    if (times[key] or 0) > 1 then
      errors:invalid(at, key, "exists in both matchLabelKeys and labelSelector")
    end
  end
end

-- A later constraint of the same topology and action.
local function not_again(errors, path, c, list, i)
  for j = i + 1, #list do
    local other = list[j]
    if other.topologyKey == c.topologyKey and other.whenUnsatisfiable == c.whenUnsatisfiable then
      return errors:duplicate(path .. ".{topologyKey, whenUnsatisfiable}",
        ("{%s, %s}"):format(c.topologyKey or "", c.whenUnsatisfiable or ""))
    end
  end
end

--- All constraints of a pod.
function spread.constraints(errors, path, list)
  for i, c, at in check.each(list, path) do
    check.positive(errors, at .. ".maxSkew", c.maxSkew or 0)
    check.required(errors, at .. ".topologyKey", c.topologyKey, "can not be empty")
    check.choice(errors, at .. ".whenUnsatisfiable", c.whenUnsatisfiable or "", ACTIONS)
    not_again(errors, at, c, list, i)
    min_domains(errors, at .. ".minDomains", c)
    check.choice(errors, at .. ".nodeAffinityPolicy", c.nodeAffinityPolicy, NODE_POLICIES)
    check.choice(errors, at .. ".nodeTaintsPolicy", c.nodeTaintsPolicy, NODE_POLICIES)
    label_keys(errors, at .. ".matchLabelKeys", c)
    labels.selector(errors, at .. ".labelSelector", c.labelSelector)
  end
end

return spread
