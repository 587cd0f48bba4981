-- SPDX-License-Identifier: MIT
--- Fill in what an object does not say, in place.
--
-- In each object first the constants of its own fields, then its type's
-- `complete` function, then the objects inside: so a `complete` sees the
-- constants beside it, and what it adds is filled in turn.
--
-- O(the parts of the object whose types have defaults): which parts these are
-- is worked out once a type.
local value = require "wl.value"
local types = require "wl.schema.types"

local function copy(x)
  if type(x) ~= "table" then return x end
  local result = value.is_list(x) and value.list {} or {}
  for key, item in pairs(x) do result[key] = copy(item) end
  return result
end

-- Has the type, or anything below it, a default? A type that contains itself
-- is taken to have one.
local function has_defaults(t, within)
  t = types.resolve(t)
  if t.complete or t.policy then return true end
  if t.item then return has_defaults(t.item, within) end
  if t.kind ~= "object" then return false end
  if within[t.shape] then return true end
  if t.shape.has_defaults == nil then
    within[t.shape] = true
    local found = false
    for _, name in ipairs(t.names) do
      local field = t.fields[name]
      if field.default ~= nil or has_defaults(field, within) then
        found = true
        break
      end
    end
    within[t.shape] = nil
    t.shape.has_defaults = found
  end
  return t.shape.has_defaults
end

-- constants: { name, field } of the fields with a default; inner: { name, type }
-- of those whose insides may need some.
local function plan_of(t)
  local plan = t.shape.plan
  if plan then return plan end
  plan = { constants = {}, inner = {} }
  for _, name in ipairs(t.names) do
    local field = t.fields[name]
    if field.default ~= nil then plan.constants[#plan.constants + 1] = { name, field } end
    if has_defaults(field, {}) then
      plan.inner[#plan.inner + 1] = { name, types.resolve(field) }
    end
  end
  t.shape.plan = plan
  return plan
end

local fill

-- A policy finds all its parameters, also where none was written.
local function fill_parameters(t, draft)
  local block, params = types.parameters(t, draft)
  if not block then return end
  if draft[block] == nil and has_defaults(params, {}) then draft[block] = {} end
  if draft[block] ~= nil then fill(params, draft[block]) end
end

local function fill_object(t, draft)
  local plan = plan_of(t)
  for _, entry in ipairs(plan.constants) do
    local name, field = entry[1], entry[2]
    local x = draft[name]
    if x == nil or x == field.unset and x ~= field.default then
      draft[name] = copy(field.default)
    end
  end
  if t.complete then t.complete(draft) end
  for _, entry in ipairs(plan.inner) do
    local x = draft[entry[1]]
    if x ~= nil then fill(entry[2], x) end
  end
  if t.policy then fill_parameters(t, draft) end
end

local function fill_list(t, list)
  local item = types.resolve(t.item)
  for i = 1, #list do fill(item, list[i]) end
end

local function fill_map(t, map)
  local item = types.resolve(t.item)
  for _, x in pairs(map) do fill(item, x) end
end

local FILL = { object = fill_object, list = fill_list, map = fill_map }

function fill(t, draft)
  local by_kind = FILL[t.kind]
  if by_kind then by_kind(t, draft) end
end

--- Fill in the defaults of a type, in place.
-- @tparam type t
-- @param draft a draft or plain table in stored form (see normalise)
return function(t, draft)
  fill(types.resolve(t), draft)
end
