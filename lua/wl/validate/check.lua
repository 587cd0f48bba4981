-- SPDX-License-Identifier: MIT
--- The small checks that the rules of every kind are made of.
--
-- A check takes the list of errors, the path of the field and the value; it
-- adds to the list and returns nothing. An absent value passes, unless the
-- check's name says that it is required: what Kubernetes fills in by default
-- never gets here empty.
-- (k8s.io/apimachinery/pkg/util/validation, pkg/api/validation)
local fielderrors = require "wl.fielderrors"
local names = require "wl.names"
local semantic = require "wl.validate.semantic"

local check = { at = fielderrors.at, key = fielderrors.key }

local MAX_INT32 = 2147483647

--- Whether there is no text: "" is what Kubernetes has for absent.
function check.blank(text) return text == nil or text == "" end

--- The length of a list, 0 when there is none.
function check.count(list) return list and #list or 0 end

--- Walks a list that may be absent: index from 1, item, the item's path.
function check.each(list, path)
  local i = 0
  return function()
    i = i + 1
    local item = list and list[i]
    if item ~= nil then return i, item, fielderrors.at(path, i) end
  end
end

local NOTHING = {}

--- Walks a map that may be absent: key, value.
function check.pairs(map) return pairs(map or NOTHING) end

--- A set of words, for membership.
function check.set(words)
  local set = {}
  for _, word in ipairs(words) do set[word] = true end
  return set
end

-- ---------------------------------------------------------------------------
-- Text
-- ---------------------------------------------------------------------------

--- The field must be set.
function check.required(errors, path, text, detail)
  if check.blank(text) then errors:required(path, detail) end
end

--- What is wrong with a name, an empty list when nothing is.
-- @param rule  a rule of wl.names: "dns_label", "label_key" ...
function check.faults(rule, text) return names.faults(rule, text) end

--- The text keeps a rule of wl.names; "" is text.
function check.name(errors, path, rule, text)
  if text == nil then return end
  errors:each_invalid(path, text, names.faults(rule, text))
end

--- The text keeps the rule, or is blank.
function check.optional_name(errors, path, rule, text)
  if not check.blank(text) then check.name(errors, path, rule, text) end
end

--- The text is set and keeps the rule.
function check.required_name(errors, path, rule, text)
  if check.blank(text) then return errors:required(path) end
  check.name(errors, path, rule, text)
end

--- The word is one of those allowed; "" is a word. (Where it means absent to
-- Kubernetes, the schema has taken it out.)
function check.choice(errors, path, word, allowed)
  if word == nil then return end
  for _, each in ipairs(allowed) do
    if each == word then return end
  end
  errors:not_supported(path, word, allowed)
end

--- The word is set and one of those allowed.
function check.required_choice(errors, path, word, allowed, detail)
  if check.blank(word) then return errors:required(path, detail) end
  check.choice(errors, path, word, allowed)
end

-- ---------------------------------------------------------------------------
-- Numbers
-- ---------------------------------------------------------------------------

--- n >= 0.
function check.nonnegative(errors, path, n)
  if n and n < 0 then errors:invalid(path, n, "must be greater than or equal to 0") end
end

--- Several fields of one map are not negative.
function check.nonnegative_fields(errors, path, map, fields)
  for _, field in ipairs(fields) do
    check.nonnegative(errors, path .. "." .. field, map[field])
  end
end

--- n > 0.
function check.positive(errors, path, n)
  if n and n <= 0 then errors:invalid(path, n, "must be greater than zero") end
end

--- low <= n <= high.
function check.range(errors, path, n, low, high)
  if n and (n < low or n > high) then
    errors:invalid(path, n, ("must be between %d and %d, inclusive"):format(low, high))
  end
end

--- A port's number.
function check.port_number(errors, path, n) check.range(errors, path, n, 1, 65535) end

--- A port's number or name.
function check.port(errors, path, port)
  if type(port) == "string" then return check.name(errors, path, "port_name", port) end
  check.port_number(errors, path, port or 0)
end

--- A user's or group's number.
function check.user_id(errors, path, n) check.range(errors, path, n, 0, MAX_INT32) end

-- ---------------------------------------------------------------------------
-- Numbers or percentages
-- ---------------------------------------------------------------------------

-- The number before the percent sign, or nil.
local function percentage(x)
  if type(x) ~= "string" or #names.faults("percent", x) > 0 then return nil end
  return math.tointeger(tonumber(x:sub(1, -2)))
end

--- The number that a number or a percentage has, without its sign of percent.
function check.amount(x)
  if type(x) ~= "string" then return x or 0 end
  return percentage(x) or math.tointeger(tonumber(x)) or 0
end

--- A number that is not negative, or a percentage.
function check.int_or_percent(errors, path, x)
  if type(x) == "string" then return check.name(errors, path, "percent", x) end
  check.nonnegative(errors, path, x)
end

--- Not more than 100%.
function check.at_most_100_percent(errors, path, x)
  local percent = percentage(x)
  if percent and percent > 100 then
    errors:invalid(path, x, "must not be greater than 100%")
  end
end

-- ---------------------------------------------------------------------------
-- Against the stored object
-- ---------------------------------------------------------------------------

--- The field has not changed.
function check.immutable(errors, path, new, old)
  if not semantic.equal(new, old) then errors:invalid(path, new, "field is immutable") end
end

--- A counter has neither gone down nor away.
function check.not_decremented(errors, path, new, old)
  if old and (new == nil or new < old) then
    errors:invalid(path, new or 0, "cannot be decremented")
  end
end

--- A status counter is not above another one.
-- @param counter  the field
-- @param limit    the other field
-- @param detail   what to say
function check.not_above(errors, path, status, counter, limit, detail)
  local n = status[counter] or 0
  if n > (status[limit] or 0) then errors:invalid(path .. "." .. counter, n, detail) end
end

return check
