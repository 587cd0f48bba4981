-- SPDX-License-Identifier: MIT
--- successPolicy: which indexes are enough for an Indexed Job to succeed.
--
-- Source: pkg/controller/job/success_policy.go.
local indexes = require "wl.job.indexes"

local success_policy = {}

local function is_met(rule, completions, succeeded)
  if rule.succeededIndexes == nil then
    return rule.succeededCount ~= nil and indexes.total(succeeded) >= rule.succeededCount
  end
  local required = indexes.parse(rule.succeededIndexes, completions)
  local have = indexes.common(required, succeeded)
  return have >= (rule.succeededCount or indexes.total(required))
end

--- The first rule that is met.
-- @param policy successPolicy, or nil
-- @tparam integer completions
-- @tparam table succeeded a set, see wl.job.indexes
-- @treturn ?integer number of the rule, from 0
function success_policy.met(policy, completions, succeeded)
  for i, rule in ipairs(policy and policy.rules or {}) do
    if is_met(rule, completions, succeeded) then return i - 1 end
  end
end

return success_policy
