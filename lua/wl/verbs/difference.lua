-- SPDX-License-Identifier: MIT
--- How what was expected and what was seen are shown, when they differ.
local text_diff = require "wl.text_diff"
local value = require "wl.value"
local yaml = require "wl.yaml"

local difference = {}

local SHORT = 80 -- bytes of both that are easily compared on one line

local function is_structure(x) return value.is_map(x) or value.is_list(x) end

-- As a value; nil for tables that hold what is none.
local function as_value(x)
  local ok, made = pcall(value.of, x)
  return ok and made or nil
end

--- One value on one line.
-- @param x anything
-- @treturn string
function difference.shown(x)
  if type(x) == "string" then return ("%q"):format(x) end
  local whole = is_structure(x) and as_value(x)
  return tostring(whole or x)
end

-- What is compared line by line; nil for what stands on one line.
local function lines_of(x)
  if type(x) == "string" then return x:find "\n" and x or nil end
  local whole = is_structure(x) and as_value(x)
  return whole and yaml.format(whole, { sorted = true }) or nil
end

--- The message of an expectation that is not met.
-- @tparam string text with one %s: "to be %s"
-- @param wanted
-- @param seen
-- @tparam boolean is_same whether the two should be alike: then they are shown line by line
-- @treturn string
function difference.message(text, wanted, seen, is_same)
  local one, other = difference.shown(wanted), difference.shown(seen)
  local short = ("expected %s, got %s"):format(text:format(one), other)
  local wanted_lines = is_same and lines_of(wanted)
  local seen_lines = wanted_lines and lines_of(seen)
  if not seen_lines then return short end
  local head = #one + #other <= SHORT and short or "expected (-) is not what there is (+)"
  local lines = {}
  for line in text_diff.unified(wanted_lines, seen_lines):gmatch "[^\n]+" do
    if not line:find "^@@" then
      lines[#lines + 1] = ("\n    %s %s"):format(line:sub(1, 1), line:sub(2))
    end
  end
  return head .. ":" .. table.concat(lines)
end

return difference
