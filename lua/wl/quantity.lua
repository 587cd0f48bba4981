-- SPDX-License-Identifier: MIT
--- Quantities: "100m", "1.5Gi", "12e6", as resource.Quantity of
-- k8s.io/apimachinery/pkg/api/resource has them.
--
--     local q = assert(quantity.parse "1.5Gi")
--     tostring(q)                    --> 1536Mi
--     q:value(), q:milli()           --> 1610612736, 1610612736000
--     q + quantity.parse "512Mi" == quantity.parse "2Gi"
--
-- A quantity is a whole number times a power of ten, and the notation it was
-- written in. It is immutable. The number is a Lua integer where 64 bits hold
-- it and a bigint where they do not, so sums are exact; only value(), milli()
-- and scaled() give 64 bits, and wrap around beyond them as Kubernetes' do.
-- What is finer than 1n is rounded away from zero when it is read, and a
-- binary quantity is capped at 2^63-1.
local bigint = require "wl.bigint"

local DECIMAL, BINARY, EXPONENT = "DecimalSI", "BinarySI", "DecimalExponent"
local NANO = -9
local MAX = bigint.new(math.maxinteger)
-- The digits beyond which aligning two numbers is refused instead of done.
local WIDEST = 10000

local DECIMAL_SUFFIX = {
  n = -9, u = -6, m = -3, [""] = 0, k = 3, M = 6, G = 9, T = 12, P = 15, E = 18,
}
local BINARY_SUFFIX = { Ki = 10, Mi = 20, Gi = 30, Ti = 40, Pi = 50, Ei = 60 }

local function inverse(map)
  local result = {}
  for key, value in pairs(map) do result[value] = key end
  return result
end
local DECIMAL_NAME, BINARY_NAME = inverse(DECIMAL_SUFFIX), inverse(BINARY_SUFFIX)

local quantity = {}
local methods = {}
local meta = { __index = methods, __name = "quantity" }

-- number: a Lua integer or a bigint; text: what to print, when it is known.
local function make(number, scale, format, text)
  return setmetatable({ number = number, scale = scale, format = format, text = text }, meta)
end

local function is_big(number) return type(number) == "table" end
local function big(number) return is_big(number) and number or bigint.new(number) end

local function check(x, name)
  if getmetatable(x) ~= meta then
    error(name .. ": a quantity expected, got " .. type(x), 3)
  end
  return x
end

-- ---------------------------------------------------------------------------
-- 64-bit arithmetic that says when it does not fit
-- ---------------------------------------------------------------------------

-- a * b wrapped to 64 bits, and whether nothing was lost.
local function multiply(a, b)
  if a == 0 or b == 0 or a == 1 or b == 1 then return a * b, true end
  if a == math.mininteger or b == math.mininteger then return 0, false end
  local c = a * b
  return c, c % b == 0 and c // b == a
end

local function sum(a, b)
  local c = a + b
  if (a >= 0) == (b >= 0) and (c >= 0) ~= (a >= 0) then return nil end
  return c
end

-- number * 10^n. Kubernetes computes 10, 100, 1000, 10^6 and 10^9 in one step,
-- which wraps around; other powers step by step, which gives 0 at the overflow.
local ONE_STEP = { [0] = 1, 10, 100, 1000, [6] = 1000000, [9] = 1000000000 }

local function scale_up(number, n)
  if ONE_STEP[n] then return multiply(number, ONE_STEP[n]) end
  for _ = 1, n do
    local fits
    number, fits = multiply(number, 10)
    if not fits then return 0, false end
    if number == 0 then break end
  end
  return number, true
end

-- number / 10^n toward zero, and whether nothing was lost.
local function scale_down(number, n)
  local exact = true
  for _ = 1, n do
    if number == 0 then break end
    exact = exact and number % 10 == 0
    number = number >= 0 and number // 10 or -(-number // 10)
  end
  return number, exact
end

-- number / 10^n away from zero, and whether nothing was lost.
local function round_away(number, n)
  local negative = number < 0
  local result, exact = scale_down(number, n)
  if exact then return result, true end
  return negative and result - 1 or result + 1, false
end

-- ---------------------------------------------------------------------------
-- Reading
-- ---------------------------------------------------------------------------

-- The power, the base and the notation that a suffix stands for.
local function read_suffix(suffix)
  if DECIMAL_SUFFIX[suffix] then return DECIMAL_SUFFIX[suffix], 10, DECIMAL end
  if BINARY_SUFFIX[suffix] then return BINARY_SUFFIX[suffix], 2, BINARY end
  local power = suffix:match("^[eE]([+-]?%d+)$")
  power = power and math.tointeger(tonumber(power))
  if power and power >= -2^31 and power < 2^31 then return power, 10, EXPONENT end
  return nil
end

-- The number is short enough for 64 bits by a rule of thumb: 18 digits, less
-- what a binary suffix adds.
local function is_short(digits, fraction, power, base)
  if base == 10 then return #digits <= 18 and power - #fraction >= NANO end
  return fraction == "" and 15 - #digits - (power * 3) // 10 - 1 >= 0
end

-- The text may be printed as it stands: it is in canonical form, apart from a
-- plus sign, which Kubernetes keeps then.
local function is_canonical(digits, scale, power, base)
  if base == 2 then return power % 10 == 0 and tonumber(digits) % 8 ~= 0 end
  return scale % 3 == 0 and not digits:find("000$") and digits:sub(1, 1) ~= "0"
end

local function read_short(text, sign, digits, fraction, power, base, format)
  local number = math.tointeger(tonumber(digits))
  local scale = base == 10 and power - #fraction or 0
  if base == 2 then number = number << power end
  local kept = is_canonical(digits, scale, power, base) and text or nil
  return make(sign == "-" and -number or number, scale, format, kept)
end

-- magnitude * 10^scale in whole billionths, away from zero.
local function to_nano(magnitude, scale)
  if scale >= NANO then return magnitude:shift(scale - NANO) end
  local whole, exact = magnitude:unshift(NANO - scale)
  return exact and whole or whole + bigint.new(1)
end

local function read_long(sign, digits, fraction, power, base, format)
  local magnitude, scale = bigint.new(digits), -#fraction
  if base == 10 then
    scale = scale + power
    if scale > WIDEST then return nil, "quantity's exponent is too large", "Invalid" end
  else
    magnitude = magnitude * bigint.new(1 << power)
  end
  magnitude = to_nano(magnitude, scale)
  local one = bigint.new(1):shift(-NANO)
  if format == BINARY and bigint.compare(magnitude, MAX:shift(-NANO)) > 0 then
    magnitude = MAX:shift(-NANO)
  elseif format == BINARY and magnitude:sign() > 0 and bigint.compare(magnitude, one) < 0 then
    format = DECIMAL
  end
  return make(sign == "-" and -magnitude or magnitude, NANO, format)
end

local WRONG_FORMAT = "quantities must match the regular expression "
  .. "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"

--- Reads a quantity.
-- @param text  a string, or a number as YAML may give one
-- @return the quantity; or nil, message, "Invalid"
function quantity.parse(text)
  if type(text) == "number" then
    text = string.format(math.type(text) == "integer" and "%d" or "%.14g", text)
  end
  if type(text) ~= "string" then
    error("quantity.parse: a string or a number expected, got " .. type(text), 2)
  end
  local sign, whole, fraction, suffix =
    text:match("^([+-]?)0*(%d*)%.?(%d*)([eEinumkKMGTP]*[-+]?%d*)$")
  if not sign or text == "" then return nil, WRONG_FORMAT, "Invalid" end
  if whole == "" then whole = "0" end
  local power, base, format = read_suffix(suffix)
  if not power then return nil, "unable to parse quantity's suffix", "Invalid" end
  local digits = whole .. fraction
  if is_short(digits, fraction, power, base) then
    return read_short(text, sign, digits, fraction, power, base, format)
  end
  return read_long(sign, digits, fraction, power, base, format)
end

--- value * 10^scale as a quantity.
-- @param value   an integer
-- @param scale   the power of ten, 0 when left out
-- @param format  "DecimalSI" (the default), "BinarySI" or "DecimalExponent"
function quantity.new(value, scale, format)
  if math.type(value) ~= "integer" then error("quantity.new: an integer expected", 2) end
  return make(value, scale or 0, format or DECIMAL)
end

--- Whether x is a quantity of this module.
function quantity.is(x) return getmetatable(x) == meta end

-- ---------------------------------------------------------------------------
-- Comparing
-- ---------------------------------------------------------------------------

--- -1, 0 or 1.
function methods:sign()
  if is_big(self.number) then return self.number:sign() end
  return self.number == 0 and 0 or self.number < 0 and -1 or 1
end

function methods:is_zero() return self:sign() == 0 end

-- Both numbers at the lower of the two scales.
local function align(a, b)
  local scale = math.min(a.scale, b.scale)
  if math.max(a.scale, b.scale) - scale > WIDEST then
    error("quantities are too far apart to be added or compared", 0)
  end
  return big(a.number):shift(a.scale - scale), big(b.number):shift(b.scale - scale), scale
end

-- The power of ten just above the magnitude.
local function magnitude(q) return big(q.number):digits() + q.scale end

--- -1, 0 or 1 as a is less than, equal to or greater than b.
function methods.compare(a, b)
  check(b, "compare")
  if a.scale == b.scale and not is_big(a.number) and not is_big(b.number) then
    return a.number == b.number and 0 or a.number < b.number and -1 or 1
  end
  local sign = a:sign()
  if sign ~= b:sign() then return sign < b:sign() and -1 or 1 end
  if sign == 0 then return 0 end
  if magnitude(a) ~= magnitude(b) then return magnitude(a) < magnitude(b) and -sign or sign end
  local x, y = align(a, b)
  return bigint.compare(x, y)
end

function meta.__eq(a, b) return a:compare(b) == 0 end
function meta.__lt(a, b) return a:compare(b) < 0 end
function meta.__le(a, b) return a:compare(b) <= 0 end

-- ---------------------------------------------------------------------------
-- Arithmetic
-- ---------------------------------------------------------------------------

-- a + b in 64 bits at the lower scale, or nil.
local function add_small(a, b)
  if is_big(a.number) or is_big(b.number) then return nil end
  local scale = math.min(a.scale, b.scale)
  local x, fits = scale_up(a.number, a.scale - scale)
  local y, fits_too = scale_up(b.number, b.scale - scale)
  if not (fits and fits_too) then return nil end
  return sum(x, y), scale
end

--- The sum. It is written as a is, or as b when a is zero.
function methods.add(a, b)
  check(b, "add")
  local format = a:is_zero() and b.format or a.format
  if b:is_zero() then return make(a.number, a.scale, format) end
  if a:is_zero() then return make(b.number, b.scale, format) end
  local total, scale = add_small(a, b)
  if total then return make(total, scale, format) end
  local x, y
  x, y, scale = align(a, b)
  return make(x + y, scale, format)
end

--- The number with the other sign.
function methods:neg()
  local number = self.number
  if number == math.mininteger then number = bigint.new(number) end
  return make(-number, self.scale, self.format)
end

--- The difference, written as the sum is.
function methods.sub(a, b)
  check(b, "sub")
  return a:add(b:neg())
end

--- The product with an integer.
function methods:mul(factor)
  if math.type(factor) ~= "integer" then error("mul: an integer expected", 2) end
  if not is_big(self.number) then
    local product, fits = multiply(self.number, factor)
    if fits then return make(product, self.scale, self.format) end
  end
  return make(big(self.number) * bigint.new(factor), self.scale, self.format)
end

function meta.__add(a, b) return a:add(b) end
function meta.__sub(a, b) return a:sub(b) end
function meta.__unm(a) return a:neg() end

local function round_away_big(number, n)
  local whole, exact = number:unshift(n)
  return exact and whole or whole + bigint.new(number:sign()), exact
end

--- The quantity in whole 10^scale, away from zero, and whether it was that
-- already.
-- @param scale  a power of ten: -3 for thousandths
function methods:round_up(scale)
  if self.scale >= scale then return self, true end
  local round = is_big(self.number) and round_away_big or round_away
  local number, exact = round(self.number, scale - self.scale)
  return make(number, scale, self.format), exact
end

-- ---------------------------------------------------------------------------
-- As 64-bit numbers
-- ---------------------------------------------------------------------------

-- 10^n as a float turned into 64 bits: the least integer when it is too large.
local function power_of_ten(n)
  return n <= 18 and math.tointeger(10.0 ^ n) or math.mininteger
end

-- Toward zero, plus one when something was lost.
local function scaled_big(number, n)
  if n <= 0 then return number:wrapped() * power_of_ten(-n) end
  local whole, exact = number:unshift(n)
  return whole:wrapped() + (exact and 0 or 1)
end

--- The number of 10^scale that the quantity holds, rounded up, in 64 bits that
-- wrap around.
-- @param scale  a power of ten: -3 for thousandths
function methods:scaled(scale)
  if is_big(self.number) then return scaled_big(self.number, scale - self.scale) end
  if self.scale < scale then return (round_away(self.number, scale - self.scale)) end
  return (scale_up(self.number, self.scale - scale))
end

--- The quantity in units, rounded up.
function methods:value() return self:scaled(0) end

--- The quantity in thousandths, rounded up.
function methods:milli() return self:scaled(-3) end

-- ---------------------------------------------------------------------------
-- Writing
-- ---------------------------------------------------------------------------

-- The number without its factors of ten, and its scale, a multiple of three.
local function canonical_decimal(q)
  local text, scale = tostring(q.number), q.scale
  local zeros = #text:match("0*$")
  text, scale = text:sub(1, #text - zeros), scale + zeros
  local rest = scale % 3
  return text .. string.rep("0", rest), scale - rest
end

local function write_decimal(q, format)
  local digits, scale = canonical_decimal(q)
  if format == DECIMAL then return digits .. (DECIMAL_NAME[scale] or "") end
  return scale == 0 and digits or digits .. "e" .. scale
end

-- A whole number without its factors of 1024.
local function write_binary(q)
  local number = big(q.number):shift(q.scale)
  local power = 0
  while true do
    local quotient, rest = number:divide(1024)
    if rest ~= 0 then break end
    number, power = quotient, power + 10
  end
  return tostring(number) .. (BINARY_NAME[power] or "")
end

local KIBI = quantity.new(1024)

-- A small or a broken binary quantity is written in decimals.
local function is_binary(q)
  if q.format ~= BINARY then return false end
  return (q:compare(KIBI) >= 0 or q:compare(KIBI:neg()) <= 0) and select(2, q:round_up(0))
end

local function write(q)
  if q:is_zero() then return "0" end
  if is_binary(q) then return write_binary(q:round_up(0)) end
  return write_decimal(q, q.format == EXPONENT and EXPONENT or DECIMAL)
end

--- The canonical text.
function meta:__tostring()
  if not self.text then self.text = write(self) end
  return self.text
end

-- ---------------------------------------------------------------------------
-- For hot paths
-- ---------------------------------------------------------------------------

-- Manifests hold few different quantities; the bound keeps made-up ones from
-- filling the memory.
local REMEMBERED = 4096

local function remember(method)
  local known, count = {}, 0
  return function(text)
    local result = known[text]
    if result then return result end
    local q, message, code = quantity.parse(text)
    if not q then return nil, message, code end
    if count >= REMEMBERED then known, count = {}, 0 end
    result = method(q)
    known[text], count = result, count + 1
    return result
  end
end

--- The thousandths that a text stands for, rounded up; remembered.
-- @return an integer; or nil, message, "Invalid"
quantity.milli = remember(methods.milli)

--- The units that a text stands for, rounded up; remembered.
-- @return an integer; or nil, message, "Invalid"
quantity.value = remember(methods.value)

return quantity
