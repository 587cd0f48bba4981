-- SPDX-License-Identifier: MIT
local quantity = require "wl.quantity"
local rng = require "wl.rng"
local shared = require "spec.support.shared"

local function read(text) return assert(quantity.parse(text)) end

describe("quantity, as Kubernetes has it", function()
  shared.each("quantity", "parse", function(_, input, expected)
    local q, message, code = quantity.parse(input.text)
    assert.equal(expected.valid, q ~= nil)
    if not q then
      assert.is_string(message)
      return assert.equal("Invalid", code)
    end
    assert.equal(expected.canonical, tostring(q))
    assert.equal(expected.value, q:value())
    assert.equal(expected.milli, q:milli())
    assert.equal(expected.format, q.format)
  end)

  shared.each("quantity", "compare", function(_, input, expected)
    assert.equal(expected.cmp, read(input.a):compare(read(input.b)))
    assert.equal(-expected.cmp, read(input.b):compare(read(input.a)))
  end)

  shared.each("quantity", "add", function(_, input, expected)
    assert.equal(expected.result, tostring(read(input.a) + read(input.b)))
  end)

  shared.each("quantity", "sub", function(_, input, expected)
    assert.equal(expected.result, tostring(read(input.a) - read(input.b)))
  end)

  shared.each("quantity", "neg", function(_, input, expected)
    assert.equal(expected.result, tostring(-read(input.text)))
  end)

  shared.each("quantity", "mul", function(_, input, expected)
    assert.equal(expected.result, tostring(read(input.a):mul(input.factor)))
  end)

  shared.each("quantity", "roundUp", function(_, input, expected)
    local q, exact = read(input.text):round_up(input.scale)
    assert.equal(expected.result, tostring(q))
    assert.equal(expected.exact, exact)
  end)

  shared.each("quantity", "scaledValue", function(_, input, expected)
    local q = quantity.new(1, input.unit_power_of_ten)
    assert.equal(expected.value, q:scaled(input.to_power_of_ten))
  end)
end)

describe("quantity", function()
  for _, case in ipairs {
    { "9.01", 0, "10", false }, { "-9.01", 0, "-10", false }, { "100", -3, "100", true },
    { "1.5Gi", 9, "2G", false }, { "92233720368547758070.5", 0, "92233720368547758071", false },
  } do
    it(("rounds %s to 10^%d"):format(case[1], case[2]), function()
      local q, exact = read(case[1]):round_up(case[2])
      assert.is_true(q == read(case[3]))
      assert.equal(case[4], exact)
    end)
  end

  it("orders what is too large for 64 bits", function()
    assert.is_true(read "92233720368547758071" > read "92233720368547758070")
    assert.is_true(read "-92233720368547758071" < read "-1")
    assert.is_true(read "1e1000000" > read "1E")
  end)

  it("adds without losing a nano", function()
    assert.equal("10000000000000000000000001n", tostring(read "10000000000000000" + read "1n"))
    assert.equal("18446744073709551614", tostring(read "9223372036854775807":mul(2)))
  end)

  it("takes the notation of the other when it is zero itself", function()
    assert.equal("1Ki", tostring(read "0" + read "1Ki"))
    assert.equal("1024", tostring(quantity.new(0) + quantity.new(1024)))
  end)

  it("reads numbers as YAML gives them", function()
    assert.equal("1500m", tostring(read(1.5)))
    assert.equal("2", tostring(read(2)))
  end)

  it("refuses an exponent that would take all memory", function()
    local q, _, code = quantity.parse("1234567890123456789e999999")
    assert.is_nil(q)
    assert.equal("Invalid", code)
  end)

  it("raises on what is no text", function()
    assert.error_matches(function() quantity.parse {} end, "a string or a number expected")
    assert.error_matches(function() return read "1" + 1 end, "a quantity expected")
  end)

  it("remembers the numbers of texts", function()
    for _ = 1, 2 do
      assert.equal(250, quantity.milli "250m")
      assert.equal(1073741824, quantity.value "1Gi")
      local n, message, code = quantity.milli "1e"
      assert.is_nil(n)
      assert.equal("unable to parse quantity's suffix", message)
      assert.equal("Invalid", code)
    end
  end)
end)

-- ---------------------------------------------------------------------------
-- Properties, over quantities made by chance
-- ---------------------------------------------------------------------------

local SUFFIXES = { "", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "e3" }

local function any_text(chance)
  local digits = chance:string(chance:integer(1, 22), "0123456789")
  local point = chance:integer(0, #digits)
  if point < #digits then digits = digits:sub(1, point) .. "." .. digits:sub(point + 1) end
  local sign = ({ "", "-", "+" })[chance:integer(1, 3)]
  return sign .. digits .. SUFFIXES[chance:integer(1, #SUFFIXES)]
end

describe("quantity, whatever it is", function()
  local chance = rng.new(1, "quantity_spec")
  local function each_pair(check)
    for _ = 1, 500 do check(read(any_text(chance)), read(any_text(chance))) end
  end

  it("reads back what it writes", function()
    each_pair(function(a)
      local again = read(tostring(a))
      assert.is_true(again == a)
      assert.equal(tostring(again):gsub("^%+", ""), (tostring(a):gsub("^%+", "")))
    end)
  end)

  it("takes away what it adds", function()
    each_pair(function(a, b)
      assert.is_true(a + b - b == a)
      assert.is_true(a - a == quantity.new(0))
      assert.is_true(a + b == b + a)
    end)
  end)

  it("has one order", function()
    each_pair(function(a, b)
      assert.equal(a:compare(b), -b:compare(a))
      assert.equal(a:compare(b), (a - b):sign())
      assert.is_true(a < b or a == b or a > b)
    end)
  end)

  it("rounds to the next, away from zero", function()
    each_pair(function(a)
      local whole, exact = a:round_up(0)
      assert.equal(exact, whole == a)
      local lost = whole - a
      assert.is_true(lost:is_zero() or lost:sign() == a:sign())
      assert.is_true(lost < quantity.new(1) and lost > quantity.new(-1))
    end)
  end)
end)
