-- SPDX-License-Identifier: MIT
--- The rules that a type itself states: required, enum, min, max, immutable.
--
-- For kinds that bring no validation of their own, as a custom resource's
-- schema does in Kubernetes. Kubernetes' own kinds have wl.validate instead.
local value = require "wl.value"
local types = require "wl.schema.types"

local rules = {}

local function child(path, name)
  return path == "" and name or path .. "." .. name
end

local function is_allowed(x, enum)
  for _, allowed in ipairs(enum) do
    if x == allowed then return true end
  end
  return false
end

local function check_scalar(t, x, path, errors)
  if t.enum and not is_allowed(x, t.enum) then errors:not_supported(path, x, t.enum) end
  if type(x) ~= "number" then return end
  if t.min and x < t.min then
    errors:invalid(path, x, ("must be greater than or equal to %d"):format(t.min))
  elseif t.max and x > t.max then
    errors:invalid(path, x, ("must be less than or equal to %d"):format(t.max))
  end
end

local function check(t, x, path, errors)
  t = types.resolve(t)
  if t.kind == "object" then
    for _, name in ipairs(t.names) do
      local field, inner = t.fields[name], x[name]
      if inner ~= nil and inner ~= value.null then
        check(field, inner, child(path, name), errors)
      elseif field.required then
        errors:required(child(path, name))
      end
    end
  elseif t.kind == "list" then
    for i = 1, #x do check(t.item, x[i], ("%s[%d]"):format(path, i - 1), errors) end
  elseif t.kind == "map" then
    for key, inner in pairs(x) do check(t.item, inner, ("%s[%s]"):format(path, key), errors) end
  else
    check_scalar(t, x, path, errors)
  end
end

--- Report what breaks the rules of a type.
-- @tparam type t
-- @param object a view or plain table in stored form
-- @tparam wl.fielderrors errors
-- @tparam ?string path where the object stands in a larger one
function rules.validate(t, object, errors, path)
  check(t, object, path or "", errors)
end

local function check_update(t, new, old, path, errors)
  t = types.resolve(t)
  if t.immutable and not value.equal(new, old) then
    errors:invalid(path, new, "field is immutable")
  elseif t.kind == "object" and value.is_map(new) and value.is_map(old) then
    for _, name in ipairs(t.names) do
      if new[name] ~= nil or old[name] ~= nil then
        check_update(t.fields[name], new[name], old[name], child(path, name), errors)
      end
    end
  end
end

--- Report what an update may not change. Items of lists are not compared.
-- @tparam type t
-- @param new a view or plain table
-- @param old the stored object
-- @tparam wl.fielderrors errors
function rules.validate_update(t, new, old, errors)
  check_update(t, new, old, "", errors)
end

return rules
