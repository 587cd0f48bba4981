-- SPDX-License-Identifier: MIT
local host = require "wl.host"

local function thrower(value)
  return function()
    error(value, 2)
  end
end

describe("host.call", function()
  it("hands results over", function()
    assert.same({ true, 1, nil, 3, n = 4 }, table.pack(host.call(function() return 1, nil, 3 end)))
    assert.same({ true, n = 1 }, table.pack(host.call(function() end)))
    assert.same({ true, 5, 6 }, { host.call(function(...) return ... end, 5, 6) })
  end)

  it("keeps the error value, whatever it is", function()
    local mine = {}
    local ok, value = host.call(thrower(mine))
    assert.is_false(ok)
    assert.equal(mine, value)
    assert.is_nil((select(2, host.call(thrower(nil)))))
  end)

  it("shows the user's frames and no others", function()
    local function inner() error "here" end
    local _, message, trace = host.call(function()
      table.sort({ 2, 1 }, function() inner() end)
    end)
    assert.matches("host_spec.lua:%d+: here", message)
    assert.matches("^\n  spec/bind/host_spec.lua:%d+: in function 'inner'\n", trace)
    assert.is_nil(trace:find("[C]", 1, true))
  end)

  it("shows the ends of a deep stack", function()
    local function down(n) return n == 0 and error "deep" or 1 + down(n - 1) end
    local _, _, trace = host.call(down, 100)
    local _, lines = trace:gsub("\n", "")
    assert.equal(15, lines)
    assert.matches("\n  %.%.%.\n", trace)
  end)

  it("is quick on a stack overflow", function()
    local function down(n) return 1 + down(n + 1) end
    local start = host.seconds()
    assert.matches("stack overflow", select(2, host.call(down, 1)))
    assert.is_true(host.seconds() - start < 5)
  end)
end)

describe("what ships inside", function()
  it("is found by require, and named as in the tree", function()
    assert.is_table(require "wl.cli")
    local info = debug.getinfo(require("wl.cli").main, "S")
    assert.equal("=lua/wl/cli.lua", info.source)
  end)

  it("is told from what is missing", function()
    local ok, problem = pcall(require, "wl.no_such_module")
    assert.is_false(ok)
    assert.matches("^module 'wl.no_such_module' not found", problem)
    assert.matches("lua/wl/no_such_module.lua'", problem)
  end)
end)
