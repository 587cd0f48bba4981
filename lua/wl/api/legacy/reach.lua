-- SPDX-License-Identifier: MIT
--- Find one's way in an object that has not been checked yet.
local value = require "wl.value"

local reach = {}

--- The map at a path.
-- @param object
-- @tparam string ... field names
-- @treturn ?table nil when something on the way is no map
function reach.map(object, ...)
  for _, name in ipairs { ... } do
    if not value.is_map(object) then return nil end
    object = object[name]
  end
  return value.is_map(object) and object or nil
end

--- The maps in the list at a path.
-- @param object
-- @tparam string ... field names; the last one is the list's
-- @treturn {table,...} empty when there is no such list
function reach.items(object, ...)
  local names = { ... }
  local last = table.remove(names)
  local holder = reach.map(object, table.unpack(names))
  local list, items = holder and holder[last], {}
  if not value.is_list(list) then return items end
  for i = 1, #list do
    if value.is_map(list[i]) then items[#items + 1] = list[i] end
  end
  return items
end

--- The map at a path, made where it is missing.
-- @param object a map
-- @tparam string ... field names
-- @treturn ?table nil when something else is in the way
function reach.make(object, ...)
  for _, name in ipairs { ... } do
    if object[name] == nil or object[name] == value.null then object[name] = {} end
    object = object[name]
    if not value.is_map(object) then return nil end
  end
  return object
end

--- Is there nothing at a field?
-- @param map
-- @tparam string name
-- @treturn boolean
function reach.is_absent(map, name)
  return map[name] == nil or map[name] == value.null
end

return reach
