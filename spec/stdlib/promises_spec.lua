-- SPDX-License-Identifier: MIT
--- Promises that ship: kept by what ships, also under faults, and broken by what breaks them.
local checks = require "wl.verbs.checks"
local owner = require "wl.owner"
local scenario = require "wl.scenario"

local function words_of(options)
  local played = scenario.new()
  local words = played:environment()
  words.cluster(options or { nodes = 3, seed = 4 })
  return words, played
end

local function broken(call, ...)
  local ok, problem = pcall(call, ...)
  assert.is_false(ok)
  assert.is_true(checks.is_failure(problem), tostring(problem))
  return tostring(problem)
end

local function pod_of(object, name, annotations)
  return { apiVersion = "v1", kind = "Pod", metadata = { name = name, annotations = annotations,
    labels = { app = object.metadata.name }, ownerReferences = { owner.reference(object) } },
    spec = { containers = { { name = "x", image = "x" } } } }
end

local CRON = [[
apiVersion: batch/v1
kind: CronJob
metadata: { name: c }
spec:
  schedule: "0 0 1 1 *"
  concurrencyPolicy: Forbid
  jobTemplate:
    spec: { template: { spec: { restartPolicy: Never, containers: [ { name: x, image: x } ] } } }
]]

describe("promises that ship", function()
  it("are kept under faults", function()
    for seed = 1, 3 do
      local words, played = words_of { nodes = 4, seed = seed }
      words.promise "all"
      words.behave("", { start = { "1s", "4s" }, ready = { "1s", "9s" }, crash = 0.05 })
      words.Deployment("web", { replicas = 8, image = "nginx:1" })
      words.StatefulSet("db", { replicas = 3, image = "db:1" })
      words.Job("pi", { image = "pi", completions = 12, parallelism = 4,
        completionMode = "Indexed" })
      words.at("40s", function() words.node "node-2":fail() end)
      words.at("8m", function() words.node "node-2":recover() end)
      words.run "30s"
      words.set_image("deploy/web", "web=nginx:2")
      words.run "20m"
      words.delete "sts/db"
      words.run "5m"
      played:finish()
    end
  end)

  it("rollout-budget: too many pods, too few available", function()
    local words = words_of()
    words.Deployment("web", { replicas = 4, image = "nginx:1" })
    words.wait "deploy/web"
    words.promise "rollout-budget"
    local set = words.list("rs")[1]
    assert.matches("^rollout%-budget: broken at .*Deployment default/web keeps 1 available pods, "
      .. "maxUnavailable wants 3", broken(words.scale, set, 1))
    words = words_of()
    words.Deployment("web", { replicas = 4, image = "nginx:1" })
    words.wait "deploy/web"
    words.promise "rollout-budget"
    assert.matches("wants 9 pods, maxSurge allows 5", broken(words.scale, words.list("rs")[1], 9))
  end)

  it("ordinals-in-order: a pod before those below it", function()
    local words = words_of()
    words.StatefulSet("db", { replicas = 1, image = "x" })
    words.wait "sts/db"
    words.promise "ordinals-in-order"
    assert.matches("StatefulSet default/db makes pod 2 before pod 1 is ready",
      broken(words.apply, pod_of(words.get "sts/db", "db-2")))
  end)

  it("forbid-never-overlaps: a second Job", function()
    local words = words_of()
    words.apply(CRON)
    words.promise "forbid-never-overlaps"
    local function job(name)
      return { apiVersion = "batch/v1", kind = "Job", metadata = { name = name,
        ownerReferences = { owner.reference(words.get "cj/c") } },
        spec = words.get "cj/c".spec.jobTemplate.spec }
    end
    words.apply(job "one")
    assert.matches("CronJob default/c has 2 active Jobs under Forbid", broken(words.apply,
      job "two"))
  end)

  it("job-parallelism: too many pods, a completed index", function()
    local words = words_of()
    words.Job("pi", { image = "x", parallelism = 1 })
    words.behave("", { work = "1h" })
    words.run "10s"
    words.promise "job-parallelism"
    assert.matches("Job default/pi has 2 active pods, its parallelism is 1",
      broken(words.apply, pod_of(words.get "job/pi", "more")))
    words = words_of()
    words.Job("pi", { image = "x", completions = 2, parallelism = 3, completionMode = "Indexed" })
    words.behave("batch.kubernetes.io/job-completion-index=1", { work = "1h" })
    words.run "1m"
    words.promise "job-parallelism"
    assert.matches("Job default/pi starts index 0 again", broken(words.apply, pod_of(
      words.get "job/pi", "again", { ["batch.kubernetes.io/job-completion-index"] = "0" })))
  end)

  it("status-is-true: what is not so", function()
    local words, played = words_of()
    words.ReplicaSet("web", { replicas = 2, image = "x" })
    words.run "1m"
    words.promise "status-is-true"
    local cluster = played:default()
    local set = words.get "rs/web"
    local rule = require "stdlib.promises.status_is_true".finish
    local ctx = require("wl.ctx").new(cluster, "spec")
    assert.is_nil(rule(ctx))
    cluster.is_busy = function() return false end
    assert(cluster.server:update_status(set, function(draft) draft.readyReplicas = 7 end))
    assert.matches("ReplicaSet default/web says readyReplicas: 7, there are 2",
      broken(played.finish, played))
  end)

  it("no-orphans: what the collector leaves", function()
    local words, played = words_of()
    words.ConfigMap("gone", { data = {} })
    local references = { { apiVersion = "v1", kind = "ConfigMap", name = "gone", uid =
      words.get "cm/gone".metadata.uid } }
    words.apply { apiVersion = "v1", kind = "Pod", metadata = { name = "left",
      ownerReferences = references }, spec = { containers = { { name = "x", image = "x" } } } }
    local rule = require "stdlib.promises.no_orphans".finish
    local cluster = played:default()
    words.run "2m"
    local ctx = require("wl.ctx").new(cluster, "spec")
    assert.is_nil(rule(ctx))
    words.delete("cm/gone", { propagation = "Orphan" })
    function ctx.by_uid() return nil end
    assert.matches("Pod default/left is left, and its owners are gone", rule(ctx))
  end)

  it("nobody-fights: two writers, to and fro", function()
    local words, played = words_of()
    words.Deployment("web", { replicas = 2, image = "x" })
    words.promise "nobody-fights"
    local cluster = played:default()
    for i = 1, 9 do
      words.at(("%ds"):format(i * 10), function()
        cluster.store:set_writer(i % 2 == 0 and "red" or "blue")
        assert(cluster.server:change(words.get "deploy/web", function(draft)
          draft.spec.replicas = i % 2 == 0 and 2 or 5
        end))
      end)
    end
    assert.matches("red and blue write Deployment default/web to and fro", broken(words.run,
      "5m"))
  end)

  it("are known by name", function()
    local words = words_of()
    local _, problem = pcall(words.promise, "rollout-budgt")
    assert.matches('there is no promise "rollout%-budgt"; did you mean "rollout%-budget"?',
      tostring(problem))
  end)
end)
