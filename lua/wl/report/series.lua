-- SPDX-License-Identifier: MIT
--- A number that stays as it is until it changes: steps over time.
local Series = {}
Series.__index = Series

--- @treturn Series without points; 0 before the first
function Series.new() return setmetatable({ times = {}, values = {} }, Series) end

--- From a moment on it is so. Moments come in order; the last word of one counts.
-- @tparam number t seconds
-- @tparam number v
function Series:add(t, v)
  local n = #self.times
  if self.times[n] == t then
    self.values[n] = v
  elseif self.values[n] ~= v then
    self.times[n + 1], self.values[n + 1] = t, v
  end
end

-- The place of the last point that is not after t; 0: none.
local function place(self, t)
  local low, high = 0, #self.times
  while low < high do
    local middle = (low + high + 1) // 2
    if self.times[middle] <= t then low = middle else high = middle - 1 end
  end
  return low
end

--- Its value at a moment. O(log points).
-- @tparam number t seconds
-- @treturn number
function Series:at(t) return self.values[place(self, t)] or 0 end

--- The value it ends with.
function Series:last() return self.values[#self.values] or 0 end

--- The least and the greatest value within a stretch of time.
-- @tparam number from seconds
-- @tparam number to
-- @treturn number least
-- @treturn number most
function Series:range(from, to)
  local i = place(self, from)
  local least = self.values[i] or 0
  local most = least
  i = i + 1
  while self.times[i] and self.times[i] < to do
    least, most = math.min(least, self.values[i]), math.max(most, self.values[i])
    i = i + 1
  end
  return least, most
end

--- The greatest value of all.
function Series:most()
  local most = 0
  for _, v in ipairs(self.values) do most = math.max(most, v) end
  return most
end

return Series
