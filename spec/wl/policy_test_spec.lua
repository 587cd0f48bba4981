-- SPDX-License-Identifier: MIT
--- Testing policies without a cluster, with those that ship as examples.
local policy_test = require "wl.policy_test"
local strategy = require "wl.strategy"

local function shipped(name) return require("stdlib." .. name) end

local function problem(call)
  local ok, message = pcall(call)
  assert.is_false(ok)
  return message
end

describe("policy_test.call", function()
  it("completes the view: totals are sums, pods that are wanted are there", function()
    local seen
    policy_test.call(strategy "S" { plan = function(view) seen = view return {} end }, "plan",
      { replicas = 4, new = { replicas = 1 }, old = { { replicas = 3, available = 2 } } })
    assert.same({ 4, 3, 3, true, 0 }, { seen.total, seen.available, seen.old_pods, seen.new.exists,
      seen.surge })
    assert.equal(1, seen.new.available)
  end)

  it("holds a plan to the budget", function()
    local plan = policy_test.call(strategy "S" { plan = function() return { new = 9 } end }, "plan",
      { replicas = 4, surge = 1, old = { { replicas = 4 } } })
    assert.same({ 9, 1, "more pods than maxSurge allows" }, { plan.new, plan.held.new,
      plan.complaint })
  end)

  it("gives parameters their defaults, and checks them", function()
    local p = strategy "S" { params = { step = strategy.int { default = 3, min = 1 } },
      plan = function(view) return { new = view.params.step } end }
    assert.equal(3, policy_test.call(p, "plan", { replicas = 9 }).new)
    assert.equal(5, policy_test.call(p, "plan", { replicas = 9, params = { step = 5 } }).new)
    assert.matches('unknown field "stepp"; did you mean "step"', problem(function()
      policy_test.call(p, "plan", { params = { stepp = 5 } })
    end))
    assert.matches("greater than or equal to 1", problem(function()
      policy_test.call(p, "plan", { params = { step = 0 } })
    end))
  end)

  for _, case in ipairs {
    { { replica = 3 }, '^spec/wl/policy_test_spec.lua:%d+: view: unknown field "replica"; did you '
      .. 'mean "replicas"' },
    { { replicas = "3" }, 'view%.replicas: expected a number of pods .*got "3"' },
    { { old = { { replicas = 1, redy = 1 } } }, 'view%.old%[1%]: unknown field "redy"' },
    { { params = {} }, "view%.params: RollingUpdate has no parameters" },
  } do
    it("checks the view: " .. case[2], function()
      assert.matches(case[2], problem(function()
        policy_test.call(shipped "rollout.rolling_update", "plan", case[1])
      end))
    end)
  end

  it("raises what the policy does wrong, or returns it", function()
    local p = strategy "S" { plan = function() return { new = -1 } end }
    assert.matches("new: expected a number of pods", problem(function()
      policy_test.call(p, "plan", {})
    end))
    local result, message, reason = policy_test.try(p, "plan", {})
    assert.is_nil(result)
    assert.matches("expected a number of pods", message)
    assert.equal("PolicyInvalid", reason)
    assert.matches('a strategy has no function "pln"; did you mean "plan"', problem(function()
      policy_test.call(p, "pln")
    end))
  end)

  it("asks the policies of all sorts", function()
    assert.equal("skip", policy_test.call(shipped "concurrency.forbid", "decide", { active = 1 }))
    assert.equal("start", policy_test.call(shipped "concurrency.forbid", "decide", {}))
    assert.equal("replace", policy_test.call(shipped "concurrency.replace", "decide",
      { active = 2 }))
  end)
end)

describe("policy_test.rollout", function()
  it("does what RollingUpdate plans", function()
    local run = policy_test.rollout(shipped "rollout.rolling_update",
      { replicas = 10, surge = 3, unavailable = 2 }):go()
    assert.is_true(run:is_complete())
    assert.same({ 8, 13 }, { run.least, run.most })
  end)

  it("does what Recreate plans", function()
    local run = policy_test.rollout(shipped "rollout.recreate", { replicas = 4 }):go()
    assert.is_true(run:is_complete())
    assert.same({ 0, 4 }, { run.least, run.most })
  end)

  local STEPS = { { setWeight = 20 }, { pause = { duration = "10m" } }, { setWeight = 50 },
    { pause = {} } }

  it("goes through a script step by step", function()
    local run = policy_test.rollout(shipped "rollout.canary", { params = { steps = STEPS } }):go()
    assert.same({ 2, "Paused" }, { run.new, run.phase })
    run:wait "9m"
    assert.equal(2, run.new)
    run:wait "2m"
    assert.same({ 5, "Paused" }, { run.new, run.phase })
    run:promote()
    assert.is_true(run:is_complete())
    assert.equal("Healthy", run.phase)
  end)

  it("goes back", function()
    local run = policy_test.rollout(shipped "rollout.canary", { params = { steps = STEPS } }):go()
    run:abort()
    assert.same({ 0, 10, "Aborted" }, { run.new, run.old, run.phase })
  end)

  it("measures what the test says", function()
    local run = policy_test.rollout(shipped "rollout.canary", {
      metrics = { ["error-rate"] = function(now) return now.new > 4 and 0.5 or 0.01 end },
      params = { steps = { { setWeight = 20 }, { analysis = { metric = "error-rate", count = 2,
        interval = "1m", successCondition = "< 0.05" } }, { setWeight = 50 },
        { analysis = { metric = "error-rate", successCondition = "< 0.05" } } } } })
    run:go()
    assert.same({ 2, "old" }, { run.new, run.record.stable })
    run:wait "30m"
    assert.same({ 0, 10, "Degraded" }, { run.new, run.old, run.phase })
  end)

  it("says when nothing comes to rest", function()
    local p = strategy "S" { plan = function(view)
      return { new = view.new.replicas == 1 and 2 or 1 }
    end }
    assert.matches("after 1000 syncs it still changes", problem(function()
      policy_test.rollout(p, {}):go()
    end))
    assert.matches('unknown field "replica"; did you mean "replicas"', problem(function()
      policy_test.rollout(p, { replica = 3 })
    end))
  end)
end)
