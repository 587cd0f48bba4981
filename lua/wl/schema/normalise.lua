-- SPDX-License-Identifier: MIT
--- An object in the form in which Kubernetes stores it, before defaults.
--
-- What Go's decoding and encoding do to an object on its way through the API
-- server: nulls go, empty lists and maps that nobody must give go, the zero
-- value of a field that is not a pointer goes, an empty Lua table becomes the
-- list that its type asks for, 3.0 becomes 3, quantities and times become
-- canonical ("1000m" is "1"). So two objects that mean the same are equal.
--
-- The object must have passed the check; unknown fields are kept as they are.
-- O(size of the object); makes a fresh table, shares nothing with the source.
local value = require "wl.value"
local scalar = require "wl.schema.scalar"
local types = require "wl.schema.types"

local normalise

local function is_bare(x)
  if type(x) == "table" then return next(x) == nil end
  return false
end

-- Go's zero value of a type: what null means where something must stand.
local ZERO = {
  string = "", integer = 0, number = 0, boolean = false, int_or_string = 0, quantity = "0",
}

local function zero(t)
  if t.kind == "object" or t.kind == "map" then return {} end
  if t.kind == "list" then return value.list {} end
  return ZERO[t.kind]
end

-- Is it what Kubernetes leaves out when it writes the object?
local function is_omitted(field, stored)
  if field.required then return false end
  if stored == field.unset then return true end
  return (field.kind == "list" or field.kind == "map") and is_bare(stored)
end

local function object_of(t, object)
  local result, block, params = {}, nil, nil
  if t.policy then block, params = types.parameters(t, object) end
  for name, x in pairs(object) do
    local field = t.fields[name] or name == block and params
    if not field then
      result[name] = value.table(x)
    elseif x ~= value.null then
      field = types.resolve(field)
      local stored = normalise(field, x)
      if not is_omitted(field, stored) then result[name] = stored end
    end
  end
  return result
end

local function list_of(t, list)
  local result, item = value.list {}, types.resolve(t.item)
  for i = 1, #list do
    local x = list[i]
    if x == value.null then result[i] = zero(item) else result[i] = normalise(item, x) end
  end
  return result
end

local function map_of(t, map)
  local result, item = {}, types.resolve(t.item)
  for key, x in pairs(map) do
    if x == value.null then result[key] = zero(item) else result[key] = normalise(item, x) end
  end
  return result
end

local COLLECTION = { object = object_of, list = list_of, map = map_of }

function normalise(t, x)
  local collect = COLLECTION[t.kind]
  if collect then return collect(t, x) end
  if t.kind == "any" then return value.table(x) end
  local stored = scalar[t.kind](t, x)
  if stored == nil then return x end
  return stored
end

--- The stored form of an object, as a plain table.
-- @tparam type t
-- @param object a view or plain table that `check` found right
-- @treturn table
return function(t, object)
  return normalise(types.resolve(t), object)
end
