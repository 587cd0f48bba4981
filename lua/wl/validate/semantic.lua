-- SPDX-License-Identifier: MIT
--- Equality as the API server means it when it looks for changes: an empty list
-- or map is the same as none.
-- (k8s.io/apimachinery/pkg/api/equality)
local value = require "wl.value"

local semantic = {}

local NOTHING = {}

local function is_tree(x) return value.is_map(x) or value.is_list(x) end

-- Nothing at all, or nothing inside.
local function is_empty(x)
  if x == nil or x == value.null then return true end
  if not is_tree(x) then return false end
  for _, member in pairs(x) do
    if not is_empty(member) then return false end
  end
  return true
end

local function same_members(a, b)
  for key, member in pairs(a) do
    if not semantic.equal(member, b[key]) then return false end
  end
  for key, member in pairs(b) do
    if a[key] == nil and not is_empty(member) then return false end
  end
  return true
end

--- Whether two values mean the same. O(size of both).
function semantic.equal(a, b)
  if a == b then return true end
  if is_empty(a) then return is_empty(b) end
  if is_empty(b) or not (is_tree(a) and is_tree(b)) then return false end
  if value.is_list(a) and #a ~= #b then return false end
  return same_members(a, b)
end

--- A copy of a map with fields of another one in place of its own: what is left
-- to compare when those may change. For reading only.
-- @param map     the map, not changed; or nil
-- @param other   where the fields come from; or nil
-- @param fields  array of field names
function semantic.with(map, other, fields)
  local copy, taken = {}, {}
  for _, field in ipairs(fields) do taken[field] = true end
  for key, member in pairs(map or NOTHING) do
    if not taken[key] then copy[key] = member end
  end
  for _, field in ipairs(fields) do copy[field] = other and other[field] end
  return copy
end

return semantic
