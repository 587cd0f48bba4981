-- SPDX-License-Identifier: MIT
--- Ranges of a Job's indexes as its status writes them: "1,3-5".
-- (pkg/apis/batch/validation)
local indexes = {}

local function number(text, completions)
  if not text:find("^[+-]?%d+$") or not math.tointeger(tonumber(text)) then
    return nil, ('cannot convert string to integer for index: "%s"'):format(text)
  end
  local n = math.tointeger(tonumber(text))
  if n >= completions then return nil, ('too large index: "%s"'):format(text) end
  return n
end

local ORDER = "non-increasing order, previous: %d, current: %d"

local MANY_PARTS = 'the fragment "%s" violates the requirement that an index interval can have '
  .. "at most two parts separated by '-'"

-- First and last index of "3-5" or "3".
local function interval(text, completions)
  local first, last = text:match("^([^-]*)%-([^-]*)$")
  if not first and text:find("-", 1, true) then return nil, MANY_PARTS:format(text) end
  local x, message = number(first or text, completions)
  if not x or not last then return x, x or message end
  local y
  y, message = number(last, completions)
  if not y then return nil, message end
  if x >= y then return nil, ORDER:format(x, y) end
  return x, y
end

local function parts(text) return (text .. ","):gmatch("([^,]*),") end

--- How many indexes a text holds.
-- @param completions  every index is below it
-- @return the number; or nil and what is wrong
function indexes.count(text, completions)
  if text == "" then return 0 end
  local total, previous = 0, nil
  for part in parts(text) do
    local first, last = interval(part, completions)
    if not first then return nil, last end
    if previous and previous >= first then return nil, ORDER:format(previous, first) end
    total, previous = total + last - first + 1, last
  end
  return total
end

-- The intervals that can be read; the others are told elsewhere.
local function readable(text, completions)
  local list = {}
  if text == "" then return list end
  for part in parts(text) do
    local first, last = interval(part, completions)
    if first then list[#list + 1] = { first, last } end
  end
  return list
end

--- The first index that is in both texts, or nil.
function indexes.overlap(completed, failed, completions)
  local a, b = readable(completed, completions), readable(failed, completions)
  local i, j = 1, 1
  while a[i] and b[j] do
    if a[i][1] <= b[j][2] and b[j][1] <= a[i][2] then return math.max(a[i][1], b[j][1]) end
    if a[i][1] <= b[j][1] then i = i + 1 else j = j + 1 end
  end
  return nil
end

return indexes
