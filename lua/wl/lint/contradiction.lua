-- SPDX-License-Identifier: MIT
--- Requirements on labels that no set of labels can meet together.
--
-- What is looked at for each key: the values that are left by In and NotIn, whether
-- the key must and must not be there, and the integers between Gt and Lt.
local contradiction = {}

local function facts_of(facts, key)
  facts[key] = facts[key] or { key = key, excluded = {} }
  return facts[key]
end

local learn = {}

function learn.In(fact, values)
  local allowed = {}
  for _, x in ipairs(values) do
    if not fact.allowed or fact.allowed[x] then allowed[x] = true end
  end
  fact.allowed, fact.present = allowed, true
end

function learn.NotIn(fact, values)
  for _, x in ipairs(values) do fact.excluded[x] = true end
end

function learn.Exists(fact) fact.present = true end

function learn.DoesNotExist(fact) fact.absent = true end

function learn.Gt(fact, values)
  fact.above, fact.present = math.max(fact.above or math.mininteger, tonumber(values[1])), true
end

function learn.Lt(fact, values)
  fact.below, fact.present = math.min(fact.below or math.maxinteger, tonumber(values[1])), true
end

local function in_range(fact, x)
  local number = tonumber(x)
  if not (fact.above or fact.below) then return true end
  return number and number > (fact.above or math.mininteger)
    and number < (fact.below or math.maxinteger)
end

local function has_value(fact)
  if fact.above and fact.below and fact.below - fact.above < 2 then return false end
  if not fact.allowed then return true end
  for x in pairs(fact.allowed) do
    if not fact.excluded[x] and in_range(fact, x) then return true end
  end
  return false
end

local function problem_of(fact)
  if fact.present and fact.absent then
    return ("%s must be there and must not be there"):format(fact.key)
  elseif fact.present and not has_value(fact) then
    return ("no value of %s is left by these requirements"):format(fact.key)
  end
end

--- Why requirements contradict each other.
-- @tparam ?table labels that must be so: a map
-- @tparam ?{requirement,...} expressions with key, operator and values
-- @treturn ?string nil: they do not
function contradiction.of(labels, expressions)
  local facts = {}
  for key, x in pairs(labels or {}) do learn.In(facts_of(facts, key), { x }) end
  for _, expression in ipairs(expressions or {}) do
    learn[expression.operator](facts_of(facts, expression.key), expression.values or {})
  end
  for _, fact in pairs(facts) do
    local problem = problem_of(fact)
    if problem then return problem end
  end
end

--- The same of a labelSelector.
function contradiction.of_selector(label_selector)
  return contradiction.of(label_selector.matchLabels, label_selector.matchExpressions)
end

return contradiction
