-- SPDX-License-Identifier: MIT
local base = require "wl.base"

local function walk(iterator, state, key)
  local seen = {}
  for k, v in iterator, state, key do
    seen[#seen + 1] = ("%s=%s"):format(k, v)
  end
  return table.concat(seen, " ")
end

describe("pairs and next", function()
  local mixed = { z = 1, a = 2, [3] = 3, [1] = 1, [2.5] = 0, [true] = 1, [false] = 0, [-1] = 4 }
  local in_order = "-1=4 1=1 2.5=0 3=3 a=2 z=1 false=0 true=1"

  it("visit numbers, then strings by bytes, then booleans", function()
    assert.equal(in_order, walk(pairs(mixed)))
    assert.equal(in_order, walk(next, mixed))
  end)

  it("order large tables as small ones", function()
    local t, last, n = {}, "", 0
    for i = 1, 1000 do
      t["k" .. i] = i
    end
    for key in pairs(t) do
      assert.is_true(last < key)
      last, n = key, n + 1
    end
    assert.equal(1000, n)
    last, n = "", 0
    for key in next, t do
      assert.is_true(last < key)
      last, n = key, n + 1
    end
    assert.equal(1000, n)
  end)

  it("order integers that no double can tell apart", function()
    local big = math.maxinteger
    local t = { [big] = "b", [big - 1] = "a", [2.0 ^ 63] = "c", x = "d" }
    local values = {}
    for _, v in pairs(t) do
      values[#values + 1] = v
    end
    assert.equal("abcd", table.concat(values))
  end)

  it("let fields be changed and cleared on the way", function()
    for _, start in ipairs { function(t) return pairs(t) end, function(t) return next, t end } do
      local t = { a = 1, b = 2, c = 3, d = 4 }
      local seen = ""
      for key in start(t) do
        seen = seen .. key
        t[key] = nil
        if key == "b" then
          t.c, t.d = nil, 5
        end
      end
      assert.equal("abd", seen)
      assert.is_nil(next(t))
    end
  end)

  it("need no memory of where a walk is", function()
    local t = { a = 1, b = 2, c = 3 }
    local step, state = pairs(t)
    assert.equal("c", (step(state, "b")))
    assert.equal("a", (step(state)))
    assert.equal("b", (step(state, "a")))
    assert.equal("b", (next(t, "a")))
    assert.equal("b", (next(t, "a")))
    assert.is_nil(next(t, "c"))
  end)

  it("see what was added between two walks", function()
    local t = { b = 1, c = 1 }
    assert.equal("c", (next(t, "b")))
    t.a = 1
    assert.equal("a=1 b=1 c=1", walk(next, t))
  end)

  it("respect __pairs", function()
    local t = setmetatable({}, { __pairs = function() return next, { x = 1 } end })
    assert.equal("x=1", walk(pairs(t)))
  end)

  it("refuse keys without a place, at the caller's line", function()
    local ok, problem = pcall(function() return pairs { [{}] = 1 } end)
    assert.is_false(ok)
    assert.matches("base_spec.lua:%d+: a key is a table", problem)
    assert.has_error(function() pairs(nil) end)
    assert.has_error(function() next({ a = 1 }, {}) end)
  end)

  it("can be told that order does not matter", function()
    local t, n = { [{}] = 1, [print] = 1, a = 1 }, 0
    for _ in base.unordered(t) do
      n = n + 1
    end
    assert.equal(3, n)
  end)
end)

describe("table.sort", function()
  it("keeps equal elements as they were", function()
    for _, n in ipairs { 0, 1, 2, 3, 12, 13, 100, 1000 } do
      local t = {}
      for i = 1, n do
        t[i] = { key = i * 7919 % 17, at = i }
      end
      table.sort(t, function(a, b) return a.key < b.key end)
      for i = 2, n do
        local a, b = t[i - 1], t[i]
        assert.is_true(a.key < b.key or a.key == b.key and a.at < b.at)
      end
    end
  end)

  it("sorts numbers and strings", function()
    local t = { 3, 1.5, -2, 1e300, math.mininteger, 10 }
    table.sort(t)
    assert.same({ math.mininteger, -2, 1.5, 3, 10, 1e300 }, t)
    local words = { "b", "", "ab", "a\0b", "B", "a" }
    table.sort(words)
    assert.same({ "", "B", "a", "a\0b", "ab", "b" }, words)
  end)

  it("uses __lt, __index and __newindex", function()
    local mt = { __lt = function(a, b) return a.n > b.n end }
    local t = { setmetatable({ n = 1 }, mt), setmetatable({ n = 2 }, mt) }
    table.sort(t)
    assert.equal(2, t[1].n)
    local inner = { 3, 1, 2 }
    local proxy = setmetatable({}, {
      __index = inner,
      __newindex = inner,
      __len = function() return #inner end,
    })
    table.sort(proxy)
    assert.same({ 1, 2, 3 }, inner)
  end)

  it("leaves the array alone when comparing raises", function()
    local t = { 3, 2, 1 }
    assert.has_error(function() table.sort(t, function() error "no" end) end)
    assert.same({ 3, 2, 1 }, t)
    assert.has_error(function() table.sort { 1, "a" } end)
    assert.has_error(function() table.sort(nil) end)
    assert.has_error(function() table.sort({}, 1) end)
  end)
end)

describe("text of objects", function()
  it("is a number that stays", function()
    local t, f = {}, function() end
    local text = tostring(t)
    assert.matches("^table: 0x%x+$", text)
    assert.matches("^function: 0x%x+$", tostring(f))
    assert.equal(text, ("%s"):format(t))
    assert.not_equal(text, tostring {})
  end)

  it("respects __tostring and __name", function()
    local named = setmetatable({}, { __name = "thing" })
    assert.matches("^thing: 0x%x+$", tostring(named))
    local spoken = setmetatable({}, { __tostring = function() return "me" end })
    assert.equal("me <me>", ("%s <%2s>"):format(spoken, spoken))
  end)
end)

describe("math.random", function()
  it("starts again when seeded with nothing", function()
    math.randomseed()
    local first = math.random(1000000)
    math.randomseed()
    assert.equal(first, math.random(1000000))
    math.randomseed(7)
    local seven = math.random(1000000)
    math.randomseed(7)
    assert.equal(seven, math.random(1000000))
  end)
end)
