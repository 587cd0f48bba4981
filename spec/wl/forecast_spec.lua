-- SPDX-License-Identifier: MIT
--- Forecasts: `wlrun plan`, the verb `plan`, and what they measure.
local Gauge = require "wl.forecast.gauge"
local json = require "wl.json"
local process = require "spec.support.process"

local MANIFEST = [[
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 4
  strategy: {rollingUpdate: {maxSurge: %d, maxUnavailable: %d}}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "%s", resources: {requests: {cpu: %s, memory: 64Mi}}}]}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: 4, selector: {matchLabels: {app: web}}}
]]

local QUOTA = [[
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: small}
spec: {hard: {pods: "4"}}
]]

local FILES = {
  ["old.yaml"] = MANIFEST:format(1, 0, "a:1", "100m"),
  ["surge.yaml"] = MANIFEST:format(1, 0, "a:2", "100m"),
  ["drop.yaml"] = MANIFEST:format(0, 2, "a:2", "100m"),
  ["big.yaml"] = MANIFEST:format(1, 0, "a:2", "100"),
  ["full.yaml"] = MANIFEST:format(1, 0, "a:1", "100m") .. QUOTA,
  ["with.lua"] = 'behave("app=web", { start = "1s", ready = { "4s", "20s" } })\n'
    .. 'at("1s", function() node "node-1":cordon() end)\n',
  ["faults.lua"] = 'chaos { pod_crash = "5 every 1m" }\n',
}

local function plan(...)
  local run = process.run({ "plan", ... }, FILES)
  return run
end

local function plans_of(...)
  local run = plan("-o", "json", "--runs", "5", ...)
  return json.parse(run.out).plans, run
end

describe("wlrun plan", function()
  it("says how long a rollout takes, how few stay and how many there are at once", function()
    local plans, run = plans_of("--with", "with.lua", "old.yaml", "surge.yaml", "drop.yaml")
    assert.equal(0, run.status, run.err)
    local surge, drop = plans[1], plans[2]
    assert.same({ 5, 5 }, { surge.finished, drop.finished })
    assert.is_true(surge.seconds.p50 > drop.seconds.p50)
    assert.is_true(surge.seconds.p5 >= 20 and surge.seconds.p5 <= surge.seconds.p95)
    local function least(one) return one.workloads[1].lowest.least end
    assert.same({ 4, 2 }, { least(surge), least(drop) })
    assert.same({ 0, 0 }, { surge.workloads[1].below, drop.workloads[1].below })
    assert.same({ 0, 5 }, { surge.budgets[1].below, drop.budgets[1].below })
    -- Old pods stay for their grace period, besides the one more.
    assert.is_true(surge.pods.most >= 5)
    assert.equal(surge.pods.most * 100, surge.cpuMilli.most)
    assert.equal(surge.pods.most * 64 * 2 ^ 20, surge.memoryBytes.most)
  end)

  it("is the same again", function()
    local function out()
      return plan("--runs", "3", "--with", "faults.lua", "old.yaml", "surge.yaml").out
    end
    local first = out()
    assert.matches("^FORECAST %(3 RUNS%) ", first)
    assert.equal(first, out())
  end)

  it("has the same seeds for all plans", function()
    local plans = plans_of("--with", "with.lua", "old.yaml", "surge.yaml", "surge.yaml")
    assert.equal(json.format(plans[1]), json.format(plans[2]))
  end)

  it("lets faults strike from the apply on", function()
    local calm = plans_of("old.yaml", "surge.yaml")
    local rough = plans_of("--with", "faults.lua", "old.yaml", "old.yaml", "surge.yaml")
    assert.equal(0, calm[1].workloads[1].below)
    assert.is_true(rough[2].seconds.p95 >= calm[1].seconds.p95)
  end)

  it("says what blocks, and how often, with status 1", function()
    local run = plan("--runs", "4", "--for", "20m", "old.yaml", "big.yaml")
    assert.equal(1, run.status, run.err)
    assert.matches("finished +0 of 4\ntakes, p5 +not done\n", run.out)
    assert.matches("\npast the deadline of Deployment/web +4 of 4\n", run.out)
    assert.matches("4 of 4 runs were not done; what they said:\n", run.out)
    assert.matches("100%%  Deployment/web: ProgressDeadlineExceeded: ", run.out)
    assert.matches("100%%  Pod: FailedScheduling: no node is available: 3 Insufficient", run.out)
  end)

  it("counts what quotas refuse", function()
    FILES["full-2.yaml"] = MANIFEST:format(1, 0, "a:2", "100m") .. QUOTA
    local plans, run = plans_of("--for", "5m", "full.yaml", "full-2.yaml")
    assert.equal(1, run.status)
    assert.same({ 0, 5 }, { plans[1].finished, plans[1].refused })
    assert.is_nil(plans[1].seconds.p50)
    local said = {}
    for _, one in ipairs(plans[1].blockers) do said[one.reason] = one.message end
    assert.matches("exceeded quota: small", said.FailedCreate)
  end)

  it("draws the worst run", function()
    local run = process.run({ "plan", "--runs", "2", "--report", "out.html", "old.yaml",
      "surge.yaml", "drop.yaml" }, FILES, { keep = { "out-1.html", "out-2.html" } })
    assert.equal(0, run.status, run.err)
    assert.matches("Deployment/web", run.files["out-1.html"])
    assert.matches("drop.yaml, the worst of 2 runs", run.files["out-2.html"])
  end)

  it("says what is wrong with its input", function()
    local function problem(...)
      local run = plan(...)
      assert.equal(2, run.status)
      return run.err
    end
    assert.matches("the manifests that there are, and new ones expected", problem "old.yaml")
    assert.matches("%-o yaml: there are table and json",
      problem("-o", "yaml", "old.yaml", "old.yaml"))
    assert.matches("none.yaml", problem("old.yaml", "none.yaml"))
    assert.matches("none.lua", problem("--with", "none.lua", "old.yaml", "surge.yaml"))
    FILES["bad.lua"] = 'behave("app=web", { redy = "1s" })'
    assert.matches("bad.lua:1: .*redy", problem("--with", "bad.lua", "old.yaml", "surge.yaml"))
  end)
end)

describe("the verb plan", function()
  local function run(text)
    FILES["x.lua"] = text
    return process.run({ "x.lua" }, FILES)
  end

  it("forecasts from the present state, and leaves it", function()
    local found = run [[
      behave("app=web", { ready = { "1s", "9s" } })
      apply "old.yaml"
      run "1m"
      local was = get "deploy/web".metadata.resourceVersion
      local a, b = plan("surge.yaml", "drop.yaml", { runs = 4, limit = "30m",
        chaos = { pod_crash = "1 every 1m" } })
      expect(a.finished).is(4)
      expect(a.seconds.p50).above(b.seconds.p50)
      expect(get "deploy/web".metadata.resourceVersion).is(was)
      expect(now()).is(now())
    ]]
    assert.equal(0, found.status, found.err)
    assert.matches("^FORECAST %(4 RUNS%) +surge.yaml +drop.yaml\n", found.out)
  end)

  it("says what is wrong", function()
    assert.matches("x.lua:1: plan: a manifest expected, as in", run "plan()".err)
    assert.matches("x.lua:1: plan: .*there is no fault \"x\"",
      run 'plan("old.yaml", { chaos = { x = 1 } })'.err)
    assert.matches("x.lua:1: plan: .*\"run\"", run 'plan("old.yaml", { run = 3 })'.err)
  end)
end)

describe("what runs said", function()
  it("is told without what differs from run to run", function()
    assert.equal("pod web-* is back", Gauge.plain "pod web-6cc757cd57-x8v2n is back")
    assert.equal("no node is available: 3 x", Gauge.plain "0/3 nodes are available: 3 x")
  end)
end)
