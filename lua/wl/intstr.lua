-- SPDX-License-Identifier: MIT
--- Fields that hold a number or a percentage: maxSurge, maxUnavailable, ports.
--
--     intstr.resolve("25%", 10, true)    --> 3: of 10, rounded up
--     intstr.resolve(2, 10)              --> 2
--
-- (k8s.io/apimachinery/pkg/util/intstr)
local intstr = {}

local MIN32, MAX32 = -0x80000000, 0x7fffffff

-- Decimal digits with an optional sign, as strconv.Atoi reads them.
local function atoi(text)
  local sign, digits = text:match "^([+-]?)0*(%d+)$"
  if not digits or #digits > 19 then
    return nil
  end
  return math.tointeger(tonumber(sign .. digits))
end

--- What a field holds, taken apart.
-- @tparam integer|string value
-- @treturn ?integer the number before the %, or the integer; or nil
-- @treturn boolean|string whether it is a percentage; or a message
-- @treturn ?string code
function intstr.split(value)
  if math.type(value) == "integer" then
    return value, false
  elseif type(value) ~= "string" then
    return nil, "must be an integer or a percentage", "Invalid"
  end
  local number = value:match "^(.*)%%$"
  if not number then
    return nil, "invalid type: string is not a percentage", "Invalid"
  end
  local n = atoi(number)
  if not n then
    return nil, ("invalid value %q: the part before %% must be an integer"):format(value), "Invalid"
  end
  return n, true
end

--- The number that a field comes to, given what a percentage is of.
-- @tparam integer|string value
-- @tparam integer total 100%
-- @tparam ?boolean round_up else down
-- @treturn ?integer; or nil
-- @treturn ?string message
-- @treturn ?string code
function intstr.resolve(value, total, round_up)
  local n, percent, code = intstr.split(value)
  if not n then
    return nil, "invalid value for IntOrString: " .. percent, code
  elseif not percent then
    return n
  end
  -- In doubles, divided last: as upstream rounds.
  local share = (n + 0.0) * total / 100
  return math.tointeger(round_up and math.ceil(share) or math.floor(share))
end

--- What a text means where a field takes both: an integer if it is one of 32
-- bits, else the text itself. (intstr.Parse)
-- @tparam string text
-- @treturn integer|string
function intstr.parse(text)
  local n = atoi(text)
  return n and n >= MIN32 and n <= MAX32 and n or text
end

--- A value read from JSON or YAML as such a field takes it: a string, or an
-- integer of 32 bits.
-- @param value
-- @return the value; or nil
-- @treturn ?string message
-- @treturn ?string code
function intstr.check(value)
  if type(value) == "string" then
    return value
  elseif math.type(value) ~= "integer" then
    return nil, "must be an integer or a string", "Invalid"
  elseif value < MIN32 or value > MAX32 then
    return nil, "must be an integer of 32 bits", "Invalid"
  end
  return value
end

return intstr
