-- SPDX-License-Identifier: MIT
--- Retry policies: what each that ships decides, and what a Job makes of it.
local Cluster = require "wl.cluster"
local policy = require "wl.policy"
local retry = require "wl.retry"
local schema = require "wl.schema"
local time = require "wl.time"
local verbs = require "wl.verbs.nodes"

local NOW = time.parse "2024-01-01T12:00:00Z"

-- What a policy says of the nth failure; `recent`: seconds ago, the latest last.
local function decision(name, params, given)
  local p = require("stdlib.retry." .. name)
  local recent = {}
  for i, ago in ipairs(given.recent or { 0 }) do recent[i] = NOW - ago end
  local complete = { failures = given.failures or 1, total = given.failures or 1, recent = recent,
    failed_at = NOW, now = NOW, exit_code = given.exit_code, ran = 1, since_start = 1,
    params = p.params and schema.normalise(p.params, params or {}) }
  if p.params then schema.default(p.params, complete.params) end
  local said = assert(policy.call(nil, p, nil, "decide", complete))
  if type(said) == "table" then return said.action, said.after end
  return said
end

local function waits(name, params, n)
  local list = {}
  for i = 1, n do list[i] = decision(name, params, { failures = i }) end
  return list
end

describe("retry policies", function()
  it("wait as their names say", function()
    assert.same({ 10, 20, 40, 80, 160, 320, 600, 600 }, waits("exponential", nil, 8))
    assert.same({ 1, 3, 9, 20 }, waits("exponential",
      { baseSeconds = 1, factor = 3, maxSeconds = 20 }, 4))
    assert.same({ 10, 20, 25, 25 }, waits("linear", { maxSeconds = 25 }, 4))
    assert.same({ 7, 7, 7 }, waits("fixed", { delaySeconds = 7 }, 3))
    assert.equal("retry", decision("immediate", nil, {}))
  end)

  it("take a random part off within its bounds", function()
    for i = 1, 50 do
      local wait = decision("exponential", { jitter = 0.5 }, { failures = 3 })
      assert.is_true(wait > 20 - 1e-9 and wait <= 40, i .. ": " .. wait)
    end
  end)

  it("go by the exit code, the first rule first", function()
    local params = { rules = { { codes = { 2, 3 }, action = "fail" },
      { codes = { 3, 75 }, action = "retry", afterSeconds = 60 } } }
    assert.same({ "fail", 0 }, { decision("by_exit_code", params, { exit_code = 3 }) })
    assert.same({ "retry", 60 }, { decision("by_exit_code", params, { exit_code = 75 }) })
    assert.same({ "retry", 10 }, { decision("by_exit_code", params, { exit_code = 9 }) })
    assert.same({ "retry", 10 }, { decision("by_exit_code", params, {}) })
  end)

  it("keep to a budget of failures within a time", function()
    local params = { most = 2, withinSeconds = 100 }
    assert.equal(10, decision("budgeted", params, { recent = { 150, 120, 50, 0 } }))
    assert.equal("fail", (decision("budgeted", params, { recent = { 150, 99, 50, 0 } })))
  end)

  it("open a circuit, and keep it open while tries fail", function()
    local params = { failures = 3, withinSeconds = 60, openSeconds = 300 }
    assert.equal(5, decision("circuit_breaker", params, { recent = { 40, 0 } }))
    assert.equal(5, decision("circuit_breaker", params, { recent = { 61, 40, 0 } }))
    assert.same({ "retry", 300 }, { decision("circuit_breaker", params,
      { recent = { 60, 40, 0 } }) })
    assert.same({ "retry", 300 }, { decision("circuit_breaker", params,
      { recent = { 400, 390, 380, 0 } }) })
  end)
end)

-- ---- Jobs ----

local function job(name, given, spec)
  local object = { apiVersion = "batch/v1", kind = "Job",
    metadata = { name = name, namespace = "default" },
    spec = { retry = given, template = { spec = { restartPolicy = "Never",
      containers = { { name = "main", image = "x" } } } } } }
  for field, x in pairs(spec or {}) do object.spec[field] = x end
  return object
end

local function get(cluster, name) return (cluster.server:get("Job", "default", name)) end

-- When the pods of a Job were made, in seconds after the first.
local function starts(cluster, name)
  local times = {}
  for _, pod in ipairs(cluster:list("Pod", { selector = "job-name=" .. name })) do
    times[#times + 1] = time.parse(pod.metadata.creationTimestamp)
  end
  table.sort(times)
  for i = #times, 1, -1 do times[i] = times[i] - times[1] end
  return times
end

local function play(objects, behaviours, length)
  local cluster = Cluster.new { nodes = 2, seed = 5 }
  for selector, behaviour in pairs(behaviours) do verbs.behave(cluster, selector, behaviour) end
  for _, object in ipairs(objects) do assert(cluster.server:create(object)) end
  cluster:run(length)
  return cluster
end

describe("a Job with a retry policy", function()
  it("starts its pods when the policy says", function()
    local cluster = play({ job("j", { type = "Fixed", fixed = { delaySeconds = 30 } },
      { backoffLimit = 3 }) }, { [""] = { exit = 1, after = 1 } }, "10m")
    -- Made, started after a second, failed a second later, then half a minute.
    assert.same({ 0, 32, 64, 96 }, starts(cluster, "j"))
    assert.equal("BackoffLimitExceeded", get(cluster, "j").status.conditions[1].reason)
    assert.equal(4, #get(cluster, "j").status.retry.recent)
  end)

  it("fails when the policy says so, with its words", function()
    local cluster = play({ job("j", { type = "ByExitCode",
      byExitCode = { rules = { { codes = { 3 }, action = "fail" } } } }) },
      { [""] = { exit = 3 } }, "1m")
    local condition = get(cluster, "j").status.conditions[1]
    assert.same({ "FailureTarget", "RetryPolicy", "exit code 3: fail" },
      { condition.type, condition.reason, condition.message })
    assert.equal(1, get(cluster, "j").status.failed)
  end)

  it("does not count what is ignored", function()
    local cluster = play({ job("j", { type = "ByExitCode", byExitCode = {
      rules = { { codes = { 9 }, action = "ignore" } } } }, { backoffLimit = 0 }) },
      { [""] = { exit = 9, after = 60 } }, "5m")
    local status = get(cluster, "j").status
    assert.is_nil(status.failed)
    assert.is_nil(status.conditions)
    assert.is_true(#starts(cluster, "j") >= 4)
  end)

  it("fails single indexes, and goes on with others", function()
    local cluster = play({ job("j", { type = "ByExitCode", byExitCode = {
      rules = { { codes = { 5 }, action = "fail_index" } }, otherwise = { afterSeconds = 20 } } },
      { completions = 3, parallelism = 3, completionMode = "Indexed", backoffLimitPerIndex = 2 }) },
      { ["batch.kubernetes.io/job-completion-index=1"] = { exit = 5 } }, "2m")
    local status = get(cluster, "j").status
    assert.same({ "0,2", "1", "FailedIndexes" },
      { status.completedIndexes, status.failedIndexes, status.conditions[1].reason })
  end)

  it("waits for each index by itself", function()
    local cluster = play({ job("j", { type = "Linear", linear = { stepSeconds = 20 } },
      { completions = 2, parallelism = 2, completionMode = "Indexed", backoffLimitPerIndex = 9 }) },
      { ["batch.kubernetes.io/job-completion-index=1"] = { exit = 5, after = 1 },
        ["batch.kubernetes.io/job-completion-index=0"] = { exit = 0, after = 300 } }, "2m")
    assert.same({ 0, 0, 22, 64 }, starts(cluster, "j"))
  end)

  it("shares a budget with the other Jobs of its CronJob", function()
    local spec = job("x", { type = "Budgeted", budgeted = { most = 3, delaySeconds = 5 } }).spec
    local cluster = play({ { apiVersion = "batch/v1", kind = "CronJob",
      metadata = { name = "c", namespace = "default" }, spec = { schedule = "* * * * *",
        failedJobsHistoryLimit = 100, jobTemplate = { spec = spec } } } },
      { [""] = { exit = 1, after = 1 } }, "20m")
    local failed, pods = 0, 0
    for _, one in ipairs(cluster:list "Job") do
      failed = failed + (one.status.failed and 1 or 0)
      pods = pods + (one.status.failed or 0)
    end
    -- Three retries in the hour, all of the first Job; then one pod a run.
    assert.is_true(failed >= 18)
    assert.equal(failed + 3, pods)
  end)

  it("is refused with an unknown policy or parameter", function()
    local server = Cluster.new { nodes = 1 }.server
    local _, message = server:create(job("j", { type = "Fixd" }))
    assert.matches('spec.retry.type: Unsupported value: "Fixd"', message)
    _, message = server:create(job("j", { type = "Fixed", fixed = { delay = 3 } }))
    assert.matches("delay", message)
  end)

  it("starts nothing while its policy fails, and goes on when it is mended", function()
    local cluster = Cluster.new { nodes = 2 }
    cluster:add_policy("retry", "Mine", retry "Mine" {
      decide = function(view) return view.nothing.there end })
    verbs.behave(cluster, "", { exit = 1, after = 1 })
    assert(cluster.server:create(job("j", { type = "Mine" })))
    cluster:run "10m"
    local status = get(cluster, "j").status
    assert.same({ 1, nil }, { #starts(cluster, "j"), status.failed })
    local failed = require("wl.conditions").find(status.conditions, "PolicyFailed")
    assert.equal("PolicyError", failed.reason)
    assert.matches("retry_spec.lua:%d+", failed.message)
    cluster:add_policy("retry", "Mine", retry "Mine" { decide = function() return 1 end })
    cluster:run "20m"
    status = get(cluster, "j").status
    assert.equal(7, status.failed)
    assert.is_nil(require("wl.conditions").find(status.conditions, "PolicyFailed"))
  end)
end)
