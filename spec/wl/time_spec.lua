-- SPDX-License-Identifier: MIT
local clock = require "wl.clock"
local rng = require "wl.rng"
local time = require "wl.time"

describe("times", function()
  it("print as the API prints them", function()
    assert.equal("1970-01-01T00:00:00Z", time.format(0))
    assert.equal("2024-02-29T12:30:00Z", time.format(1709209800.999))
    assert.equal("2024-02-29T12:30:00.250000Z", time.format_micro(1709209800.25))
    assert.has_error(function() time.format(1e15) end)
    assert.has_error(function() time.format(math.huge) end)
    assert.has_error(function() time.format(0 / 0) end)
  end)

  it("are read with and without fractions and offsets", function()
    assert.equal(1709209800, time.parse "2024-02-29T12:30:00Z")
    assert.equal("integer", math.type(time.parse "2024-02-29T12:30:00.000Z"))
    assert.equal(1709209800.5, time.parse "2024-02-29T13:30:00.5+01:00")
    local seconds, message, code = time.parse "yesterday"
    assert.is_nil(seconds)
    assert.equal('"yesterday" is not a time, write it as in "2024-01-31T12:30:00Z"', message)
    assert.equal("Invalid", code)
  end)

  it("have calendar fields", function()
    local fields = {
      year = 2024, month = 2, day = 29, hour = 12, minute = 30, second = 5, weekday = 4,
    }
    local seconds = time.from_civil(fields)
    assert.equal(1709209805, seconds)
    assert.same(fields, time.civil(seconds))
    assert.equal(1704067200, time.from_civil { year = 2024, month = 1, day = 1 })
    for _, wrong in ipairs {
      { year = 2023, month = 2, day = 29 }, { year = 2024, month = 13, day = 1 },
      { month = 1, day = 1 }, { year = 2024, month = 1, day = 1, hour = 24 },
      { year = 2024.5, month = 1, day = 1 },
    } do
      assert.has_error(function() time.from_civil(wrong) end)
    end
  end)
end)

describe("a clock", function()
  it("that is virtual is moved by waiting", function()
    local c = clock.virtual(100)
    assert.equal(100, c:now())
    assert.is_true(c:wait(160.5))
    assert.equal(160.5, c:now())
    assert.is_true(c:wait(5))
    assert.equal(160.5, c:now())
    assert.is_false(c:interrupted())
    c:close()
    assert.has_error(function() c:now() end)
  end)

  it("that is real goes by itself", function()
    local c <close> = clock.real()
    local start = c:now()
    assert.is_true(math.abs(start - os.time()) < 2)
    assert.is_true(c:wait(start + 0.01))
    assert.is_true(c:now() >= start + 0.01)
  end)
end)

describe("a stream of chance", function()
  it("depends on seed and name only", function()
    local a, b = rng.new(7, "pods"), rng.new(7, "pods")
    local other, elsewhere = rng.new(8, "pods"), rng.new(7, "nodes")
    local first = a:integer(1, 1 << 60)
    assert.equal(first, b:integer(1, 1 << 60))
    assert.not_equal(first, other:integer(1, 1 << 60))
    assert.not_equal(first, elsewhere:integer(1, 1 << 60))
  end)

  it("stays within its bounds", function()
    local r = rng.new(1, "bounds")
    for _ = 1, 1000 do
      local n, x = r:integer(-3, 3), r:number()
      assert.is_true(n >= -3 and n <= 3 and x >= 0 and x < 1)
    end
    assert.equal(5, r:integer(5, 5))
    assert.is_true(r:chance(1))
    assert.is_false(r:chance(0))
    assert.matches("^[bcdfghjklmnpqrstvwxz2456789]+$", r:string(50))
    assert.matches("^[xy]+$", r:string(50, "xy"))
    assert.equal("", r:string(0))
    assert.is_true(r:exponential(1) >= 0)
    assert.is_number(r:normal(0, 1))
  end)

  it("raises when asked for the impossible", function()
    local r = rng.new(1)
    assert.has_error(function() r:integer(2, 1) end)
    assert.has_error(function() r:string(-1) end)
    assert.has_error(function() r:string(1, "") end)
    assert.has_error(function() rng.new() end)
  end)
end)
