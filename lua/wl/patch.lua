-- SPDX-License-Identifier: MIT
--- Changing a value by another value, as the Kubernetes API server does it.
--
--     local patch = require "wl.patch"
--     patch.merge({ a = 1, b = 2 }, { b = value.null })       --> {"a":1}
--     patch.json({ a = 1 }, { { op = "remove", path = "/a" } })  --> {}
--     patch.strategic(deployment, { spec = { replicas = 3 } }, apps.Deployment)
--
-- Everything that is taken may be a view or a plain table; what is returned is
-- a view (or a scalar). A patch that does not apply gives nil, a message and
-- the API's word for it ("Invalid", "BadRequest", "Conflict"); wrong use raises.
local core = require "wl.patch_core"
local schema = require "wl.schema"

local patch = {}

--- Apply a JSON merge patch (RFC 7386): null removes, maps merge, all else replaces.
-- @param original a value; nil counts as null
-- @param change the patch
-- @return the new value; or nil, message, code
-- (apimachinery: evanphx/json-patch v4, MergePatch)
patch.merge = core.merge

--- The JSON merge patch that makes one value of another.
-- @param from a value; nil counts as null
-- @param to a value
-- @return the patch; `{}` when they are equal
-- (evanphx/json-patch v4, CreateMergePatch)
patch.diff = core.diff

--- The JSON merge patch of an apply: what `modified` changes in `current`, and
-- removes of what `original` had. Nil documents are empty.
-- @param original what was applied the last time
-- @param modified what is applied now
-- @param current what is there
-- @return the patch; or nil, message, code
-- (apimachinery: jsonmergepatch.CreateThreeWayJSONMergePatch)
patch.diff3 = core.diff3

--- Apply a JSON patch (RFC 6902): all of its operations, or none.
--
-- As in the API server an index below 0 counts from the end, `replace` may add
-- a member, and there are at most 10,000 operations.
-- @param original a map or list
-- @param operations a list of `{ op =, path =, value =, from = }`
-- @return the new value; or nil, message, code
-- (evanphx/json-patch v4, Patch.Apply)
patch.json = core.json

-- ---- types ----

-- The types seen so far, compiled; numbers by what identifies a type.
local compiled, numbers = core.types(), {}
local LEAF, ANY = compiled:add("leaf", "scalar"), compiled:add("any", "object")

local number_of

local function declare(owner, name, field)
  local target = schema.resolve(field)
  local strategy = field.patch_strategy or target.patch_strategy
  local merge_key = field.patch_merge_key or target.patch_merge_key
  local content = target.kind == "list" and target.item or target
  compiled:field(owner, name, number_of(content), strategy, merge_key)
end

-- A type is numbered before its fields are, since it may contain itself.
function number_of(t)
  t = schema.resolve(t)
  if t.kind == "any" then return ANY end
  if t.kind ~= "object" and t.kind ~= "map" then return LEAF end
  local identity = t.fields or t
  local number = numbers[identity]
  if number then return number end
  if t.kind == "map" then
    number = compiled:add("map", "map")
    numbers[identity] = number
    declare(number, "", t.item)
    return number
  end
  number = compiled:add("object", t.shape and t.shape.name)
  numbers[identity] = number
  for _, name in ipairs(t.names) do declare(number, name, t.fields[name]) end
  -- The block of a policy has a name that only the object tells.
  if t.policy then declare(number, "", schema.any) end
  return number
end

local function check_type(t, level)
  if not schema.is_type(t) then
    error("a wl.schema type expected, such as require \"wl.api.apps\".Deployment", level + 1)
  end
  return number_of(t)
end

--- Apply a strategic merge patch: lists are merged by the key that the type
-- declares; `$patch`, `$retainKeys`, `$setElementOrder/x` and
-- `$deleteFromPrimitiveList/x` are obeyed.
-- @param original a map
-- @param change the patch, a map
-- @tparam type t the wl.schema type of original
-- @return the new value; or nil, message, code
-- (apimachinery: strategicpatch.StrategicMergePatch)
function patch.strategic(original, change, t)
  return compiled:strategic(check_type(t, 2), original, change)
end

--- The strategic merge patch that makes one object of another.
-- @param from a map; nil counts as empty
-- @param to a map
-- @tparam type t their wl.schema type
-- @return the patch, `{}` when they are equal; or nil, message, code
-- (apimachinery: strategicpatch.CreateTwoWayMergePatch)
function patch.strategic_diff(from, to, t)
  return compiled:diff(check_type(t, 2), from, to)
end

--- The strategic merge patch of an apply. Nil documents are empty.
-- @param original what was applied the last time
-- @param modified what is applied now
-- @param current what is there
-- @tparam type t their wl.schema type
-- @tparam ?boolean overwrite do not mind changes made to `current` since
-- @return the patch; or nil, message, code ("Conflict" without overwrite)
-- (apimachinery: strategicpatch.CreateThreeWayMergePatch)
function patch.strategic_diff3(original, modified, current, t, overwrite)
  return compiled:diff3(check_type(t, 2), original, modified, current, overwrite)
end

local SCALARS = { integer = true, number = true, string = true, boolean = true, quantity = true,
  time = true, int_or_string = true }

local function kind_of(t)
  if t.kind ~= "list" then return SCALARS[t.kind] and "scalar" or t.kind end
  local item = schema.resolve(t.item)
  return SCALARS[item.kind] and "listOfScalars" or "listOfObjects"
end

--- How a strategic merge patch treats a field.
-- @tparam type t an object type
-- @tparam string name of a field
-- @treturn ?table kind: "scalar", "object", "map", "listOfObjects" or
--   "listOfScalars"; strategy: "merge" or "atomic"; mergeKey; retainKeys.
--   nil, message, "NotFound" when there is no such field
function patch.strategy(t, name)
  check_type(t, 2)
  local field = (schema.resolve(t).fields or {})[name]
  if not field then
    return nil, ("%s has no field %q"):format(tostring(t), tostring(name)), "NotFound"
  end
  local target = schema.resolve(field)
  local declared = field.patch_strategy or target.patch_strategy or ""
  local kind, merged = kind_of(target), declared:find("merge", 1, true)
  if kind == "object" or kind == "map" then merged = not declared:find("replace", 1, true) end
  return {
    kind = kind,
    strategy = merged and "merge" or "atomic",
    mergeKey = field.patch_merge_key or target.patch_merge_key,
    retainKeys = declared:find("retainKeys", 1, true) and true or nil,
  }
end

return patch
