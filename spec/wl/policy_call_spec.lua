-- SPDX-License-Identifier: MIT
--- Declaring policies, and calling them.
local policy = require "wl.policy"
local strategy = require "wl.strategy"

local function refusal(declare)
  local ok, message = pcall(declare)
  assert.is_false(ok)
  return message
end

describe("declaring a policy", function()
  it("keeps its sort, name, place and block", function()
    local p = strategy "OneByOne" { plan = function() return {} end }
    assert.equal("rollout", p.policy)
    assert.equal("OneByOne", p.name)
    assert.equal("oneByOne", p.block)
    assert.matches("policy_call_spec.lua:%d+$", p.source)
    assert.is_true(policy.is_policy(p))
  end)

  for _, case in ipairs {
    { "a name", function()
      local _ = strategy(5)
    end, 'strategy: a name expected, as in strategy "OneByOne" { ... }; got 5' },
    { "a table", function() return strategy "X" (5) end, "a table of fields expected, got 5" },
    { "known fields", function() return strategy "X" { plam = print } end,
      'unknown field plam; did you mean "plan"?' },
    { "the right types", function() return strategy "X" { plan = 5 } end,
      "plan must be a function, not 5" },
    { "what is required", function() return strategy "X" {} end, "plan is missing" },
    { "types as parameters", function()
      return strategy "X" { plan = print, params = { a = 5 } }
    end, "params.a must be a type, such as strategy.int { default = 1 }, not 5" },
  } do
    it("asks for " .. case[1], function()
      local message = refusal(case[2])
      assert.matches("policy_call_spec.lua:%d+: ", message)
      assert.truthy(message:find(case[3], 1, true), message)
    end)
  end
end)

describe("a call of a policy", function()
  local function returning(x)
    local p = strategy "X" { plan = function() return x end }
    return policy.call(nil, p, nil, "plan", {})
  end

  it("returns what it returned, as the runtime's own", function()
    local given = { new = 3.0, old = { 1, 2 }, requeue = 1.5, message = "m" }
    local kept = returning(given)
    assert.same({ new = 3, old = { 1, 2 }, requeue = 1.5, message = "m" }, kept)
    assert.equal("integer", math.type(kept.new))
    assert.are_not.equal(given, kept)
  end)

  it("does not look behind metatables", function()
    local kept = returning(setmetatable({}, { __index = function() return 7 end }))
    assert.same({}, kept)
  end)

  for _, case in ipairs {
    { nil, "got nothing" }, { true, "got true" }, { "abc", 'got "abc"' }, { 5, "got 5" },
    { print, "got a function" }, { io.stdout, "got a userdata" },
    { coroutine.create(print), "got a thread" },
    { { new = -1 }, "new: expected a number of pods (an integer from 0 on), got -1" },
    { { new = 0 / 0 }, "got nan" }, { { new = 2.5 }, "got 2.5" }, { { new = 1e300 }, "got 1e+300" },
    { { new = 1 << 40 }, "got 1099511627776" }, { { new = "3" }, 'got "3"' },
    { { new = {} }, "got a table" }, { { new = print }, "got a function" },
    { { old = { 1, -1 } }, "old: [2]: expected a number of pods" },
    { { old = { a = 1 } }, 'old: "a" is no place in a list' },
    { { requeue = -1 }, "requeue: expected a number of seconds from 0 on, got -1" },
    { { requeue = math.huge }, "got inf" }, { { message = false }, "message: expected a text" },
    { { nwe = 1 }, 'unknown field "nwe"; did you mean "new"?; expected are new, old' },
    { { 1 }, "unknown field 1; expected are" },
  } do
    it("refuses a return: " .. case[2], function()
      local kept, message, reason = returning(case[1])
      assert.is_nil(kept)
      assert.equal("PolicyInvalid", reason)
      assert.matches("^spec/wl/policy_call_spec.lua:%d+: plan returned what it may not: ", message)
      assert.truthy(message:find(case[2], 1, true), message)
    end)
  end

  for _, case in ipairs {
    { "an error", function() error "no" end, "PolicyError", "no$" },
    { "a nil index", function(view) return view.a.b end, "PolicyError", "index a nil value" },
    { "an endless loop", function()
      while true do end
    end, "PolicyTimeout", "1000000 instructions" },
    { "an endless table", function()
      local t = {}
      while true do t = { t, ("x"):rep(1000) .. #t } end
    end, "PolicyMemory", "took more than 16384 KB" },
    { "a huge string", function() return { message = ("x"):rep(1 << 30) } end, "PolicyMemory",
      "wanted a text or table of %d+ KB, of 2048 KB at most" },
    { "a yield", function() coroutine.yield() end, "PolicyError", "yield" },
  } do
    it("ends " .. case[1], function()
      local p = strategy "X" { plan = case[2] }
      local kept, message, reason = policy.call(nil, p, nil, "plan", {})
      assert.is_nil(kept)
      assert.equal(case[3], reason)
      assert.matches("^spec/wl/policy_call_spec.lua:%d+: ", message)
      assert.matches(case[4], message)
    end)
  end
end)
