-- SPDX-License-Identifier: MIT
--- The types of what goes into a policy's functions and of what comes out.
--
-- A type has `words` ("a number of pods"), for messages and tables, and
-- `read(x)`: the value as the runtime keeps it, or nil and what was expected
-- instead; `lua` is its type for editors. What is read is the script's no longer:
-- tables are copied, and taken as they are, without regard to metatables.
local base = require "wl.base"
local suggest = require "wl.suggest"

local types = {}

local MOST = 2147483647 -- of pods, as in the API
local LONGEST = 1024    -- bytes of a message that are kept

-- Lua's own next: order does not matter where it is used.
local following = base.unordered {}

--- A value in the words of a message.
-- @param x anything
-- @treturn string such as `2.5`, `"abc"`, `a table`, `nothing`
function types.printed(x)
  local kind = type(x)
  if kind == "nil" then return "nothing" end
  if kind == "string" then
    return ("%q"):format(#x > 40 and x:sub(1, 37) .. "..." or x):gsub("\\\n", "\\n")
  elseif kind == "number" then
    return x ~= x and "nan" or tostring(x)
  end
  return kind == "boolean" and tostring(x) or "a " .. kind
end

local function expected(words, x)
  return nil, ("expected %s, got %s"):format(words, types.printed(x))
end

local function type_of(words, lua, accept)
  local t = { words = words, lua = lua }
  function t.read(x)
    local kept = accept(x)
    if kept == nil then return expected(words, x) end
    return kept
  end
  return t
end

-- 3.0 is 3: a division gives it.
local function integer(x)
  return type(x) == "number" and math.tointeger(x) or nil
end

local type_of_number = math.type

--- An integer within bounds.
-- @tparam string words what it is
-- @tparam integer least
-- @tparam integer most
function types.integer(words, least, most)
  local t = { words = words, lua = "integer" }
  function t.read(x)
    local n = type_of_number(x) == "integer" and x or integer(x)
    if n and n >= least and n <= most then return n end
    return expected(words, x)
  end
  return t
end

--- A number within bounds.
-- @tparam string words
-- @tparam number least
-- @tparam number most
function types.number(words, least, most)
  return type_of(words, "number", function(x)
    return type(x) == "number" and x >= least and x <= most and x or nil
  end)
end

types.pods = types.integer("a number of pods (an integer from 0 on)", 0, MOST)
types.count = types.integer("a count (an integer from 0 on)", 0, math.maxinteger)
types.seconds = types.number("a number of seconds from 0 on", 0, 1e10)
types.time = types.number("a time in seconds since the epoch", 0, 1e11)
types.percentage = types.number("a percentage from 0 to 100", 0, 100)

types.boolean = type_of("true or false", "boolean", function(x)
  if type(x) == "boolean" then return x end
end)

types.text = type_of("a text", "string", function(x)
  return type(x) == "string" and (#x > LONGEST and x:sub(1, LONGEST) .. "..." or x) or nil
end)

types.number_any = type_of("a number", "number", function(x)
  return type(x) == "number" and x == x and x or nil
end)

--- Whatever it is: an object, the values of a manifest.
types.any = type_of("a value", "any", function(x) return x end)

--- One of some words.
-- @tparam {string,...} words
function types.one_of(words)
  local quoted, known = {}, {}
  for i, word in ipairs(words) do
    quoted[i], known[word] = ("%q"):format(word), true
  end
  local t = { words = table.concat(quoted, ", ", 1, #quoted - 1)
    .. (#quoted > 1 and " or " or "") .. quoted[#quoted], lua = table.concat(quoted, "|") }
  function t.read(x)
    if type(x) == "string" and known[x] then return x end
    local _, message = expected(t.words, x)
    return nil, message .. (type(x) == "string" and suggest.hint(x, words) or "")
  end
  return t
end

--- A list of one type.
-- @tparam type item
-- @tparam ?string words
function types.list(item, words)
  local t = { words = words or "a list: each " .. item.words, item = item }
  function t.read(x)
    if type(x) ~= "table" then return expected(t.words, x) end
    local kept = {}
    for i = 1, rawlen(x) do
      local one, message = item.read(rawget(x, i))
      if one == nil then return nil, ("[%d]: %s"):format(i, message) end
      kept[i] = one
    end
    for key in following, x do
      if not kept[key] and kept[key] == nil then
        return nil, ("%s is no place in a list; expected %s"):format(types.printed(key), t.words)
      end
    end
    return kept
  end
  return t
end

--- One of several types: the first that fits. Tables are for the last.
-- @tparam type ...
function types.either(...)
  local choices, words = { ... }, {}
  for i, choice in ipairs(choices) do words[i] = choice.words end
  local t = { words = table.concat(words, ", or "), choices = choices }
  local read_first, read_table = choices[1].read, choices[#choices].read
  function t.read(x)
    if type(x) == "table" then return read_table(x) end
    local kept = read_first(x)
    for i = 2, kept == nil and #choices or 0 do
      kept = choices[i].read(x)
      if kept ~= nil then break end
    end
    if kept ~= nil then return kept end
    return expected(t.words, x)
  end
  return t
end

local function missing(row)
  return nil, ("%s is missing: expected %s"):format(row[1], row[2].words)
end

local function unknown(name, names)
  return nil, ("unknown field %s%s; expected are %s"):format(
    type(name) == "string" and ("%q"):format(name) or types.printed(name),
    type(name) == "string" and suggest.hint(name, names) or "", table.concat(names, ", "))
end

-- Of several, the first in byte order: the message must not change from run to run.
local function first_unknown(x, known)
  local found
  for key in following, x do
    if known[key] == nil and (found == nil or tostring(key) < tostring(found)) then
      found = key
    end
  end
  return found
end

-- Reads the fields, each by its type, and counts them: compiled, as it is on the
-- path of every call. Returns what was read; or nil, and the row that is wrong.
local READER = [[
local reads, rows = ...
return function(x)
  local kept, n = {}, 0
  local given, message
  %s
  return kept, n
end]]

local FIELD = [[
  given = x.%s
  if given ~= nil then
    given, message = reads[%d](given)
    if given == nil then return nil, rows[%d], message end
    kept.%s, n = given, n + 1
  %s end]]

local REQUIRED = "else return nil, rows[%d]"

local function reader_of(rows)
  local reads, parts = {}, {}
  for i, row in ipairs(rows) do
    reads[i] = row[2].read
    parts[i] = FIELD:format(row[1], i, i, row[1], row.optional and "" or REQUIRED:format(i))
  end
  local text = READER:format(table.concat(parts, "\n"))
  return assert(load(text, "=reader", "t", {}))(reads, rows)
end

local function has_more(x, n)
  local key = following(x)
  while key ~= nil do
    n = n - 1
    if n < 0 then return true end
    key = following(x, key)
  end
  return false
end

-- The same without its metatable, for what is no plain table.
local function bare(x)
  local copy = {}
  for key, one in following, x do copy[key] = one end
  return copy
end

--- A table with fields.
-- @tparam {row,...} rows each { name, type, "what it is", optional = true }
-- @tparam ?string words
function types.record(rows, words)
  local names, known = {}, {}
  for i, row in ipairs(rows) do names[i], known[row[1]] = row[1], row end
  local t = { words = words or "a table with " .. table.concat(names, ", "), rows = rows }
  local read_fields = reader_of(rows)
  function t.read(x)
    if type(x) ~= "table" then return expected(t.words, x) end
    if getmetatable(x) ~= nil then x = bare(x) end
    local kept, wrong, message = read_fields(x)
    if not kept then
      if not message then return missing(wrong) end
      return nil, wrong[1] .. ": " .. message
    elseif has_more(x, wrong) then
      return unknown(first_unknown(x, known), names)
    end
    return kept
  end
  return t
end

return types
