-- SPDX-License-Identifier: MIT
--- How fast, and how surely, an autoscaler may go where its metrics point.
--
-- Stabilization: going down to the highest, and up to the lowest, of what was
-- recommended within a window. Policies: so many pods, or such a share, within a
-- period. Without `behavior`: five minutes before going down, and at most twofold
-- or to four at once going up.
-- Source: pkg/controller/podautoscaler/horizontal.go (normalizeDesiredReplicas,
-- normalizeDesiredReplicasWithBehaviors).
local behavior = {}

local DOWN_WINDOW = 300 -- seconds
local MOST = math.maxinteger

-- ---- stabilization ----

local function forget(list, before)
  local kept = {}
  for _, one in ipairs(list) do
    if one.at > before then kept[#kept + 1] = one end
  end
  return kept
end

-- What is just as old as the window counts, unless there is a `behavior` (`is_strict`).
local function extreme(list, since, is_strict, start, choose)
  local found = start
  for _, one in ipairs(list) do
    local is_within = one.at > since or one.at == since and not is_strict
    if is_within then found = choose(found, one.replicas) end
  end
  return found
end

local HIGHER = "recent recommendations were higher than current one, "
  .. "applying the highest recent recommendation"
local LOWER = "recent recommendations were lower than current one, "
  .. "applying the lowest recent recommendation"

--- What to go for, given what was recommended before.
-- @tparam table memory recommendations: { { at =, replicas = }, ... }; a new one is added
-- @tparam number now seconds
-- @tparam integer current
-- @tparam integer desired
-- @tparam ?table rules the autoscaler's behavior
-- @treturn integer
-- @treturn ?string reason, when it is not what is desired now
-- @treturn ?string message
function behavior.stabilize(memory, now, current, desired, rules)
  local up = rules and rules.scaleUp.stabilizationWindowSeconds or 0
  local down = rules and rules.scaleDown.stabilizationWindowSeconds or DOWN_WINDOW
  local list = forget(memory.recommendations, now - math.max(up, down, 1) - 1)
  memory.recommendations = list
  local highest = extreme(list, now - down, rules ~= nil, desired, math.max)
  local lowest = rules and extreme(list, now - up, true, desired, math.min) or desired
  list[#list + 1] = { at = now, replicas = desired }
  local chosen = highest
  if rules then chosen = math.min(math.max(current, lowest), highest) end
  if chosen == desired then return desired end
  if rules and desired >= current then return chosen, "ScaleUpStabilized", LOWER end
  return chosen, "ScaleDownStabilized", HIGHER
end

-- ---- rates ----

local function change_within(events, period, now)
  local total = 0
  for _, one in ipairs(events) do
    if one.at > now - period then total = total + one.change end
  end
  return total
end

-- In floating point as upstream: a tenth more than 100 are 111.
local function proposal(policy, start, sign)
  if policy.type == "Pods" then return start + sign * policy.value end
  local changed = start * (1 + sign * policy.value / 100)
  return sign > 0 and math.ceil(changed) or math.floor(changed)
end

-- How far the policies of one direction let it go. sign: 1 up, -1 down.
local function limit_of(memory, now, current, rules, sign)
  if rules.selectPolicy == "Disabled" then return current end
  local widest = (rules.selectPolicy == "Min") ~= (sign > 0)
  local choose = widest and math.max or math.min
  local limit
  for _, policy in ipairs(rules.policies) do
    local added = change_within(memory.ups, policy.periodSeconds, now)
    local removed = change_within(memory.downs, policy.periodSeconds, now)
    local proposed = proposal(policy, current - added + removed, sign)
    limit = limit and choose(limit, proposed) or proposed
  end
  return sign > 0 and math.max(limit or MOST, current) or math.min(limit or 0, current)
end

local RATE = {
  [1] = { "ScaleUpLimit",
    "the desired replica count is increasing faster than the maximum scale rate" },
  [-1] = { "ScaleDownLimit",
    "the desired replica count is decreasing faster than the maximum scale rate" },
}
local MANY = { "TooManyReplicas",
  "the desired replica count is more than the maximum replica count" }
local FEW = { "TooFewReplicas",
  "the desired replica count is less than the minimum replica count" }
local FINE = { "DesiredWithinRange", "the desired count is within the acceptable range" }

local function without_rules(current, desired, least, most)
  local fast = math.max(2 * current, 4)
  if desired < least then return least, FEW end
  if desired > math.min(most, fast) then
    if most > fast then return fast, RATE[1] end
    return most, MANY
  end
  return desired, FINE
end

local function with_rules(memory, now, current, desired, least, most, rules)
  if desired > current then
    local limit = limit_of(memory, now, current, rules.scaleUp, 1)
    if desired > math.min(most, limit) then
      if most > limit then return limit, RATE[1] end
      return most, MANY
    end
  elseif desired < current then
    local limit = limit_of(memory, now, current, rules.scaleDown, -1)
    if desired < math.max(least, limit) then
      if least < limit then return limit, RATE[-1] end
      return least, FEW
    end
  end
  return desired, FINE
end

--- What may be gone for now.
-- @tparam table memory ups, downs: { { at =, change = }, ... }
-- @tparam number now seconds
-- @tparam integer current
-- @tparam integer desired
-- @tparam table bounds least, most
-- @tparam ?table rules the autoscaler's behavior
-- @treturn integer
-- @treturn {string,string} reason and message
-- @treturn boolean whether it was held back
function behavior.limit(memory, now, current, desired, bounds, rules)
  local allowed, why
  if rules then
    allowed, why = with_rules(memory, now, current, desired, bounds.least, bounds.most, rules)
  else
    allowed, why = without_rules(current, desired, bounds.least, bounds.most)
  end
  return allowed, why, why ~= FINE
end

--- Remember that it was scaled.
function behavior.note(memory, now, before, after, rules)
  local longest = 0
  for _, side in ipairs { rules and rules.scaleUp or {}, rules and rules.scaleDown or {} } do
    for _, policy in ipairs(side.policies or {}) do
      longest = math.max(longest, policy.periodSeconds)
    end
  end
  memory.ups, memory.downs = forget(memory.ups, now - longest), forget(memory.downs, now - longest)
  local list = after > before and memory.ups or memory.downs
  list[#list + 1] = { at = now, change = math.abs(after - before) }
end

return behavior
