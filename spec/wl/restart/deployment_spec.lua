-- SPDX-License-Identifier: MIT
-- Deployments and ReplicaSets whose process is stopped at every write and goes on
-- from the objects.
local restarts = require "spec.support.restarts"
local rollout = require "wl.rollout"

local workload, change, set_image = restarts.workload, restarts.change, restarts.set_image
local SLOW = { ["app=web"] = { ready = "2s" } }

-- From the moment that all were there.
local function at_least(n)
  local reached = {}
  return function(cluster)
    local ready = restarts.pods(cluster, restarts.is_ready)
    if ready < n and reached[cluster] then error(("only %d pods are ready"):format(ready), 0) end
    reached[cluster] = reached[cluster] or ready >= n
  end
end

local function at_most(n)
  return function(cluster)
    local there = restarts.pods(cluster, function(pod)
      return not pod.metadata.deletionTimestamp
    end)
    if there > n then error(("%d pods are there"):format(there), 0) end
  end
end

local function both(one, other)
  return function(cluster)
    one(cluster)
    other(cluster)
  end
end

describe("Stopped at any write,", function()
  it("a rolling update keeps its budget and ends", function()
    restarts.check {
      nodes = 2, last = 40, behaviours = SLOW, always = at_most(3),
      objects = { workload("Deployment", "web", { replicas = 2,
        strategy = { rollingUpdate = { maxSurge = 1, maxUnavailable = 0 } } }) },
      actions = { { 10, set_image("Deployment", "web", "app:2") } },
    }
  end)

  it("a rolling update never has fewer pods than it may", function()
    restarts.check {
      nodes = 2, last = 40, behaviours = SLOW, always = both(at_least(2), at_most(4)),
      objects = { workload("Deployment", "web", { replicas = 3, minReadySeconds = 1,
        strategy = { rollingUpdate = { maxSurge = 1, maxUnavailable = 1 } } }) },
      actions = { { 10, set_image("Deployment", "web", "app:2") } },
    }
  end)

  it("Recreate starts the new pods when the old ones are gone", function()
    restarts.check {
      nodes = 1, last = 60, behaviours = { ["app=web"] = { ready = "1s", terminate = "3s" } },
      objects = { workload("Deployment", "web", { replicas = 2,
        strategy = { type = "Recreate" } }) },
      actions = { { 10, set_image("Deployment", "web", "app:2") } },
      always = function(cluster)
        local images = {}
        for _, pod in ipairs(cluster:list "Pod") do images[pod.spec.containers[1].image] = true end
        if images["app:1"] and images["app:2"] then error("both are there", 0) end
      end,
    }
  end)

  it("a rollout is overtaken and scaled in the middle", function()
    restarts.check {
      nodes = 1, last = 40, behaviours = SLOW,
      objects = { workload("Deployment", "web", { replicas = 1, revisionHistoryLimit = 1 }) },
      actions = {
        { 5, set_image("Deployment", "web", "app:2") },
        { 6, change("Deployment", "web", function(draft) draft.spec.replicas = 2 end) },
        { 8, set_image("Deployment", "web", "app:3") },
      },
    }
  end)

  it("a rollout is paused, resumed and undone", function()
    restarts.check {
      nodes = 1, last = 40, behaviours = SLOW,
      objects = { workload("Deployment", "web", { replicas = 1 }) },
      actions = {
        { 5, set_image("Deployment", "web", "app:2") },
        { 6, change("Deployment", "web", function(draft) draft.spec.paused = true end) },
        { 15, change("Deployment", "web", function(draft) draft.spec.paused = nil end) },
        { 25, function(cluster)
          assert(rollout.undo(cluster, (cluster:get("Deployment", nil, "web"))))
        end },
      },
    }
  end)

  it("a rollout that hangs misses its deadline", function()
    restarts.check {
      nodes = 1, last = 60,
      behaviours = { ["app=web"] = { image = "app:2", never_ready = true } },
      objects = { workload("Deployment", "web", { replicas = 2, progressDeadlineSeconds = 20 }) },
      actions = { { 10, set_image("Deployment", "web", "app:2") } },
    }
  end)

  it("a canary goes on at the step it had reached", function()
    restarts.check {
      nodes = 1, last = 60, behaviours = SLOW, always = at_most(3),
      objects = { workload("Deployment", "web", { replicas = 2, strategy = { type = "Canary",
        canary = { maxSurge = 1, maxUnavailable = 0, steps = { { setWeight = 50 },
          { pause = { duration = "10s" } } } } } }) },
      actions = { { 10, set_image("Deployment", "web", "app:2") } },
    }
  end)

  it("a ReplicationController keeps its number", function()
    restarts.check {
      last = 30, actions = { { 5, change("ReplicationController", "web", function(draft)
        draft.spec.replicas = 1
      end) } },
      objects = { { apiVersion = "v1", kind = "ReplicationController", metadata = { name = "web" },
        spec = { replicas = 2, selector = { app = "web" }, template = restarts.template "web" } } },
    }
  end)

  it("a ReplicaSet adopts, replaces and scales", function()
    restarts.check {
      nodes = 1, last = 40,
      objects = { workload("ReplicaSet", "web", { replicas = 3 }),
        { apiVersion = "v1", kind = "Pod", metadata = { name = "stray", labels = { app = "web" } },
          spec = restarts.template("web").spec } },
      actions = {
        { 5, restarts.delete("Pod", "stray") },
        { 15, change("ReplicaSet", "web", function(draft) draft.spec.replicas = 1 end) },
        { 25, change("ReplicaSet", "web", function(draft) draft.spec.replicas = 2 end) },
      },
    }
  end)

  it("a ReplicaSet lets go of a pod whose labels change", function()
    restarts.check {
      nodes = 1, last = 30, objects = { workload("ReplicaSet", "web", { replicas = 2 }) },
      actions = { { 5, function(cluster)
        local pod = cluster:list("Pod", { selector = "app=web" })[1]
        assert(cluster:update(pod, function(draft) draft.metadata.labels.app = "other" end))
      end } },
    }
  end)
end)
