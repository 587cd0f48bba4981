-- SPDX-License-Identifier: MIT
--- A list of what is wrong with an object, each with the field's path, a reason
-- word and Kubernetes' text.
--
--     local errors = fielderrors.new()
--     errors:required("spec.selector")
--     errors:invalid("spec.replicas", -1, "must be greater than or equal to 0")
--     errors[2].message  --> Invalid value: -1: must be greater than or equal to 0
--
-- Paths are text, lists count from 0: "spec.containers[0].name"; a key of a map
-- stands in brackets: "metadata.labels[app]".
-- (k8s.io/apimachinery/pkg/util/validation/field)
local value = require "wl.value"
local apierror = require "wl.apierror"

local fielderrors = {}
local List = {}
List.__index = List

--- An empty list.
function fielderrors.new() return setmetatable({}, List) end

--- The path of a list's i-th element, counted from 1.
function fielderrors.at(path, i) return ("%s[%d]"):format(path, i - 1) end

--- The path of a map's key.
function fielderrors.key(path, key) return ("%s[%s]"):format(path, key) end

--- Stands for a value that is better not shown.
fielderrors.omitted = setmetatable({}, { __name = "omitted" })

local ESCAPES = {
  ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t",
  ["\a"] = "\\a", ["\b"] = "\\b", ["\f"] = "\\f", ["\v"] = "\\v",
}

-- Text in quotes, as Go's %q prints it.
local function quote(text)
  text = text:gsub('[%c"\\\127]', function(c)
    return ESCAPES[c] or ("\\x%02x"):format(c:byte())
  end)
  return '"' .. text .. '"'
end

-- A missing value prints as the word null in quotes: Kubernetes does.
local function show(x)
  if x == nil or x == value.null then return '"null"' end
  if type(x) == "string" then return quote(x) end
  return tostring(type(x) == "table" and value.of(x) or x)
end

local function add(list, path, reason, message, detail)
  if detail and detail ~= "" then message = message .. ": " .. detail end
  list[#list + 1] = { field = path, reason = "FieldValue" .. reason, message = message }
end

local function add_value(list, path, reason, title, x, detail)
  local message = x == fielderrors.omitted and title or title .. ": " .. show(x)
  add(list, path, reason, message, detail)
end

--- The field is missing.
function List:required(path, detail) add(self, path, "Required", "Required value", detail) end

--- The field may not be set, or not be changed.
function List:forbidden(path, detail) add(self, path, "Forbidden", "Forbidden", detail) end

--- The value breaks a rule.
-- @param detail  the rule: "must be ..."
function List:invalid(path, x, detail)
  add_value(self, path, "Invalid", "Invalid value", x, detail)
end

--- The value is of the wrong type.
function List:type_invalid(path, x, detail)
  add_value(self, path, "TypeInvalid", "Invalid value", x, detail)
end

--- The value is not one of those allowed.
-- @param allowed  array of strings, printed in its order
function List:not_supported(path, x, allowed)
  local words = {}
  for i, word in ipairs(allowed or {}) do words[i] = quote(word) end
  local detail = #words > 0 and "supported values: " .. table.concat(words, ", ") or nil
  add_value(self, path, "NotSupported", "Unsupported value", x, detail)
end

--- The value is there already.
function List:duplicate(path, x, detail)
  add_value(self, path, "Duplicate", "Duplicate value", x, detail)
end

--- What the value refers to is not there.
function List:not_found(path, x, detail)
  add_value(self, path, "NotFound", "Not found", x, detail)
end

local function count(n, unit) return ("%d %s%s"):format(n, unit, n == 1 and "" or "s") end

--- The text is longer than `max` bytes.
function List:too_long(path, _, max)
  add(self, path, "TooLong", "Too long", "may not be more than " .. count(max, "byte"))
end

--- The list has more than `max` items.
-- @param actual  how many it has
function List:too_many(path, actual, max)
  add(self, path, "TooMany", "Too many: " .. actual, "must have at most " .. count(max, "item"))
end

--- An entry of the same kind for each of several messages.
-- @param messages  array of strings, or nil
function List:each_invalid(path, x, messages)
  for _, message in ipairs(messages or {}) do self:invalid(path, x, message) end
end

--- The API error of the refused object, or nil when nothing is wrong.
-- @param kind  "Deployment.apps"
-- @param name  the object's name
function List:refusal(kind, name)
  if #self == 0 then return nil end
  return apierror.invalid(kind, name, self)
end

--- Raises the API error of the refused object; nothing when nothing is wrong.
function List:raise_or_nil(kind, name)
  local err = self:refusal(kind, name)
  if err then error(err, 0) end
end

return fielderrors
