-- SPDX-License-Identifier: MIT
-- Scripts, without a cluster: a workload of numbers that does what is planned.
local step = require "wl.rollout.step".step
local strategy = require "wl.strategy"
local time = require "wl.time"

local NOW = time.parse "2024-01-01T00:00:00Z"

-- Ten pods of the revision "a"; those of "b" become available at once.
local function world(script, fields)
  local self = { now = NOW, old = 10, new = 0, revision = "b", record = { stable = "a" } }
  for field, x in pairs(fields or {}) do self[field] = x end
  local one = strategy "Test" { script = script }

  function self.sync()
    local function set(hash, n)
      return { exists = true, name = hash, hash = hash, replicas = n, current = n, ready = n,
        available = n, terminating = 0 }
    end
    local plan = one.plan {
      replicas = 10, surge = 10, unavailable = 10, total = self.old + self.new,
      available = self.old + self.new, new = set(self.revision, self.new),
      old = { set("a", self.old) }, now = self.now, record = self.record,
      revision = self.revision, measure = self.measure, params = self.params,
      selects = self.selects,
    }
    self.plan, self.record = plan, plan.rollout.record
    self.new = plan.new or self.new
    self.old = plan.old and plan.old[1] or self.old
    return plan
  end

  -- Until nothing changes any more but with time.
  function self.go()
    for _ = 1, 20 do self.sync() end
    return self.record.phase, self.new, self.record.step
  end
  return self
end

local function calls(record)
  local found = {}
  for i, one in ipairs(record.steps or {}) do found[i] = one.call end
  return table.concat(found, "; ")
end

describe("a script", function()
  it("measures by a function of its own once", function()
    local times = 0
    local w = world(function()
      step.measure(function() times = times + 1 return times end)
      step.pause()
    end)
    assert.same({ "Paused", 0, 2 }, { w.go() })
    assert.equal(1, times)
    assert.equal("measure function; pause", calls(w.record))
  end)

  it("is told where a number is none, or a text", function()
    for _, body in ipairs { function() step.set_weight(0 / 0) end, function() step.note {} end,
      function() step.pause(math.huge) end, function() step.measure {} end } do
      local ok, message = pcall(world(body).sync)
      assert.is_false(ok)
      assert.matches("^spec/wl/rollout/script_spec.lua:%d+: %l", message)
    end
  end)

  it("takes its steps itself, not in a coroutine of its own", function()
    local w = world(function()
      coroutine.wrap(function() step.pause "10m" end)()
    end)
    local ok, message = pcall(w.sync)
    assert.is_false(ok)
    assert.matches("script_spec.lua:%d+: a step is for the script itself", message)
    assert.has_error(function() step.pause() end)
  end)

  it("goes from step to step, and each time from its start", function()
    local runs = 0
    local w = world(function()
      runs = runs + 1
      step.set_weight(20)
      step.pause "10m"
      step.set_weight(60)
      step.pause()
    end)
    assert.same({ "Paused", 2, 2 }, { w.go() })
    assert.equal("set_weight 20; pause 10m", calls(w.record))
    assert.near(600, w.plan.requeue, 1)
    w.now = w.now + 599
    assert.same({ "Paused", 2, 2 }, { w.go() })
    w.now = w.now + 1
    assert.same({ "Paused", 6, 4 }, { w.go() })
    assert.is_true(runs >= 60)
  end)

  it("is told by what its steps returned", function()
    local load = 0.2
    local w = world(function()
      local busy = step.measure "load" > 0.5
      for weight = busy and 10 or 50, 100, 50 do step.set_weight(weight) step.pause() end
    end, { measure = function() return load end })
    w.go()
    load = 0.9
    assert.same({ "Paused", 5, 3 }, { w.go() })
  end)

  it("comes to its end when all pods are new", function()
    local w = world(function() step.set_weight(50) end)
    assert.same({ "Healthy", 10 }, { w.go() })
    assert.equal("b", w.record.stable)
    assert.equal("set_weight 50; promote", calls(w.record))
    -- And does not begin again.
    assert.same({ "Healthy", 10 }, { w.go() })
  end)

  it("is not run for the first template, nor for the stable one", function()
    local function never() error "it was run" end
    local first = world(never, { record = false, old = 0 })
    first.record = nil
    assert.same({ "Healthy", 10 }, { first.go() })
    local back = world(never, { revision = "a", old = 0, new = 4,
      record = { stable = "a", revision = "b", step = 2, phase = "Paused" } })
    assert.same({ "Healthy", 10 }, { back.go() })
  end)

  it("takes the most available old pods for stable where nobody kept a record", function()
    local w = world(function() step.set_weight(10) step.pause() end, { record = false })
    w.record = nil
    w.go()
    assert.equal("a", w.record.stable)
  end)

  it("begins again with another template", function()
    local w = world(function() step.set_weight(50) step.pause() end)
    assert.same({ "Paused", 5, 2 }, { w.go() })
    w.revision, w.new = "c", 0
    w.sync()
    assert.equal("c", w.record.revision)
    assert.equal("set_weight 50", calls(w.record))
    assert.equal("a", w.record.stable)
  end)

  it("goes on from the first step that is another one, when it was changed", function()
    local pause = "10m"
    local w = world(function()
      step.set_weight(20)
      step.pause(pause)
      step.set_weight(50)
      step.pause()
    end)
    w.go()
    w.now = w.now + 600
    assert.same({ "Paused", 5, 4 }, { w.go() })
    pause = "20m"
    w.sync()
    assert.matches("goes on from step 2 %(pause 20m, was pause 10m%)", w.plan.rollout.mended)
    assert.same({ "Paused", 2, 2 }, { w.go() })
    assert.is_nil(w.plan.rollout.mended)
  end)

  it("raises what is wrong with it, with its place", function()
    for text, script in pairs {
      ["set_weight: a percentage from 0 to 100 expected, not 120"] =
        function() step.set_weight(120) end,
      ["pause: a duration such as \"10m\" expected"] = function() step.pause {} end,
      ["attempt to index a nil value"] = function(_, params) return params.steps end,
      ["set_replicas: invalid value for IntOrString"] = function() step.set_replicas "x" end,
      ["set_domains: only a DaemonSet"] = function() step.set_domains { "a" } end,
    } do
      local ok, message = pcall(world(script).sync)
      assert.is_false(ok)
      assert.matches("script_spec.lua:%d+: ", message)
      assert.truthy(message:find(text, 1, true), message)
    end
    assert.has_error(function() step.pause() end,
      "a step is only for the script of a strategy, while it runs")
  end)
end)

describe("people", function()
  local function gated()
    local w = world(function()
      step.set_weight(20)
      if not step.ask("go on?", "1h") then step.abort "nobody answered" end
      step.set_weight(50)
      step.pause "1h"
    end)
    w.go()
    return w
  end

  it("promote the present gate, and only that", function()
    local w = gated()
    w.record.request = "promote"
    assert.same({ "Paused", 5, 4 }, { w.go() })
    assert.is_nil(w.record.request)
    assert.is_true(w.record.steps[2].result)
  end)

  it("may not answer in time", function()
    local w = gated()
    w.now = w.now + 3601
    assert.same({ "Aborted", 0, 2 }, { w.go() })
    assert.matches("nobody answered", w.record.message)
    assert.equal(10, w.old)
  end)

  it("promote to the end", function()
    local w = gated()
    w.record.request = "promote-full"
    assert.same({ "Healthy", 10 }, { w.go() })
  end)

  it("abort, and try again", function()
    local w = gated()
    w.record.request = "abort"
    assert.same({ "Aborted", 0, 2 }, { w.go() })
    assert.equal(10, w.old)
    w.now = w.now + 7200
    w.record.request = "retry"
    assert.same({ "Paused", 2, 2 }, { w.go() })
    w.record.request = "abort"
    w.go()
    w.record.request = "promote-full"
    assert.same({ "Healthy", 10 }, { w.go() })
  end)
end)

describe("analyse", function()
  local function analysed(given, values)
    local verdict
    local w = world(function()
      step.set_weight(20)
      verdict = step.analyse(given)
      step.pause()
    end, { measure = function() return table.remove(values, 1) end })
    w.go()
    for _ = 1, 10 do
      w.now = w.now + 60
      w.go()
    end
    return w.record.phase, verdict, w.record.steps[2].result, w
  end

  it("goes on after as many successes as wanted", function()
    local phase, verdict, seen = analysed({ metric = "m", successCondition = "< 0.5", count = 3 },
      { 0.1, 0.2, 0.3, 0.9 })
    assert.same({ "Paused", "Successful" }, { phase, verdict })
    assert.same({ 3, 0, 0, 0.3 }, { seen.successful, seen.failed, seen.inconclusive, seen.value })
  end)

  it("goes back after more failures than the limit", function()
    local phase, verdict, seen, w = analysed({ metric = "m", successCondition = "< 0.5",
      count = 5, failureLimit = 1 }, { 0.9, 0.2, 0.8, 0.1, 0.1 })
    assert.same({ "Degraded" }, { phase, verdict })
    assert.equal(2, seen.failed)
    assert.equal(0, w.new)
    assert.matches("analysis of m: Failed %(last value: 0.8; 1 successful, 2 failed",
      w.record.message)
  end)

  it("leaves a failure to the script that wants it", function()
    local phase, verdict = analysed({ metric = "m", failureCondition = "> 0.5", abort = false },
      { 0.9 })
    assert.same({ "Paused", "Failed" }, { phase, verdict })
  end)

  it("waits for people when it is inconclusive", function()
    local phase, verdict, _, w = analysed({ metric = "m", count = 3, inconclusiveLimit = 1,
      successCondition = "< 0.2", failureCondition = "> 0.5" }, { 0.3, 0.1, 0.3 })
    assert.same({ "Paused" }, { phase, verdict })
    assert.matches("Inconclusive.*until it is promoted", w.record.message)
    w.record.request = "promote"
    w.go()
    assert.equal(3, w.record.step)
  end)

  it("is inconclusive where nothing is measured", function()
    local _, _, seen = analysed({ metric = "m", successCondition = "< 1" }, {})
    assert.equal("Inconclusive", seen.phase)
  end)

  it("measures at its interval, first after its delay", function()
    local times = {}
    local w
    w = world(function()
      step.analyse { metric = "m", successCondition = ">= 0", interval = "30s", count = 3,
        initialDelay = "10s" }
      step.pause()
    end, { measure = function() times[#times + 1] = w.now - NOW return 1 end })
    for _ = 0, 100 do
      w.sync()
      w.now = w.now + 1
    end
    assert.same({ 10, 40, 70 }, times)
  end)

  it("may go on in the background, to the end of the script", function()
    local value, measured = 0.1, 0
    local w = world(function()
      step.analyse { metric = "m", successCondition = "< 0.5", interval = "30s", background = true }
      step.set_weight(20)
      step.pause "10m"
    end, { measure = function() measured = measured + 1 return value end })
    assert.same({ "Paused", 2, 3 }, { w.go() })
    for _ = 1, 4 do
      w.now = w.now + 30
      w.go()
    end
    assert.equal(5, measured)
    value = 0.9
    w.now = w.now + 30
    assert.same({ "Degraded", 0 }, { (w.go()), w.new })
    assert.matches("analysis of m: Failed", w.record.message)
  end)

  it("says what is wrong", function()
    for text, given in pairs {
      ["unknown field \"succesCondition\"; did you mean \"successCondition\"?"] =
        { metric = "m", succesCondition = "< 1" },
      ["metric: a name or a function expected"] = { successCondition = "< 1" },
      ["successCondition or failureCondition expected"] = { metric = "m" },
      ["count must be a whole number from 1, not 0"] =
        { metric = "m", successCondition = "< 1", count = 0 },
      ["\"about 1\" is no comparison"] = { metric = "m", successCondition = "about 1" },
    } do
      local ok, message = pcall(world(function() step.analyse(given) end).sync)
      assert.is_false(ok)
      assert.truthy(message:find(text, 1, true), message)
    end
  end)
end)

describe("switch_service", function()
  it("waits until there is such a Service, and notes what it is to select", function()
    local there
    local w = world(function()
      step.switch_service("web", "stable")
      step.set_replicas("100%", "100%")
      step.switch_service("web", "new")
      step.pause()
    end, { selects = function() return there end })
    assert.same({ "Progressing", 0, 1 }, { w.go() })
    assert.equal(5, w.plan.requeue)
    assert.equal('step 1, switch_service web stable: there is no Service "web"', w.record.message)
    there = false
    w.sync()
    assert.same({ { name = "web", revision = "a" } }, w.record.services)
    assert.same({ "Paused", 10, 4 }, { w.go() })
    assert.equal(10, w.old)
    assert.same({ { name = "web", revision = "b" } }, w.record.services)
    w.record.request = "abort"
    w.go()
    assert.same({ { name = "web", revision = "a" } }, w.record.services)
  end)
end)
