-- SPDX-License-Identifier: MIT
--- A line of words as a shell and kubectl read it: quotes, and flags.
local suggest = require "wl.suggest"

local flags = {}

-- One word at `at`, with quotes taken off; where it ends.
local function one_word(line, at)
  local parts = {}
  while at <= #line and not line:find("^%s", at) do
    local quote = line:match("^[\"']", at)
    local ends = quote and line:find(quote, at + 1, true)
    if quote and not ends then return nil, at end
    if quote then
      parts[#parts + 1], at = line:sub(at + 1, ends - 1), ends + 1
    else
      local plain = line:match("^\\(.)", at) or line:match("^[^%s\"'\\]+", at) or "\\"
      at = at + #plain + (line:find("^\\.", at) and 1 or 0)
      parts[#parts + 1] = plain
    end
  end
  return table.concat(parts), at
end

--- The words of a line.
-- @tparam string line
-- @treturn ?{string,...} or nil and what is wrong
function flags.split(line)
  local list, at = {}, 1
  while true do
    at = line:find("%S", at)
    if not at then return list end
    local operator = line:match("^[|<>&]+", at)
    if operator then
      return nil, ('"%s": no shell reads this: choose with -l, -o jsonpath= or -o custom-columns=, '
        .. "or pipe all of it: echo 'get pods' | wlrun | grep web"):format(operator)
    end
    local word, ends = one_word(line, at)
    if not word then
      return nil, ("the quote at column %d is not closed"):format(ends)
    end
    list[#list + 1], at = word, ends
  end
end

-- Flags that every word takes; the value says what follows: "text" or nothing.
local COMMON = { namespace = "text", n = "namespace" }

local WHAT = { [true] = true, text = true, list = true }

-- A flag by any of its names: its first name, and what follows it.
local function find(known, name)
  local what = known[name]
  if what == nil then what = COMMON[name] end
  if what == nil or WHAT[what] then return what and name, what end
  return find(known, what)
end

local function unknown(verb, word, known)
  local names = { "--namespace" }
  for name in pairs(known) do
    names[#names + 1] = (#name == 1 and "-" or "--") .. name
  end
  return nil, ("%s: unknown flag %s%s"):format(verb, word, suggest.hint(word, names))
end

local function store(given, name, what, text)
  if what ~= "list" then
    given[name] = text
    return
  end
  given[name] = given[name] or {}
  table.insert(given[name], text)
end

-- The flag in a word: its name, and the value in the same word.
local function taken_apart(word)
  local name, text = word:match "^%-%-([^=]+)=(.*)$"
  if name then return name, text end
  name = word:match "^%-%-(.+)$"
  if name then return name end
  name, text = word:match "^%-(%a)=?(.*)$"
  return name, text ~= "" and text or nil
end

--- Arguments and flags.
-- @tparam string verb for messages
-- @tparam {string,...} list of words
-- @tparam ?table known flag -> "text" (a value follows), "list" (one may be given again),
--   true (none does), or the name of the flag that it is short for
-- @treturn ?{string,...} arguments; or nil and what is wrong
-- @treturn table flag -> value, or true
function flags.parse(verb, list, known)
  known = known or {}
  local arguments, given, i = {}, {}, 1
  while i <= #list do
    local word = list[i]
    if not word:find "^%-." then
      arguments[#arguments + 1] = word
    else
      local short, text = taken_apart(word)
      local name, what = find(known, short or "")
      if not name then return unknown(verb, word, known) end
      if what == true then
        given[name] = text ~= "false"
      else
        if not text then
          i = i + 1
          text = list[i]
        end
        if not text then return nil, ("%s: %s needs a value"):format(verb, word) end
        store(given, name, what, text)
      end
    end
    i = i + 1
  end
  return arguments, given
end

return flags
