-- SPDX-License-Identifier: MIT
local Cluster = require "wl.cluster"
local dependencies = require "wl.job.dependencies"
local conditions = require "wl.job.conditions"
local scenario = require "wl.scenario"

local function job(name, depends_on, fields)
  local object = { apiVersion = "batch/v1", kind = "Job", metadata = { name = name,
    annotations = { [dependencies.ANNOTATION] = depends_on } }, spec = {
      backoffLimit = 0, completions = 1,
      template = { metadata = { labels = { job = name } }, spec = { restartPolicy = "Never",
        containers = { { name = "main", image = "image" } } } } } }
  for field, x in pairs(fields or {}) do object.spec[field] = x end
  return object
end

local function open() return scenario.handle(Cluster.new { nodes = 2 }) end

local function condition(c, name)
  return conditions.find(c:get("job/" .. name).status.conditions, "DependenciesMet")
end

local function refusal(c, ...)
  local ok, problem = pcall(c.apply, c, ...)
  assert.is_false(ok)
  return tostring(problem)
end

describe("a Job that depends on others", function()
  it("starts when they are complete", function()
    local c = open()
    c:behave("job=extract", { after = "1m", exit = 0 })
    c:apply { job "extract", job("load", "extract") }
    c:run "30s"
    assert.same(0, #c:list("pods", "job=load"))
    assert.equal("WaitingForDependencies", condition(c, "load").reason)
    assert.equal("waiting for extract to be complete", condition(c, "load").message)
    c:run "2m"
    assert.equal("True", condition(c, "load").status)
    assert.equal("Complete", (conditions.finished(c:get "job/load")))
  end)

  it("says so when it waits in vain", function()
    local c = open()
    c:behave("job=extract", { after = "10s", exit = 1 })
    c:apply { job "extract", job("load", "extract"), job("mend", "extract=failed") }
    c:run "2m"
    assert.same(0, #c:list("pods", "job=load"))
    assert.equal("DependencyFailed", condition(c, "load").reason)
    assert.equal('Job "extract" has ended as failed, not as complete', condition(c, "load").message)
    assert.equal("Complete", (conditions.finished(c:get "job/mend")))
  end)

  it("may wait for one that only has to be ready, or to have ended", function()
    local c = open()
    c:behave("job=db", { ready = "20s", after = "10m" })
    c:behave("job=clean", { after = "30s", exit = 1 })
    c:apply { job "db", job "clean", job("load", "db=ready, clean=finished") }
    c:run "25s"
    assert.equal("waiting for clean to be finished", condition(c, "load").message)
    c:run "1m"
    assert.equal("Complete", (conditions.finished(c:get "job/load")))
  end)

  it("is refused when one is not there", function()
    assert.matches('metadata.annotations%[wlrun.dev/depends%-on%]: Not found: "extract"',
      refusal(open(), job("load", "extract")))
  end)

  it("is refused when it would wait for itself, with the way round", function()
    local c = open()
    assert.matches("the Jobs wait for each other: a %-> c %-> b %-> a",
      refusal(c, { job("a", "c"), job("b", "a"), job("c", "b") }))
    assert.is_false(c:exists "job/a")
    assert.matches("the Jobs wait for each other: a %-> a", refusal(c, job("a", "a")))
  end)

  it("is refused when what it depends on cannot be read", function()
    assert.matches("must be a list of Jobs", refusal(open(), job("a", "b=done")))
    assert.matches("must be a list of Jobs", refusal(open(), job("a", "b,,c")))
  end)

  it("tells of a circle that comes about later, and of a Job that goes", function()
    local c = open()
    c:behave("", { after = "10m" })
    c:apply { job "first", job("a", "first"), job("b", "a") }
    c:run "1s"
    c:annotate("job/a", { [dependencies.ANNOTATION] = "b" })
    c:run "1s"
    assert.equal("DependencyCycle", condition(c, "a").reason)
    assert.equal("the Jobs wait for each other: a -> b -> a", condition(c, "a").message)
    c:annotate("job/a", { [dependencies.ANNOTATION] = "first" })
    c:delete "job/first"
    c:run "2m"
    assert.equal("DependencyMissing", condition(c, "a").reason)
  end)
end)
