-- SPDX-License-Identifier: MIT
--- Calls under a budget, and that nothing in them gets round it.
local core = require "wl.sandbox_core"
local environment = require "wl.sandbox.environment"
local host = require "wl.host"

local INSTRUCTIONS, BYTES = 100000, 4 << 20

local function call(fn, ...) return core.call(INSTRUCTIONS, BYTES, fn, ...) end

-- A script's text, in an environment of its own.
local function script(text, ...)
  return call(assert(load(text, "@s.lua", "t", environment.new())), ...)
end

local function stops(why, text)
  local before = host.seconds()
  local ok, message, reason = script(text)
  assert.is_false(ok)
  assert.equal(why, reason, message)
  assert.matches("^s%.lua:%d+: ", message)
  assert.is_true(host.seconds() - before < 5)
end

describe("a call under a budget", function()
  it("gives what the function returned", function()
    assert.same({ true, 3, nil, "x", n = 4 }, table.pack(call(function(a, b)
      return a + b, nil, "x"
    end, 1, 2)))
  end)

  it("counts instructions", function()
    local _, few = call(function() return core.spent() end)
    local _, many = call(function()
      for _ = 1, 10000 do local _ = {} end
      return core.spent()
    end)
    assert.equal(0, few)
    assert.is_true(many >= 10000 and many < 100000)
    assert.is_nil(core.spent())
  end)

  it("leaves nothing behind: a later call has all again", function()
    for _ = 1, 5 do
      stops("Time" .. "out", "while true do end")
      stops("Memory", "local t = {} while true do t = { t, ('x'):rep(1000) .. #t } end")
      assert.is_true(call(function()
        for _ = 1, 20000 do local _ = {} end
      end))
    end
  end)

  it("is one of several, the outer pays for the inner", function()
    local ok, spent = call(function()
      local inner_ok, _, why = core.call(5000, BYTES, function() while true do end end)
      assert.is_false(inner_ok)
      assert.equal("Timeout", why)
      return core.spent()
    end)
    assert.is_true(ok)
    assert.is_true(spent >= 5000)
    local _, _, why = core.call(3000, BYTES, function()
      core.call(50000, BYTES, function() for _ = 1, 20000 do end end)
      while true do end
    end)
    assert.equal("Timeout", why)
  end)

  it("puts an outer hook back", function()
    local count = 0
    debug.sethook(function() count = count + 1 end, "l")
    call(function() return 1 end)
    local hook, mask = debug.gethook()
    debug.sethook()
    assert.is_function(hook)
    assert.equal("l", mask)
    assert.is_true(count > 0)
  end)

  it("asks for sensible limits", function()
    assert.has_error(function() core.call(0, 1, print) end)
    assert.has_error(function() core.call(1, 0, print) end)
  end)
end)

describe("an endless script", function()
  for _, text in ipairs {
    "while true do end",
    "local function f() return f() end f()",
    "while true do pcall(function() while true do end end) end",
    "return pcall(function() while true do end end)",
    "xpcall(function() while true do end end, function() while true do end end)",
    "return xpcall(function() while true do end end, print)",
    "local co = coroutine.create(function() while true do end end) return coroutine.resume(co)",
    "local w = coroutine.wrap(function() while true do end end) return pcall(w)",
    "while true do coroutine.wrap(function() coroutine.yield() end)() end",
    "while true do coroutine.wrap(function() for i = 1, 100 do end end)() end",
    "for _ in function() return 1 end do end",
    "local t <close> = setmetatable({}, { __close = function() while true do end end }) error 'x'",
    "return ('a'):rep(10000):find(('a*'):rep(20) .. 'b')",
    "return ('a'):rep(10000):match(('.-'):rep(20) .. 'b')",
    "return ('a'):rep(10000):gsub(('a?'):rep(20) .. 'b', '')",
    "for _ in ('a'):rep(10000):gmatch(('a*'):rep(20) .. 'b') do end",
    "return (('a'):rep(100000)):find('[' .. ('b'):rep(100000) .. ']')",
    "table.move({}, 1, math.maxinteger - 1, 2)",
    "table.insert(setmetatable({}, { __len = function() return 1 << 40 end }), 1, 1)",
    "table.remove(setmetatable({}, { __len = function() return 1 << 40 end }), 1)",
    "return table.concat(setmetatable({}, { __index = { '' } , __len = function() return 1 << 50 "
      .. "end }))",
    "while true do local s = ('a'):rep(1000) s:find(('a'):rep(500) .. 'b', 1, true) end",
    "for i = 1, 1e9 do ('').rep('', 1e15) end",
  } do
    it("is stopped: " .. text, function() stops("Timeout", text) end)
  end
end)

describe("a greedy script", function()
  for _, text in ipairs {
    "return ('x'):rep(1 << 30)",
    "while true do pcall(string.rep, 'x', 1 << 30) end",
    "local s = 'x' while true do s = s .. s end",
    "local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end",
    "while true do local s = ('x'):rep(400000) end",
    "return table.concat({ ('x'):rep(300000), ('y'):rep(300000) }, ('z'):rep(300000))",
    "local t = {} while true do t[#t + 1] = coroutine.create(function() end) end",
    "return select('#', pcall(function() local t = {} while true do t = { t, ('x'):rep(1000) .. "
      .. "#t } end end))",
    "local co = coroutine.wrap(function() local s = 'xxxxxxxx' while true do s = s .. s end end) "
      .. "return pcall(co)",
  } do
    it("is stopped: " .. text, function()
      local ok, message, why = script(text)
      assert.is_false(ok)
      assert.is_true(why == "Memory" or why == "Timeout", why)
      assert.matches("^s%.lua:%d+: ", message)
    end)
  end

  it("may return as many values as anybody needs", function()
    assert.is_true(script "return #{ table.unpack({}, 1, 9000) }, #{ ('x'):rep(9000):byte(1, -1) }")
    for _, text in ipairs { "table.unpack({}, 1, 20000)", "('x'):rep(20000):byte(1, -1)",
      "utf8.codepoint(('x'):rep(20000), 1, -1)", "('b'):rep(20000):unpack('x')" } do
      local ok, message = script("local x = select('#', " .. text .. ")")
      assert.is_false(ok)
      assert.matches("too many results", message)
    end
  end)
end)

describe("pcall, xpcall and coroutines of a script", function()
  for _, case in ipairs {
    { "return pcall(error, 'x')", false, "x" },
    { "return pcall(function(...) return ... end, 1, 2)", true, 1, 2 },
    { "return xpcall(function(a) error(a, 0) end, function(m) return m .. '!' end, 'x')", false,
      "x!" },
    { "return xpcall(function(a) return a end, print, 7)", true, 7 },
    { "local f = coroutine.wrap(function(a) local b = coroutine.yield(a + 1) return b * 2 end) "
      .. "return f(1), f(5)", 2, 10 },
    { "local co = coroutine.create(function() error('x', 0) end) return coroutine.resume(co)",
      false, "x" },
    { "local co = coroutine.create(function() end) coroutine.resume(co) "
      .. "return coroutine.resume(co)", false, "cannot resume dead coroutine" },
    { "local co co = coroutine.wrap(function() return pcall(co) end) return co()", false,
      "cannot resume non-suspended coroutine" },
    { "return coroutine.wrap(function() return pcall(function() return coroutine.yield(3) end) "
      .. "end)()", 3 },
    { "local f = coroutine.wrap(function() return pcall(function() return coroutine.yield() end) "
      .. "end) f() return f(4)", true, 4 },
  } do
    it("work: " .. case[1], function()
      assert.same({ true, table.unpack(case, 2) }, { script(case[1]) })
    end)
  end
end)

describe("patterns under a budget", function()
  local PIECES = { "a", "b", ".", "%a", "%A", "%d", "[ab]", "[^a]", "[a-c]", "[%d-]", "[]]", "[^]]",
    "(", ")", "()", "%1", "%b()", "%f[%w]", "$", "^", "*", "+", "-", "?", "%.", "%%", "%", "[", "" }
  local LETTERS = { "a", "b", "c", "1", " ", "(", ")", ".", "]", "^", "-", "%", "\0" }
  local random = require("wl.rng").new(1, "patterns")

  local function made_of(pieces, most)
    local parts = {}
    for i = 1, random:integer(0, most) do parts[i] = pieces[random:integer(1, #pieces)] end
    return table.concat(parts)
  end

  local function both(name, ...)
    local outside = table.pack(pcall(string[name], ...))
    local inside = table.pack(call(string[name], ...))
    if not outside[1] then
      -- The messages may differ in words, not in being there.
      assert.is_false(inside[1])
    else
      assert.same(outside, inside, ("%s %q %q %s"):format(name, ...))
    end
  end

  local function all_of(text, pattern)
    local found = {}
    for a, b in text:gmatch(pattern) do
      found[#found + 1] = { a, b }
      if #found > 50 then break end
    end
    return found
  end

  it("match what they match without", function()
    for _ = 1, 20000 do
      local text, pattern = made_of(LETTERS, 8), made_of(PIECES, 6)
      local from = random:integer(-3, 4)
      both("find", text, pattern, from)
      both("match", text, pattern, from)
      both("gsub", text, pattern, "<%0>", from > 0 and from or nil)
    end
  end)

  it("replace by texts, tables and functions, and go through all", function()
    for _ = 1, 3000 do
      local text, pattern = made_of(LETTERS, 8), made_of(PIECES, 4)
      both("gsub", text, pattern, { a = "1", b = false })
      both("gsub", text, pattern, function(a, b) return b or a ~= "b" and "x" or nil end)
      both("gsub", text, pattern, "%1%2")
      both("find", text, pattern, 1, true)
      local outside = table.pack(pcall(all_of, text, pattern))
      local inside = table.pack(call(all_of, text, pattern))
      if outside[1] then assert.same(outside, inside) else assert.is_false(inside[1]) end
    end
  end)
end)
