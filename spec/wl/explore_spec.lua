-- SPDX-License-Identifier: MIT
--- Exploration: many runs of a scenario; the one that fails made smaller, and run again.
local explore = require "wl.explore"
local file_io = require "wl.file"
local process = require "spec.support.process"
local replay = require "wl.explore.replay"
local run = require "wl.explore.run"
local shrink = require "wl.explore.shrink"
local story = require "wl.explore.story"

local function written(text)
  local path = os.tmpname() .. ".lua"
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
  return path
end

local ROLLOUT = [[
cluster { nodes = 3 }
Deployment "web" { replicas = 3, image = "nginx:1" }
behave("app=web", { start = { "1s", "3s" }, ready = { "1s", "5s" } })
wait "deploy/web"
always("two available", function() return get "deploy/web".status.availableReplicas >= %d end)
chaos { pod_crash = "2 every 2m", evict = "1 every 4m", from = "30s" }
set_image("deploy/web", "web=nginx:2")
run "10m"
print "not to be seen"
]]

describe("runs", function()
  it("are the same for the same plan, and others for others", function()
    local path = written(ROLLOUT:format(0))
    local function writes(plan)
      plan.path = path
      return run.one(plan).writes
    end
    assert.equal(writes { seed = 1, order = 5 }, writes { seed = 1, order = 5 })
    local seen = {}
    for order = 0, 6 do seen[writes { seed = 1, order = order }] = true end
    local count = 0
    for _ in pairs(seen) do count = count + 1 end
    assert.is_true(count >= 3, tostring(count))
  end)

  it("that keep their promises are counted", function()
    local found = explore.run { path = written(ROLLOUT:format(0)), runs = 6, coverage = true }
    assert.same({ 6, 0, nil }, { found.runs, found.failures, found.first })
    assert.is_true(found.coverage.count > 20)
  end)

  it("that fail are not made into those that another line fails", function()
    local found = explore.run { runs = 1, path = written [[
      cluster { nodes = 1 }
      chaos { pod_crash = "2 every 30s" }
      Deployment "web" { replicas = 1, image = "nginx:1" }
      run "3m"
      if list("pods")[1].status.containerStatuses[1].restartCount > 0 then expect(1).is(2) end
      expect(3).is(4)
    ]] }
    local _, outcome = shrink.plan(found.first.plan, found.first.outcome)
    assert.equal("expected to be 2, got 1", outcome.message)
  end)

  it("that fail are made smaller: not later, with no more faults", function()
    local found = explore.run { path = written(ROLLOUT:format(2)), runs = 60 }
    local plan, outcome = shrink.plan(found.first.plan, found.first.outcome)
    assert.is_true(outcome.failed)
    assert.is_true(outcome.at <= found.first.outcome.at)
    local live = 0
    for _, fault in ipairs(outcome.faults) do live = live + (fault.muted and 0 or 1) end
    assert.is_true(live >= 1 and live <= #found.first.outcome.faults)
    -- None of those that are left is one too many.
    for _, fault in ipairs(outcome.faults) do
      if not fault.muted then
        local less = { path = plan.path, seed = plan.seed, order = plan.order, nodes = plan.nodes,
          mute = { fault.number, table.unpack(plan.mute or {}) } }
        local other = run.one(less)
        assert.is_true(not other.failed or other.at > outcome.at)
      end
    end
    assert.matches("fault %d+, %l+_?%l*: pod default/web%-[^\n]+\n.*two available: not always so",
      story.tell(outcome))
  end)

  it("that raise anything else are told as wrong", function()
    local found = explore.run { path = written "cluster {}\nlocal x = nil\nx.y = 1\n", runs = 5 }
    assert.matches(":3: attempt to index a nil value", found.wrong.message)
    found = explore.run { path = written "x = = 1", runs = 5 }
    assert.matches("unexpected symbol", found.wrong.message)
  end)

  it("do not fail for an order that is none of theirs", function()
    local found = explore.run { path = written [[
      cluster { nodes = 2 }
      promise "all"
      StatefulSet "db" { replicas = 3, image = "x" }
      run "3m"
      expect(get "sts/db".status.readyReplicas).is(3)
    ]], runs = 12 }
    assert.same({ 12, 0 }, { found.runs, found.failures })
  end)
end)

describe("a file of a run", function()
  it("is run again to the byte", function()
    local path, name = written(ROLLOUT:format(3)), os.tmpname()
    local found = explore.run { path = path, runs = 10 }
    assert(replay.write(name, found.first.plan, found.first.outcome))
    local plan, expected = assert(replay.read(name))
    local outcome = run.one(plan)
    assert.same({ expected.message, expected.writes, expected.at },
      { outcome.message, outcome.writes, outcome.at })
  end)

  it("names a scenario beside it alone, and finds it from anywhere", function()
    local path, name = written(ROLLOUT:format(3)), os.tmpname()
    assert(replay.write(name, { path = path, seed = 1 }, { writes = 1 }))
    assert.matches('"scenario": "[^/"]+"', assert(file_io.read(name)))
    assert.equal(path, replay.read(name).path)
    assert(replay.write(name, { path = "there/x.lua", seed = 1 }, { writes = 1 }))
    assert.equal("there/x.lua", replay.read(name).path)
  end)

  it("that is something else is refused", function()
    local function problem(text)
      local plan, message = replay.read(written(text))
      assert.is_nil(plan)
      return message
    end
    assert.matches("scenario and seed are missing", problem "{}")
    assert.matches("seed: expected a integer, got string",
      problem '{"scenario": "x.lua", "seed": "1"}')
    problem "[1,"
  end)
end)

describe("check --runs", function()
  local FILES = { ["web.lua"] = ROLLOUT:format(3), ["good.lua"] = ROLLOUT:format(0),
    ["bad.lua"] = "x = = 1" }

  it("finds a failure, tells it, and replay runs it again", function()
    local found = process.run({ "check", "--runs", "20", "--jobs", "2", "web.lua" }, FILES,
      { keep = { "web.replay.json" } })
    assert.equal(1, found.status, found.err)
    assert.matches("\nrun 1 %(seed 1, order 0%) failed: two available: not always so", found.out)
    assert.matches("run it again: wlrun replay web.replay.json\n$", found.out)
    assert.is_nil(found.out:find "not to be seen")
    local files = { ["web.lua"] = FILES["web.lua"], ["r.json"] = found.files["web.replay.json"] }
    local again = process.run({ "replay", "--report", "out.html", "r.json" }, files,
      { keep = { "out.html" } })
    assert.equal(1, again.status, again.err)
    assert.matches("two available: not always so", again.out)
    assert.matches("two available: not always so", again.files["out.html"])
    files["web.lua"] = FILES["good.lua"]
    again = process.run({ "replay", "r.json" }, files)
    assert.equal(2, again.status)
    assert.matches("this is another run: .* has the scenario changed", again.err)
  end)

  it("hands the scenario its arguments, also when it is run again", function()
    local files = { ["x.lua"] = [[
      local word = ...
      cluster { nodes = 1 }
      if arg[1] == "bad" and word == "bad" then always("never so", function() return false end) end
      run "1s"
    ]] }
    assert.equal(0, process.run({ "check", "--runs", "2", "x.lua", "good" }, files).status)
    local found = process.run({ "check", "--runs", "2", "--jobs", "2", "x.lua", "bad" }, files,
      { keep = { "x.replay.json" } })
    assert.equal(1, found.status, found.err)
    files["x.replay.json"] = found.files["x.replay.json"]
    local again = process.run({ "replay", "x.replay.json" }, files)
    assert.equal(1, again.status, again.err)
    assert.matches("never so: not always so", again.out)
  end)

  it("says that no promise was broken", function()
    local found = process.run({ "check", "--runs", "5", "--promise", "all", "--verbose",
      "good.lua" }, FILES)
    assert.equal(0, found.status, found.err)
    assert.matches("^5 runs in %d+%.%d s, %d+ a second; %d+ transitions seen, the last new one in "
      .. "run %d\nno promise was broken\n$", found.out)
  end)

  it("says what is wrong with a scenario", function()
    local found = process.run({ "check", "--runs", "5", "bad.lua" }, FILES)
    assert.equal(2, found.status)
    assert.matches("bad.lua:1: unexpected symbol", found.err)
    found = process.run({ "check", "--runs", "5", "web.yaml" }, FILES)
    assert.matches("%-%-runs is for one scenario", found.err)
  end)
end)
