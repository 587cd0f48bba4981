-- SPDX-License-Identifier: MIT
--- What Kubernetes' decoder takes for each kind of scalar, and how it is stored.
--
-- `scalar[kind](type, x)` returns the stored form, or nil and what was expected.
-- Sources: sigs.k8s.io/json (numbers), apimachinery api/resource (quantities),
-- apis/meta/v1 time.go, util/intstr, encoding/base64.
local quantity = require "wl.quantity"
local time = require "wl.schema.time"

local scalar = {}

local RANGE = {
  int32 = { -2147483648, 2147483647 },
  int64 = { math.mininteger, math.maxinteger },
}

-- 3.0 is 3: YAML numbers reach Kubernetes through JSON, which writes both alike.
local function whole(x)
  if math.type(x) == "integer" then return x end
  return type(x) == "number" and math.tointeger(x) or nil
end

function scalar.integer(t, x)
  local n = whole(x)
  if not n then
    local is_huge = type(x) == "number" and x == math.floor(x)
    return nil, is_huge and "does not fit in " .. t.format or "integer"
  end
  local range = RANGE[t.format]
  if n < range[1] or n > range[2] then return nil, "does not fit in " .. t.format end
  return n
end

function scalar.number(_, x)
  if type(x) == "number" then return x end
  return nil, "number"
end

function scalar.boolean(_, x)
  if type(x) == "boolean" then return x end
  return nil, "boolean"
end

local function is_base64(text)
  local body = text:gsub("[\r\n]", "")
  return #body % 4 == 0 and body:find("^[%w+/]*=?=?$") ~= nil
end

function scalar.string(t, x)
  if type(x) ~= "string" then return nil, "string" end
  if t.format == "byte" and not is_base64(x) then return nil, "base64" end
  return x
end

function scalar.int_or_string(_, x)
  if type(x) == "string" then return x end
  local n = whole(x)
  if n and n >= RANGE.int32[1] and n <= RANGE.int32[2] then return n end
  return nil, n and "does not fit in int32" or "integer or string"
end

local MILLI = -3

function scalar.quantity(t, x)
  if type(x) ~= "string" and type(x) ~= "number" then return nil, "quantity" end
  local parsed = quantity.parse(x)
  if not parsed then return nil, "quantity" end
  if t.format == "milli" then parsed = parsed:round_up(MILLI) end
  return tostring(parsed)
end

function scalar.time(t, x)
  if type(x) ~= "string" then return nil, "time" end
  local stored = time.canonical(x, t.format == "micro")
  if not stored then return nil, "time" end
  return stored
end

return scalar
