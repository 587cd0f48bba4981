-- SPDX-License-Identifier: MIT
--- Sorting objects by a field, as `kubectl get --sort-by`.
--
-- Numbers by value, quantities by amount, other text naturally: "web-9" before
-- "web-10". Objects without the field come first; equal ones stay in their order.
-- Source: k8s.io/kubectl/pkg/cmd/get/sorter.go.
local jsonpath = require "wl.jsonpath"
local quantity = require "wl.quantity"

-- "web-10" -> "web-", 10: what stands before a number, the number, what follows.
local function parted(text) return text:match "^(%D*)(%d*)(.*)$" end

local function natural_less(a, b)
  while a ~= "" and b ~= "" do
    local words, digits, rest = parted(a)
    local other_words, other_digits, other_rest = parted(b)
    if words ~= other_words then return words < other_words end
    local x, y = digits:gsub("^0+", ""), other_digits:gsub("^0+", "")
    if #x ~= #y then return #x < #y end
    if x ~= y then return x < y end
    if digits ~= other_digits then return #digits < #other_digits end
    a, b = rest, other_rest
  end
  return a == "" and b ~= ""
end

local function less(a, b)
  if math.type(a) and math.type(b) then return a < b end
  if type(a) == "boolean" or type(b) == "boolean" then return tostring(a) < tostring(b) end
  a, b = tostring(a), tostring(b)
  local x = quantity.parse(a)
  local y = x and quantity.parse(b)
  if x and y then return x < y end
  return natural_less(a, b)
end

local function before(a, b)
  if a.key == nil or b.key == nil then
    if (a.key == nil) ~= (b.key == nil) then return a.key == nil end
  elseif less(a.key, b.key) then
    return true
  elseif less(b.key, a.key) then
    return false
  end
  return a.place < b.place
end

--- The objects in another order.
-- @param objects array
-- @tparam string path "{.metadata.name}", ".metadata.name" or "metadata.name"
-- @treturn ?{object,...} or nil, message, "BadRequest"
return function(objects, path)
  local template, message = jsonpath.parse_relaxed(path)
  if not template then return nil, "sort-by: " .. message, "BadRequest" end
  local keyed, found = {}, #objects == 0
  for i, object in ipairs(objects) do
    local key = template:find(object)[1]
    keyed[i] = { object = object, key = key, place = i }
    found = found or key ~= nil
  end
  if not found then
    return nil, ("sort-by: no object has a field %s"):format(path), "BadRequest"
  end
  table.sort(keyed, before)
  local sorted = {}
  for i, one in ipairs(keyed) do sorted[i] = one.object end
  return sorted
end
