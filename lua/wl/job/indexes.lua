-- SPDX-License-Identifier: MIT
--- Sets of completion indexes, written as ranges: "1,3-5".
--
-- A set is an array of intervals { first, last } in order, none touching the
-- next. Sets are never changed in place. Operations cost the intervals.
-- Source: pkg/controller/job/indexed_job_utils.go `orderedIntervals`.
local indexes = {}

local function append(intervals, first, last)
  local latest = intervals[#intervals]
  if latest and first <= latest[2] + 1 then
    latest[2] = math.max(latest[2], last)
  else
    intervals[#intervals + 1] = { first, last }
  end
end

local function integer(text)
  return text and text:find "^[+-]?%d+$" and math.tointeger(tonumber(text)) or nil
end

--- Read "1,3-5". What is no number is passed over; what is too high is left out.
-- @tparam ?string text
-- @tparam integer completions how many indexes there are
-- @treturn table set
function indexes.parse(text, completions)
  local intervals = {}
  for part in (text or ""):gmatch "[^,]+" do
    local low, high = part:match "^([^-]*)%-?([^-]*)"
    local first = integer(low)
    local last = part:find("-", 1, true) and integer(high) or not part:find("-", 1, true) and first
    if first and first >= completions then break end
    if first and last then append(intervals, first, math.min(last, completions - 1)) end
  end
  return intervals
end

local function interval_text(interval)
  local first, last = interval[1], interval[2]
  if first == last then return ("%d"):format(first) end
  return (last == first + 1 and "%d,%d" or "%d-%d"):format(first, last)
end

--- "1,3-5": two neighbours are written one by one, three as a range.
-- @treturn string
function indexes.text(set)
  local parts = {}
  for i, interval in ipairs(set) do parts[i] = interval_text(interval) end
  return table.concat(parts, ",")
end

--- How many there are. @treturn integer
function indexes.total(set)
  local n = 0
  for _, interval in ipairs(set) do n = n + interval[2] - interval[1] + 1 end
  return n
end

--- Is an index among them? O(log intervals). @treturn boolean
function indexes.has(set, index)
  local low, high = 1, #set
  while low <= high do
    local middle = (low + high) // 2
    if index < set[middle][1] then
      high = middle - 1
    elseif index > set[middle][2] then
      low = middle + 1
    else
      return true
    end
  end
  return false
end

--- The set of some numbers, in any order, also repeated.
-- @tparam {integer,...} numbers
function indexes.of(numbers)
  local sorted, set = table.move(numbers, 1, #numbers, 1, {}), {}
  table.sort(sorted)
  for _, n in ipairs(sorted) do append(set, n, n) end
  return set
end

--- All that are in one of two sets.
function indexes.union(a, b)
  local set, i, j = {}, 1, 1
  while a[i] or b[j] do
    local from_a = not b[j] or a[i] and a[i][1] <= b[j][1]
    local interval = from_a and a[i] or b[j]
    append(set, interval[1], interval[2])
    if from_a then i = i + 1 else j = j + 1 end
  end
  return set
end

--- How many are in both sets. @treturn integer
function indexes.common(a, b)
  local n, i, j = 0, 1, 1
  while a[i] and b[j] do
    n = n + math.max(0, math.min(a[i][2], b[j][2]) - math.max(a[i][1], b[j][1]) + 1)
    if a[i][2] < b[j][2] then i = i + 1 else j = j + 1 end
  end
  return n
end

--- The lowest indexes that are not in a set.
-- @param set
-- @tparam integer count how many are wanted
-- @tparam integer completions
-- @treturn {integer,...}
function indexes.first_missing(set, count, completions)
  local found, candidate = {}, 0
  local function take(to)
    while candidate <= to and #found < count do
      found[#found + 1] = candidate
      candidate = candidate + 1
    end
  end
  for _, interval in ipairs(set) do
    take(math.min(interval[1], completions) - 1)
    candidate = math.max(candidate, interval[2] + 1)
  end
  take(completions - 1)
  return found
end

return indexes
