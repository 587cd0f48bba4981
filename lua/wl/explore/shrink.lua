-- SPDX-License-Identifier: MIT
--- Making a run that fails smaller: what is left out and changes nothing was not needed.
--
-- In turn: the order of controllers; faults, in halves, then in smaller parts (delta
-- debugging); nodes. A smaller run counts when the same promise is broken, and not later.
local run = require "wl.explore.run"

local shrink = {}

local MOST_RUNS = 200

-- What was broken, without moments and numbers: "two stay up: not always so". Expectations
-- read alike: of them it is the line that counts.
local function kind_of(outcome)
  local message = outcome.message
  local kind = (message:match "^[^:]*:[^:]*" or message):gsub("%d+", "N")
  local place = message:find "expected " and outcome.traceback
    and outcome.traceback:match "(%S+:%d+):"
  return place and place .. ": " .. kind or kind
end

local Shrinking = {}
Shrinking.__index = Shrinking

function Shrinking:still_fails(plan)
  if self.runs >= MOST_RUNS then return false end
  self.runs = self.runs + 1
  local outcome = run.one(plan)
  local is_same = outcome.failed and kind_of(outcome) == self.kind
  if is_same and outcome.at <= self.outcome.at then
    self.plan, self.outcome = plan, outcome
    return true
  end
  return false
end

local function with(plan, field, x)
  local copy = {}
  for key, one in pairs(plan) do copy[key] = one end
  copy[field] = x
  return copy
end

local function joined(a, b)
  local list = table.move(a, 1, #a, 1, {})
  return table.move(b, 1, #b, #list + 1, list)
end

local function live_faults(outcome)
  local numbers = {}
  for _, fault in ipairs(outcome.faults) do
    if not fault.muted then numbers[#numbers + 1] = fault.number end
  end
  return numbers
end

-- Leave out as large parts of the faults as can be.
local function fewer_faults(self)
  local size = #live_faults(self.outcome)
  while size >= 1 do
    local numbers, from, is_smaller = live_faults(self.outcome), 1, false
    while from <= #numbers do
      local part = { table.unpack(numbers, from, from + size - 1) }
      is_smaller = self:still_fails(with(self.plan, "mute", joined(self.plan.mute or {}, part)))
        or is_smaller
      from = from + size
    end
    size = is_smaller and math.min(size, #live_faults(self.outcome)) or size // 2
  end
end

local function fewer_nodes(self)
  local cluster = self.outcome.cluster
  local has = cluster and #cluster:list "Node" or 0
  for nodes = 1, has - 1 do
    if self:still_fails(with(self.plan, "nodes", nodes)) then return end
  end
end

--- Make a run that fails smaller.
-- @tparam table plan
-- @tparam table outcome of it
-- @treturn table the smallest plan found
-- @treturn table its outcome
-- @treturn integer runs that it took
function shrink.plan(plan, outcome)
  local self = setmetatable({ plan = plan, outcome = outcome, runs = 0,
    kind = kind_of(outcome) }, Shrinking)
  if (plan.order or 0) ~= 0 then self:still_fails(with(plan, "order", 0)) end
  fewer_faults(self)
  fewer_nodes(self)
  return self.plan, self.outcome, self.runs
end

return shrink
