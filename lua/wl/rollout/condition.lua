-- SPDX-License-Identifier: MIT
--- Conditions on a measured value: "< 0.05", "result >= 95%", "> 10 and < 20".
--
-- Comparisons joined by `and`, `or` (also && and ||); `and` binds closer. The
-- value stands for itself, or is called `result`. Numbers may be percentages or
-- quantities. A function of the value serves as well.
local quantity = require "wl.quantity"

local condition = {}

local COMPARE = {
  ["<"] = function(a, b) return a < b end, ["<="] = function(a, b) return a <= b end,
  [">"] = function(a, b) return a > b end, [">="] = function(a, b) return a >= b end,
  ["=="] = function(a, b) return a == b end, ["!="] = function(a, b) return a ~= b end,
}
COMPARE["~="] = COMPARE["!="]

--- A number that somebody gave: 0.5, "5%" (0.05), "300m" (0.3).
-- @return the number, or nil
function condition.number(given)
  if type(given) ~= "string" then
    return type(given) == "number" and given or nil
  end
  local percent = tonumber(given:match "^%s*(.-)%%%s*$")
  if percent then
    return percent / 100
  end
  local parsed = tonumber(given)
  if parsed then
    return parsed
  end
  parsed = quantity.parse(given)
  return parsed and parsed:milli() / 1000
end

local function comparison(text)
  local sign, number = text:match "^%s*([<>=!~]=?)%s*(%S+)%s*$"
  if not sign then
    sign, number = text:match "^%s*result%s*([<>=!~]=?)%s*(%S+)%s*$"
  end
  local compare, limit = COMPARE[sign], condition.number(number)
  return compare and limit and function(x) return compare(x, limit) end
end

-- All parts of a text between separators.
local function split(text, separator)
  local parts, at = {}, 1
  while true do
    local first, last = text:find(separator, at)
    parts[#parts + 1] = text:sub(at, (first or 0) - 1)
    if not first then
      return parts
    end
    at = last + 1
  end
end

local function all_of(text)
  local tests = {}
  for i, part in ipairs(split(text, " and ")) do
    tests[i] = comparison(part)
    if not tests[i] then
      return nil, part
    end
  end
  return function(x)
    for _, test in ipairs(tests) do
      if not test(x) then return false end
    end
    return true
  end
end

local function parse(text)
  local tests = {}
  for i, part in ipairs(split(text:gsub("&&", " and "):gsub("||", " or "), " or ")) do
    local test, wrong = all_of(part)
    if not test then
      return nil, ("condition %q: %q is no comparison: write one as in \"< 0.05\"")
        :format(text, wrong:match "^%s*(.-)%s*$")
    end
    tests[i] = test
  end
  return function(x)
    for _, test in ipairs(tests) do
      if test(x) then return true end
    end
    return false
  end
end

--- A condition as a function.
-- @param given text, or function(value)
-- @treturn ?function nil and a message when it cannot be read
function condition.read(given)
  if type(given) == "function" then
    return given
  elseif type(given) ~= "string" then
    return nil, ("a condition is a text such as \"< 0.05\" or a function, not a %s")
      :format(type(given))
  end
  return parse(given)
end

return condition
