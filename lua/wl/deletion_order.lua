-- SPDX-License-Identifier: MIT
--- Deletion orders: declarations of which objects of a set go first.
--
--     return deletion_order "Oldest" {
--       { "facet:ready", first = false },
--       { "metadata.creationTimestamp", as = "age", first = "oldest" },
--     }
--
-- A list of keys; the first key in which two objects differ decides. A key is
-- a field path, or one of
--
--     facet:NAME     does the facet hold?             first = true | false
--     count:PATH     how many objects of the context  first = "lowest" | "highest"
--                    have this object's text there
--     max:PATH       the largest integer of a list,   first = "lowest" | "highest"
--                    PATH being LIST[*].FIELD
--
-- A plain path is compared as text, with first = "lowest", "highest", "absent"
-- or a list of texts in order (any other text counts as the first of them); or,
-- as it says with `as`, as
--
--     integer   first = "lowest" | "highest"; `default` where there is none
--     age       first = "youngest" | "oldest"; no time at all counts as youngest.
--               scale = "log2": ages in the same power of two of nanoseconds
--               are one class; within it, different times go by the path `tie`
--
-- `recount = true`, of a count: it is taken again after each object that is found, so
-- that those which are to go no longer count.
--
-- `where` names a facet: a key counts only between objects for which it holds;
-- of a context, only those objects are counted. `only` restricts a list to
-- the items whose name is also in another list, on an item with those fields.
--
-- This file declares, and evaluates for a few objects at a time; a cluster
-- evaluates the same declarations over whole sets (`ctx:rank`).
local policy = require "wl.policy"
local time = require "wl.schema.time"
local value = require "wl.value"

local Order = {}
Order.__index = Order

local FIELDS = { as = true, default = true, first = true, only = true, recount = true,
  scale = true, tie = true, where = true }
local WORDS = { lowest = true, highest = true, absent = true, youngest = true, oldest = true }

-- ---- declaring ----

local function check_key(key, i)
  local function fail(text, ...) error(("key %d: " .. text):format(i, ...), 0) end
  if type(key) ~= "table" or type(key[1]) ~= "string" then
    fail("a table with a path as its first item expected")
  end
  for field in pairs(key) do
    if field ~= 1 and not FIELDS[field] then
      fail("unknown field %s", tostring(field))
    end
  end
  local first = key.first
  if type(first) ~= "table" and type(first) ~= "boolean" and not WORDS[first] then
    fail("what goes first? `first` must be a word, a boolean or a list of texts")
  end
end

local function source_of(path)
  local source, rest = path:match "^(%l+):(.*)$"
  return source or "field", rest or path
end

local function compiled(key)
  local source, path = source_of(key[1])
  local one = { source = source, path = path }
  for field in pairs(FIELDS) do
    one[field] = key[field]
  end
  if type(key.first) == "table" then
    one.ranks = {}
    for rank, text in ipairs(key.first) do
      one.ranks[text] = rank
    end
  end
  return one
end

-- ---- reading an object's keys ----

local read = {}

function read.field(key, object) return value.get(object, key.path) end

function read.facet(key, object, context) return context.holds(object, key.path) end

function read.count(key, object, context) return context.count(object, key.path, key.where) end

local function has_fields(item, fields)
  for field, text in pairs(fields) do
    if type(field) == "string" and item[field] ~= text then
      return false
    end
  end
  return true
end

local function names_allowed(object, only)
  local names = {}
  for _, item in ipairs(value.get(object, only[1]) or {}) do
    if has_fields(item, only) then
      names[item.name] = true
    end
  end
  return names
end

function read.max(key, object)
  local list, field = key.path:match "^(.*)%[%*%]%.(.*)$"
  local names = key.only and names_allowed(object, key.only)
  local largest = 0
  for _, item in ipairs(value.get(object, list) or {}) do
    if not names or names[item.name] then
      largest = math.max(largest, value.get(item, field) or 0)
    end
  end
  return largest
end

-- As pkg/apis/core/helper reads the cost: no plus sign, no leading zeros.
local function integer(text)
  if type(text) ~= "string" then
    return math.tointeger(text)
  end
  local number = (text == "0" or text:find "^[1-9]%d*$" or text:find "^%-%d+$")
    and math.tointeger(tonumber(text))
  return number and number >= -2 ^ 31 and number < 2 ^ 31 and number or nil
end

-- Nanoseconds since a timestamp.
local function age(text, now)
  local seconds, micros = time.parse(text)
  return ((now // 1 | 0) - seconds) * 1000000000 + math.floor(now % 1 * 1e9) - micros * 1000
end

-- ---- comparing two objects by a key: below 0 when a goes first ----

local function sign(a, b) return a < b and -1 or a > b and 1 or 0 end

local function log_class(nanoseconds)
  if nanoseconds <= 0 then
    return -1
  end
  local class = 0
  while nanoseconds > 1 do
    nanoseconds, class = nanoseconds >> 1, class + 1
  end
  return class
end

local function absent(x) return x == nil or x == "" or x == value.null end

local function compare_ages(key, a, b, x, y, context)
  local direction = key.first == "youngest" and 1 or -1
  if absent(x) or absent(y) then
    return direction * sign(absent(x) and 0 or 1, absent(y) and 0 or 1)
  elseif x == y then
    return 0
  end
  local age_x, age_y = age(x, context.now), age(y, context.now)
  if key.scale ~= "log2" then
    return direction * sign(age_x, age_y)
  end
  local by_class = sign(log_class(age_x), log_class(age_y))
  if by_class ~= 0 or not key.tie then
    return direction * by_class
  end
  return sign(value.get(a, key.tie) or "", value.get(b, key.tie) or "")
end

local function as_number(key, x)
  if type(x) == "boolean" then
    return x == key.first and 0 or 1
  elseif key.ranks then
    return key.ranks[x] or 1
  elseif key.first == "absent" then
    return absent(x) and 0 or 1
  elseif key.as == "integer" then
    return integer(x) or key.default or 0
  end
  return x or 0
end

local function concerns(key, a, b, context)
  return not key.where or key.source == "count"
    or context.holds(a, key.where) and context.holds(b, key.where)
end

local function is_text(key)
  return key.source == "field" and key.as == nil
    and (key.first == "lowest" or key.first == "highest")
end

local function compare(key, a, b, context)
  if not concerns(key, a, b, context) then
    return 0
  end
  local x, y = read[key.source](key, a, context), read[key.source](key, b, context)
  local direction = key.first == "highest" and -1 or 1
  if key.as == "age" then
    return compare_ages(key, a, b, x, y, context)
  elseif is_text(key) then
    return direction * sign(x or "", y or "")
  end
  return direction * sign(as_number(key, x), as_number(key, y))
end

local function described(key)
  local list, field = key.path:match "^(.*)%[%*%]%.(.*)$"
  local only = key.only
  if only then
    local fields = {}
    for name, text in pairs(only) do
      if type(name) == "string" then fields[name] = text end
    end
    only = { path = only[1], fields = fields }
  end
  return { source = key.source, path = list or key.path, field = field, where = key.where,
    as = key.as, default = key.default, first = key.first, scale = key.scale, tie = key.tie,
    only = only }
end

--- The declaration as the store takes it, to rank whole sets.
-- @treturn {table,...}
function Order:description()
  local keys = {}
  for i, key in ipairs(self.keys) do
    keys[i] = described(key)
  end
  return keys
end

--- Does `a` go before `b`?
-- @param a an object
-- @param b an object
-- @tparam table context what is known besides the two:
--   `now`, seconds since the epoch; `holds(object, facet)`, whether a facet
--   holds; `count(object, path, facet)`, how many objects of the context for
--   which the facet holds have this object's text at the path
-- @treturn integer below 0: a first; above 0: b first; 0: no matter
function Order:compare(a, b, context)
  for _, key in ipairs(self.keys) do
    local result = compare(key, a, b, context)
    if result ~= 0 then
      return result
    end
  end
  return 0
end

--- Sort a few objects, first to go first. By insertion: objects of one age
-- class can go in a circle (a before b by restarts, both by uid around c), and
-- then the way of sorting decides.
-- @tparam table objects array, sorted in place
-- @tparam table context see `compare`
-- @treturn table objects
function Order:sort(objects, context)
  for i = 2, #objects do
    local j = i
    while j > 1 and self:compare(objects[j], objects[j - 1], context) < 0 do
      objects[j], objects[j - 1] = objects[j - 1], objects[j]
      j = j - 1
    end
  end
  return objects
end

return policy.declare("deletion", {
  word = "deletion_order",
  doc = "which pods go first when there are too many",
  named = "metadata.annotations[wlrun.dev/deletion-order]",
  example = "OldestFirst",
  list = "keys",
  complete = function(order, keys)
    order.keys = {}
    for i, key in ipairs(keys) do
      check_key(key, i)
      order.keys[i] = compiled(key)
      order.recounts = order.recounts or key.recount == true
    end
    setmetatable(order, Order)
  end,
})
