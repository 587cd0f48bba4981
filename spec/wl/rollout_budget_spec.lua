-- SPDX-License-Identifier: MIT
local budget = require "wl.rollout.budget"
local sets = require "wl.rollout.sets"
local strategy = require "wl.strategy"

local function set(name, replicas, available)
  return { exists = true, name = name, replicas = replicas, current = replicas,
    ready = available, available = available, terminating = 0 }
end

local function view(fields)
  return sets.view(fields.new, fields.old or {}, {
    replicas = fields.replicas, surge = fields.surge or 0, unavailable = fields.unavailable or 0,
    old_pods = fields.old_pods, exclusive = fields.exclusive,
  })
end

describe("the budget of a rollout", function()
  for _, case in ipairs {
    { "lets a plan pass that keeps it",
      { replicas = 4, surge = 1, new = set("n", 0, 0), old = { set("o", 4, 4) } },
      { new = 1 }, { new = 1, old = { 4 } } },
    { "cuts growth beyond the surge",
      { replicas = 4, surge = 1, new = set("n", 0, 0), old = { set("o", 4, 4) } },
      { new = 4 }, { new = 1, old = { 4 } }, "more pods than maxSurge allows" },
    { "lets the new set have the room that old ones leave",
      { replicas = 4, unavailable = 4, new = set("n", 0, 0), old = { set("o", 4, 4) } },
      { new = 4, old = 0 }, { new = 4, old = { 0 } } },
    { "cuts growth of old sets too",
      { replicas = 4, surge = 1, new = set("n", 2, 2), old = { set("o", 2, 2) } },
      { old = { 9 } }, { old = { 3 } }, "more pods than maxSurge allows" },
    { "keeps enough available",
      { replicas = 4, unavailable = 1, new = set("n", 0, 0), old = { set("o", 4, 4) } },
      { old = { 0 } }, { old = { 3 } }, "fewer available pods than maxUnavailable allows" },
    { "lets pods go that are not available",
      { replicas = 4, new = set("n", 1, 1), old = { set("o", 4, 3) } },
      { old = { 3 } }, { old = { 3 } } },
    { "gives pods back to the newest old set",
      { replicas = 4, unavailable = 1, new = set("n", 0, 0),
        old = { set("a", 2, 2), set("b", 2, 2) } },
      { old = 0 }, { old = { 0, 2 } }, "fewer available pods than maxUnavailable allows",
      left = { 1, 2 } },
    { "spreads a number over the old sets: the unavailable, then the oldest",
      { replicas = 6, unavailable = 6, new = set("n", 0, 0),
        old = { set("a", 3, 3), set("b", 3, 1) } },
      { old = 2 }, { old = { 1, 1 } } },
    { "does not ask for what is lost already",
      { replicas = 4, new = set("n", 0, 0), old = { set("o", 4, 1) } },
      { old = { 1 } }, { old = { 1 } } },
    { "keeps new pods from starting beside old ones",
      { replicas = 4, exclusive = true, new = set("n", 0, 0), old_pods = 1 },
      { new = 4 }, { new = 0, old = {} }, "new pods while old ones exist" },
  } do
    it(case[1], function()
      local held, complaint = budget.hold(case[3], view(case[2]))
      local wanted = case[4]
      assert.equal(wanted.new, held.new)
      assert.same(case.left or wanted.old, held.old)
      assert.equal(case[5], complaint)
    end)
  end

  it("refuses what is no plan", function()
    local one = view { replicas = 2, new = set("n", 0, 0), old = { set("o", 2, 2) } }
    for text, plan in pairs {
      ["a plan must be a table, not number"] = 3,
      ["a plan must be a table, not nil"] = false,
      ["new must be a number of pods, not -1"] = { new = -1 },
      ["new must be a number of pods, not 1.5"] = { new = 1.5 },
      ["new must be a number of pods, not all"] = { new = "all" },
      ["old must be a number of pods or a list of them, not true"] = { old = true },
      ["old[1] must be a number of pods, not x"] = { old = { "x" } },
    } do
      local held, message = budget.hold(plan or nil, one)
      assert.is_nil(held)
      assert.equal(text, message)
    end
  end)

  -- Whatever a strategy asks for.
  it("is kept by any plan", function()
    math.randomseed(7)
    for _ = 1, 2000 do
      local function some(most) return math.random(0, most) end
      local function random_set(name)
        local size = some(8)
        return set(name, size, some(size))
      end
      local one = view { replicas = some(12), surge = some(3), unavailable = some(3),
        new = random_set "n", old = { random_set "a", random_set "b" } }
      local plan = { new = some(15), old = {} }
      for i in ipairs(one.old) do
        plan.old[i] = some(10)
      end
      local held = budget.hold(plan, one)
      local total, available = held.new, math.min(one.new.available, held.new)
      local grows = held.new > one.new.replicas
      for i, old in ipairs(one.old) do
        total, available = total + held.old[i], available + math.min(old.available, held.old[i])
        grows = grows or held.old[i] > old.replicas
      end
      if grows then
        assert.is_true(total <= one.replicas + one.surge)
      end
      if available < one.available then
        assert.is_true(available >= one.replicas - one.unavailable)
      end
    end
  end)
end)

describe("a strategy", function()
  it("says what is wrong with its declaration", function()
    assert.error_matches(function() strategy "X" { plan = 3 } end, "plan must be a function")
    assert.error_matches(function() strategy "X" {} end, "plan is missing")
    assert.error_matches(function() strategy "X" { plna = print } end, "unknown field plna")
  end)

  it("has its parameters in a block of its name", function()
    assert.equal("blueGreen", strategy "BlueGreen" { plan = print }.block)
  end)
end)

describe("a strategy that wants too many pods of a StatefulSet", function()
  it("is told so, and gets those that there are to be", function()
    local cluster = require("wl.cluster").new { nodes = 2 }
    cluster:add_policy("rollout", "Greedy", require "wl.strategy" "Greedy" {
      plan = function(seen) return { new = seen.replicas + 3 } end })
    assert(cluster.server:create { apiVersion = "apps/v1", kind = "StatefulSet",
      metadata = { name = "db", namespace = "default" }, spec = { replicas = 2,
        selector = { matchLabels = { app = "db" } }, updateStrategy = { type = "Greedy" },
        template = { metadata = { labels = { app = "db" } },
          spec = { containers = { { name = "x", image = "x" } } } } } })
    cluster:run(60)
    assert.equal(2, #cluster:list "Pod")
    local told = cluster.events:list(function(event) return event.reason == "RolloutBudget" end)
    assert.matches("Strategy Greedy: more pods %(5%) than there are to be %(2%)", told[1].message)
  end)
end)
