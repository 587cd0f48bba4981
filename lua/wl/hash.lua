-- SPDX-License-Identifier: MIT
--- Hashes that controllers put into names and labels.
--
-- Works on views and on plain tables alike; the hash of a template depends on
-- what it says, never on the order in which its keys were written.
-- Source: Go's hash/fnv; k8s.io/apimachinery `rand.SafeEncodeString`;
-- pkg/controller `ComputeHash`.
local value = require "wl.value"

local hash = {}

local OFFSET, PRIME, MASK = 2166136261, 16777619, 0xffffffff

-- No vowels and no look-alikes, so that a hash spells no word.
local ALPHABET = "bcdfghjklmnpqrstvwxz2456789"

hash.ALPHABET = ALPHABET

--- FNV-1, 32 bits.
-- @tparam string text
-- @treturn integer 0 to 2^32-1
function hash.fnv32(text)
  local sum = OFFSET
  for i = 1, #text do
    sum = (sum * PRIME & MASK) ~ text:byte(i)
  end
  return sum
end

--- FNV-1a, 32 bits.
-- @tparam string text
-- @treturn integer 0 to 2^32-1
function hash.fnv32a(text)
  local sum = OFFSET
  for i = 1, #text do
    sum = (sum ~ text:byte(i)) * PRIME & MASK
  end
  return sum
end

--- Spell a text with letters that are safe in names and make no words.
-- @tparam string text in practice the decimal digits of a number
-- @treturn string of the same length
function hash.safe_encode(text)
  return (text:gsub(".", function(char)
    local at = char:byte() % #ALPHABET + 1
    return ALPHABET:sub(at, at)
  end))
end

local canonical

local function canonical_map(map)
  local keys, parts = {}, {}
  for key in pairs(map) do
    keys[#keys + 1] = key
  end
  table.sort(keys)
  for i, key in ipairs(keys) do
    parts[i] = ("%q:%s"):format(key, canonical(map[key]))
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

local function canonical_list(list)
  local parts = {}
  for i, item in ipairs(list) do
    parts[i] = canonical(item)
  end
  return "[" .. table.concat(parts, ",") .. "]"
end

function canonical(x)
  if value.is_map(x) then
    return canonical_map(x)
  elseif value.is_list(x) then
    return canonical_list(x)
  elseif type(x) == "string" or type(x) == "number" then
    return ("%q"):format(x)
  end
  return tostring(x)
end

--- The pod-template-hash: equal for equal templates, and another one for each
-- collision count, so that a clash of names can be stepped out of.
-- @param template a pod template
-- @tparam ?integer collisions how often the name of this hash was taken
-- @treturn string
function hash.template(template, collisions)
  local text = canonical(template)
  if collisions then
    text = text .. ("<i8"):pack(collisions)
  end
  return hash.safe_encode(("%d"):format(hash.fnv32a(text)))
end

--- The hash of a ControllerRevision's data.
-- @tparam string data the JSON text kept in the revision
-- @tparam ?integer collisions how often the name of this hash was taken
-- @treturn string
-- @see hash.template
function hash.revision(data, collisions)
  local text = collisions and data .. ("%d"):format(collisions) or data
  return hash.safe_encode(("%d"):format(hash.fnv32(text)))
end

return hash
