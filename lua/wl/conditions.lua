-- SPDX-License-Identifier: MIT
--- The list of conditions in a status.
--
-- Lists are never changed in place: `set` and `without` return the list to
-- write, so that a status that did not change stays equal to the stored one.
-- Source: pkg/controller/deployment/util `SetDeploymentCondition`.
local conditions = {}

--- The condition of a type.
-- @param list a status's conditions, or nil
-- @tparam string type such as "Progressing"
-- @return the condition, or nil
function conditions.find(list, type)
  for _, condition in ipairs(list or {}) do
    if condition.type == type then
      return condition
    end
  end
end

--- The list without the condition of a type.
-- @treturn ?table nil when nothing is left
function conditions.without(list, type)
  local left = {}
  for _, condition in ipairs(list or {}) do
    if condition.type ~= type then
      left[#left + 1] = condition
    end
  end
  return #left > 0 and left or nil
end

--- The list with a condition. Nothing changes where status and reason are as
-- before; the transition time stays where only the reason changes.
-- @param list
-- @tparam table condition with lastTransitionTime
-- @return the list
function conditions.set(list, condition)
  local current = conditions.find(list, condition.type)
  if current and current.status == condition.status then
    if current.reason == condition.reason then
      return list
    end
    condition.lastTransitionTime = current.lastTransitionTime
  end
  return conditions.replace(list, condition)
end

--- The list with a condition in place of the one of its type, whatever that says.
function conditions.replace(list, condition)
  local result = conditions.without(list, condition.type) or {}
  result[#result + 1] = condition
  return result
end

return conditions
