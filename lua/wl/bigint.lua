-- SPDX-License-Identifier: MIT
--- Integers without a limit, in the few operations that quantities need.
--
-- A number is a sign and an array of limbs, least significant first, seven
-- decimal digits each: powers of ten, which is what quantities scale by, are
-- then shifts of the decimal text. Numbers are immutable.
--
-- Cost: linear in the digits, multiplication in the product of the digits.
local BASE, DIGITS = 10000000, 7

local bigint = {}

-- All but itself: scripts hold numbers, and must not reach this table by one.
function bigint.__index(_, name)
  if name ~= "__index" then return bigint[name] end
end

local function trim(limbs)
  while limbs[#limbs] == 0 do limbs[#limbs] = nil end
  return limbs
end

local function make(negative, limbs)
  trim(limbs)
  return setmetatable({ negative = negative and #limbs > 0, limbs = limbs }, bigint)
end

--- A number from decimal text or from a Lua integer.
-- @param x  text: an optional sign and digits (not checked); or an integer
function bigint.new(x)
  local text = type(x) == "string" and x or string.format("%d", x)
  local sign, digits = text:match("^([+-]?)(%d*)$")
  local limbs = {}
  for last = #digits, 1, -DIGITS do
    limbs[#limbs + 1] = tonumber(digits:sub(math.max(1, last - DIGITS + 1), last))
  end
  return make(sign == "-", limbs)
end

--- -1, 0 or 1.
function bigint:sign()
  if #self.limbs == 0 then return 0 end
  return self.negative and -1 or 1
end

-- The decimal digits without sign; "0" for zero.
local function digits_of(a)
  local limbs = a.limbs
  if #limbs == 0 then return "0" end
  local parts = { string.format("%d", limbs[#limbs]) }
  for i = #limbs - 1, 1, -1 do parts[#parts + 1] = string.format("%07d", limbs[i]) end
  return table.concat(parts)
end

function bigint.__tostring(a)
  return (a.negative and "-" or "") .. digits_of(a)
end

--- How many decimal digits the number has; zero has one.
function bigint:digits() return #digits_of(self) end

local function compare_limbs(a, b)
  if #a ~= #b then return #a < #b and -1 or 1 end
  for i = #a, 1, -1 do
    if a[i] ~= b[i] then return a[i] < b[i] and -1 or 1 end
  end
  return 0
end

--- -1, 0 or 1 as a is less than, equal to or greater than b.
function bigint.compare(a, b)
  if a.negative ~= b.negative then return a.negative and -1 or 1 end
  local order = compare_limbs(a.limbs, b.limbs)
  return a.negative and -order or order
end

function bigint.__eq(a, b) return bigint.compare(a, b) == 0 end

local function add_limbs(a, b)
  local sum, carry = {}, 0
  for i = 1, math.max(#a, #b) do
    local limb = (a[i] or 0) + (b[i] or 0) + carry
    carry = limb >= BASE and 1 or 0
    sum[i] = limb - carry * BASE
  end
  if carry > 0 then sum[#sum + 1] = carry end
  return sum
end

-- a - b where a >= b.
local function sub_limbs(a, b)
  local rest, borrow = {}, 0
  for i = 1, #a do
    local limb = a[i] - (b[i] or 0) - borrow
    borrow = limb < 0 and 1 or 0
    rest[i] = limb + borrow * BASE
  end
  return rest
end

function bigint.__unm(a) return make(not a.negative, { table.unpack(a.limbs) }) end

function bigint.__add(a, b)
  if a.negative == b.negative then return make(a.negative, add_limbs(a.limbs, b.limbs)) end
  if compare_limbs(a.limbs, b.limbs) < 0 then a, b = b, a end
  return make(a.negative, sub_limbs(a.limbs, b.limbs))
end

function bigint.__sub(a, b) return a + -b end

function bigint.__mul(a, b)
  local x, y, product = a.limbs, b.limbs, {}
  for i = 1, #x + #y do product[i] = 0 end
  for i = 1, #x do
    local carry = 0
    for j = 1, #y do
      local limb = product[i + j - 1] + x[i] * y[j] + carry
      carry = limb // BASE
      product[i + j - 1] = limb % BASE
    end
    product[i + #y] = product[i + #y] + carry
  end
  return make(a.negative ~= b.negative, product)
end

--- Quotient and remainder of the magnitude divided by a small integer; the
-- quotient keeps the sign.
-- @param divisor  an integer of 1 .. 2^31
function bigint:divide(divisor)
  local quotient, rest = {}, 0
  for i = #self.limbs, 1, -1 do
    local limb = rest * BASE + self.limbs[i]
    quotient[i] = limb // divisor
    rest = limb % divisor
  end
  return make(self.negative, quotient), rest
end

--- self * 10^n, n >= 0.
function bigint:shift(n)
  if n == 0 or #self.limbs == 0 then return self end
  return bigint.new(tostring(self) .. string.rep("0", n))
end

--- self / 10^n toward zero, n >= 0, and whether nothing was lost.
function bigint:unshift(n)
  local digits = digits_of(self)
  local kept = n < #digits and digits:sub(1, #digits - n) or "0"
  local exact = not digits:sub(#kept + 1):find("[1-9]") and (n < #digits or digits == "0")
  return bigint.new((self.negative and "-" or "") .. kept), exact
end

--- The number as a Lua integer, or nil when 64 bits do not hold it.
function bigint:integer()
  if #self.limbs > 3 or math.type(tonumber(tostring(self))) ~= "integer" then return nil end
  return math.tointeger(tonumber(tostring(self)))
end

--- The low 64 bits of the magnitude with the sign put back: what a conversion
-- that wraps around gives.
function bigint:wrapped()
  local value = 0
  for i = #self.limbs, 1, -1 do value = value * BASE + self.limbs[i] end
  return self.negative and -value or value
end

return bigint
