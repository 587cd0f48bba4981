-- SPDX-License-Identifier: MIT
--- Policies that fail: what becomes of their objects, and that others go on.
local Cluster = require "wl.cluster"
local placement = require "wl.placement"
local policy = require "wl.policy"
local sorts = require "wl.policy.sorts"

-- Everything that a function may return and should not, somewhere in its result.
local WRONG = {
  ["nothing"] = function() end,
  ["true"] = function() return true end,
  ["a text"] = function() return "nonsense" end,
  ["a negative number"] = function() return -1 end,
  ["no number"] = function() return 0 / 0 end,
  ["a fraction"] = function() return 2.5 end,
  ["infinity"] = function() return math.huge end,
  ["a huge number"] = function() return 1e300 end,
  ["a table with wrong fields"] = function() return { nonsense = 1 } end,
  ["a table with wrong values"] = function()
    return { new = "3", old = print, requeue = {}, action = 5 }
  end,
  ["a list of wrong values"] = function() return { -1, "x", {} } end,
  ["a table that holds itself"] = function() local t = {} t[1] = t return t end,
  ["a function"] = function() return print end,
  ["a userdata"] = function() return io.stdout end,
  ["a coroutine"] = function() return coroutine.create(print) end,
  ["a table with a metatable"] = function()
    return setmetatable({ nonsense = 1 }, { __index = error, __pairs = error, __len = error })
  end,
}

-- What is right all the same.
local RIGHT = {
  ["retry.decide"] = { ["a fraction"] = true },
  ["concurrency.choose"] = { ["true"] = true },
  ["rollout.script"] = "anything",
}

local VIEWS = require "wl.policy_test.views"

local function declared(sort, name, fn)
  local contract = policy.contract(sort)
  local fields = { [name] = fn }
  for _, required in ipairs(contract.required) do fields[required] = fields[required] or fn end
  return policy.declarators(function() end)[contract.word] "Wrong" (fields)
end

describe("each contract", function()
  for _, sort in ipairs(sorts) do
    for name, rule in pairs(policy.contract(sort).functions) do
      local right = RIGHT[sort .. "." .. name] or {}
      if right ~= "anything" then
        for what, fn in pairs(WRONG) do
          it(("%s.%s refuses %s, with the words of what was expected"):format(sort, name, what),
            function()
              local p = declared(sort, name, fn)
              local view = assert(VIEWS.complete(p, rule, {}))
              local result, message, reason = policy.call(nil, p, nil, name, view)
              if right[what] then return assert.is_not_nil(result) end
              assert.is_nil(result)
              assert.equal("PolicyInvalid", reason)
              assert.matches("^spec/wl/policy_failure_spec.lua:%d+: " .. name
                .. " returned what it may not: ", message)
              assert.matches("expected", message)
            end)
        end
      end
    end
  end
end)

-- ---- in a cluster ----

local process = require "spec.support.process"
local strategy = require "wl.strategy"

local function deployment(name, type)
  return { apiVersion = "apps/v1", kind = "Deployment", metadata = { name = name }, spec = {
    replicas = 2, strategy = { type = type }, selector = { matchLabels = { app = name } },
    template = { metadata = { labels = { app = name } },
      spec = { containers = { { name = "c", image = "x" } } } } } }
end

local function condition_of(cluster, kind, name)
  for _, one in ipairs((cluster:get(kind, nil, name).status or {}).conditions or {}) do
    if one.type == "PolicyFailed" then return one end
  end
end

local function events_of(cluster, reason)
  local found = {}
  for _, event in ipairs(cluster.events:list()) do
    if event.reason == reason then found[#found + 1] = event end
  end
  return found
end

local FAILURES = {
  { "an error", function() error "on purpose" end, "PolicyError", "on purpose" },
  { "a nil index", function(view) return view.nothing.there end, "PolicyError", "index a nil" },
  { "an endless loop", function() while true do end end, "PolicyTimeout", "instructions" },
  { "an endless allocation", function()
    local t = {}
    while true do t = { t, ("x"):rep(1000) .. #t } end
  end, "PolicyMemory", "KB of memory" },
  { "a wrong return", function() return { new = {} } end, "PolicyInvalid", "a number of pods" },
  { "what only scripts return", function() return { new = 1, rollout = { record = {} } } end,
    "PolicyInvalid", "rollout: expected nothing: this is for scripts, got a table" },
  { "sizes for sets that are not there", function() return { new = 1, old = { 1, 2 } } end,
    "PolicyInvalid", "old: expected at most 0 sizes, one for each old set, got 2" },
  { "an unknown field", function() return { nw = 1 } end, "PolicyInvalid", 'did you mean "new"' },
}

describe("a strategy that fails", function()
  for _, case in ipairs(FAILURES) do
    local what, plan, reason, words = table.unpack(case)
    it("with " .. what .. " holds its object, once told, and nobody else", function()
      local cluster = Cluster.new { nodes = 2 }
      cluster:add_policy("rollout", "Bad", strategy "Bad" { plan = plan })
      assert(cluster:create(deployment("bad", "Bad")))
      assert(cluster:create(deployment("good", "RollingUpdate")))
      cluster:run "10m"
      local condition = condition_of(cluster, "Deployment", "bad")
      assert.same({ "True", reason }, { condition.status, condition.reason })
      assert.matches("spec/wl/policy_failure_spec.lua:%d+: ", condition.message)
      assert.truthy(condition.message:find(words, 1, true), condition.message)
      assert.equal(1, #events_of(cluster, reason))
      assert.equal(1, events_of(cluster, reason)[1].count or 1)
      assert.equal(0, #cluster:list("ReplicaSet", { selector = "app=bad" }))
      assert.equal(2, cluster:get("Deployment", nil, "good").status.availableReplicas)

      cluster:add_policy("rollout", "Bad", strategy "Bad" {
        plan = function(view) return { new = view.replicas } end })
      cluster:run "10s"
      assert.is_nil(condition_of(cluster, "Deployment", "bad"))
      assert.equal(2, cluster:get("Deployment", nil, "bad").status.availableReplicas)
    end)
  end

  it("is a script that calls other steps each time it is run; the others go on", function()
    local cluster, saved = Cluster.new { nodes = 1 }, 0
    cluster:add_policy("rollout", "Bad", strategy "Bad" { script = function(step)
      saved = saved + 1
      step.pause(saved)
      step.pause "1h"
    end })
    assert(cluster:create(deployment("web", "Bad")))
    assert(cluster:create(deployment("good", "RollingUpdate")))
    cluster:run "1m"
    for _, name in ipairs { "web", "good" } do
      assert(cluster:update(cluster:get("Deployment", nil, name), function(draft)
        draft.spec.template.spec.containers[1].image = "y"
      end))
    end
    cluster:run "5m"
    local status = cluster:get("Deployment", nil, "web").status
    local failed = require("wl.conditions").find(status.conditions, "PolicyFailed")
    assert.matches("policy_failure_spec.lua:%d+: step 1 is pause .* at the same moment: a script "
      .. "must call the same steps", failed.message)
    assert.equal(0, status.updatedReplicas or 0)
    assert.equal(2, cluster:get("Deployment", nil, "good").status.updatedReplicas)
  end)

  it("is none of a script that throws dice: it throws the same each time", function()
    local run = process.run({ "--load", "dice.lua", "run.lua" }, {
      ["dice.lua"] = [[return strategy "Dice" { script = function(step)
        if math.random() < 0.5 then step.pause "10s" else step.set_weight(50) end
        for _ = 1, 5 do step.pause(math.random(1, 1000000) .. "ms") end
      end }]],
      ["run.lua"] = [[
        Deployment "web" { replicas = 2, image = "x", strategy = { type = "Dice" } }
        run "1m"
        set_image("deploy/web", "web=y")
        run "2h"
        local deployment = get "deploy/web"
        expect(deployment.status.updatedReplicas).is(2)
        for _, event in ipairs(list "events") do
          expect(event.reason, event.message).is_not "ScriptChanged"
          expect(event.message:find "script has changed").is(nil)
        end
      ]] })
    assert.equal(0, run.status, run.err)
  end)

  it("is told where a script ran out of memory", function()
    local cluster, line = Cluster.new { nodes = 1 }, nil
    cluster:add_policy("rollout", "Bad", strategy "Bad" { script = function(step)
      step.set_weight(20)
      local t = {} -- luacheck: ignore
      line = debug.getinfo(1, "l").currentline
      for i = 1, math.huge do t[i] = { i } end
    end })
    assert(cluster:create(deployment("web", "Bad")))
    cluster:run "1m"
    assert(cluster:update(cluster:get("Deployment", nil, "web"), function(draft)
      draft.spec.template.spec.containers[1].image = "y"
    end))
    cluster:run "1m"
    assert.truthy(condition_of(cluster, "Deployment", "web").message:find(
      ("spec/wl/policy_failure_spec.lua:%d: "):format(line + 1), 1, true))
  end)

  it("in the midst of a rollout holds what there is", function()
    local is_broken = false
    local cluster = Cluster.new { nodes = 2 }
    cluster:add_policy("rollout", "Bad", strategy "Bad" { plan = function(view)
      if is_broken then error "no" end
      return { new = view.replicas, old = 0 }
    end })
    assert(cluster:create(deployment("web", "Bad")))
    cluster:run "1m"
    is_broken = true
    assert(cluster:update(cluster:get("Deployment", nil, "web"), function(draft)
      draft.spec.template.spec.containers[1].image = "y"
    end))
    cluster:run "10m"
    assert.equal(2, cluster:get("Deployment", nil, "web").status.availableReplicas)
    is_broken = false
    cluster:run "20m" -- it is tried again, ever more rarely
    assert.is_nil(condition_of(cluster, "Deployment", "web"))
    assert.equal(2, cluster:get("Deployment", nil, "web").status.updatedReplicas)
  end)

  it("cannot let time pass", function()
    local cluster = Cluster.new { nodes = 1 }
    cluster:add_policy("rollout", "Bad", strategy "Bad" { plan = function() cluster:run(1) end })
    assert(cluster:create(deployment("web", "Bad")))
    cluster:run "10s"
    assert.matches("time cannot pass while the policy Bad decides",
      condition_of(cluster, "Deployment", "web").message)
  end)

  it("is told anew when it fails otherwise", function()
    local message = "first"
    local cluster = Cluster.new { nodes = 1 }
    cluster:add_policy("rollout", "Bad", strategy "Bad" { plan = function() error(message) end })
    assert(cluster:create(deployment("web", "Bad")))
    cluster:run "10s"
    message = "second"
    cluster:run "20m"
    assert.matches("second$", condition_of(cluster, "Deployment", "web").message)
    assert.equal(2, #events_of(cluster, "PolicyError"))
  end)

  it("has the limits that the cluster gives", function()
    local cluster = Cluster.new { nodes = 1, policy_limits = { instructions = 500 } }
    cluster:add_policy("rollout", "Slow", strategy "Slow" { plan = function(view)
      for _ = 1, 1000 do view.x = 1 end
      return { new = view.replicas }
    end })
    assert(cluster:create(deployment("web", "Slow")))
    cluster:run "10s"
    assert.matches("stopped after 500 instructions",
      condition_of(cluster, "Deployment", "web").message)
    for _, case in ipairs { { 5, "policy_limits is a table" }, { { memroy = 1 }, '"memory"' },
      { { memory = "x" }, "an integer" } } do
      local ok, message = pcall(Cluster.new, { policy_limits = case[1] })
      assert.is_false(ok)
      assert.truthy(tostring(message):find(case[2], 1, true), tostring(message))
    end
  end)
end)

describe("a concurrency policy that fails", function()
  it("starts nothing, and says so on the CronJob", function()
    local concurrency = require "wl.concurrency"
    local cluster = Cluster.new { nodes = 1 }
    cluster:add_policy("concurrency", "Bad", concurrency "Bad" {
      decide = function() return "strat" end })
    assert(cluster:create { apiVersion = "batch/v1", kind = "CronJob", metadata = { name = "c" },
      spec = { schedule = "* * * * *", concurrencyPolicy = "Bad", jobTemplate = { spec = {
        template = { spec = { restartPolicy = "Never",
          containers = { { name = "c", image = "x" } } } } } } } })
    cluster:run "5m"
    assert.equal(0, #cluster:list "Job")
    local condition = condition_of(cluster, "CronJob", "c")
    assert.equal("PolicyInvalid", condition.reason)
    assert.truthy(condition.message:find('expected "start", "skip" or "replace", got "strat"; did '
      .. 'you mean "start"?', 1, true), condition.message)
    assert(cluster:update(cluster:get("CronJob", nil, "c"), function(draft)
      draft.spec.concurrencyPolicy = "Allow"
    end))
    cluster:run "2m"
    assert.is_nil(condition_of(cluster, "CronJob", "c"))
    assert.is_true(#cluster:list "Job" > 0)
  end)
end)

describe("a placement policy that fails", function()
  local function pods_with(rule)
    local cluster = Cluster.new { nodes = 2 }
    cluster:add_policy("placement", "bad", placement "bad" { rule })
    for name, scheduler in pairs { bad = "bad", good = "default-scheduler" } do
      assert(cluster:create { apiVersion = "v1", kind = "Pod", metadata = { name = name },
        spec = { schedulerName = scheduler, containers = { { name = "c", image = "x" } } } })
    end
    cluster:run "1m"
    assert.is_string(cluster:get("Pod", nil, "good").spec.nodeName)
    assert.is_nil(cluster:get("Pod", nil, "bad").spec.nodeName)
    return cluster:get("Pod", nil, "bad").status.conditions[1].message
  end

  for _, case in ipairs {
    { function() while true do end end, "stopped after 1000000 instructions" },
    { function() return 5 end, "prepare returns a table or nothing, not 5" },
    { function() return { check = 5 } end, "check must be a function, not 5" },
    { function() return { check = function() return 5 end } end, "check returned what it may not: "
      .. "expected a text, or a list of texts, got 5" },
    { function() return { check = function() error "no" end } end, "failure_spec.lua:%d+: no" },
    { function() return { score = function() end } end, "score returned what it may not: expected "
      .. "a number, got nothing" },
    { function() return { score = function() return 0 / 0 end } end, "got nan" },
    { function() return { domains = { { key = "kubernetes.io/hostname",
      score = function() return "x" end } } } end, 'got "x"' },
  } do
    it("places nothing and says why: " .. case[2], function()
      local message = pods_with { name = "R", changes = "node", prepare = case[1] }
      assert.matches('placement policy "bad" failed: rule "R": ', message)
      assert.matches(case[2], message)
    end)
  end
end)
