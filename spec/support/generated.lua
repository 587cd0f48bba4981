-- SPDX-License-Identifier: MIT
--- Values made at random, the same ones every time.
local value = require "wl.value"

local generated = {}

local PIECES = {
  "a", "Word", "yes", "NO", "null", "~", "true", "0", "-1", "1e3", ".5", "0x1F", "017", "1:30",
  "2001-01-01", "<<", "=", "-", "- ", "? ", ": ", ":", "#", " #", "'", '"', "\\", "\n", "\n\n", " ",
  "  ", "\t", "\r", "\0", "\1", "\127", "{", "}", "[", "]", ",", "&", "*", "!", "|", ">", "%", "@",
  "`", "---", "...", "é", "日本", "😀", "\u{85}", "\u{a0}", "\u{2028}", "\u{feff}", "\u{fffd}",
}

local NUMBERS = {
  0, 1, -1, 7, 2 ^ 53 // 1 | 0, math.maxinteger, math.mininteger,
  0.0, 1.0, -1.5, 0.1, 1e6, 1e21, 1e-7, 123456789.125, 2 ^ 53, 5e-324, 1.7976931348623157e308,
}

local CONSTANTS = { true, false, value.null }

-- A linear congruence: the same on every machine and for every Lua.
local function chance(seed)
  return function(n)
    seed = (seed * 6364136223846793005 + 1442695040888963407) & math.maxinteger
    return (seed >> 20) % n + 1
  end
end

local function text(pick)
  local pieces = {}
  for i = 1, pick(6) - 1 do
    pieces[i] = PIECES[pick(#PIECES)]
  end
  return table.concat(pieces)
end

local make

local function list(pick, depth)
  local items = {}
  for i = 1, pick(5) - 1 do
    items[i] = make(pick, depth - 1)
  end
  return value.list(items)
end

local function map(pick, depth)
  local pairs_ = {}
  for _ = 1, pick(6) - 1 do
    pairs_[text(pick)] = make(pick, depth - 1)
  end
  return pairs_
end

function make(pick, depth)
  local kind = pick(depth > 0 and 6 or 4)
  if kind <= 2 then
    return text(pick)
  elseif kind == 3 then
    return NUMBERS[pick(#NUMBERS)]
  elseif kind == 4 then
    return CONSTANTS[pick(#CONSTANTS)]
  end
  return (kind == 5 and list or map)(pick, depth)
end

--- Call fn with `n` generated values.
-- @tparam integer n
-- @tparam function fn called as fn(value, number)
function generated.each(n, fn)
  local pick = chance(20240101)
  for i = 1, n do
    fn(value.of(make(pick, 4)), i)
  end
end

return generated
