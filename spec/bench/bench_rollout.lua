-- SPDX-License-Identifier: MIT
--- A canary of five steps against a rolling update of the same Deployment, under the
-- same budget: what the steps cost. Processor time, the least of some runs.
local Cluster = require "wl.cluster"
local Metrics = require "wl.metrics"

local CANARY = {
  type = "Canary",
  canary = {
    maxSurge = "25%", maxUnavailable = "25%",
    steps = {
      { setWeight = 10 }, { pause = { duration = "5s" } }, { setWeight = 30 },
      { analysis = { metric = "errors", successCondition = "< 1", count = 3,
        interval = "5s" } },
      { setWeight = 60 },
    },
  },
}

local function deployment(replicas, strategy)
  return {
    apiVersion = "apps/v1", kind = "Deployment", metadata = { name = "web" },
    spec = {
      replicas = replicas, strategy = strategy, selector = { matchLabels = { app = "web" } },
      template = {
        metadata = { labels = { app = "web" } },
        spec = { containers = { { name = "web", image = "web:1" } } },
      },
    },
  }
end

local function is_over(object, replicas)
  local status = object.status
  return status.observedGeneration == object.metadata.generation
    and (status.updatedReplicas or 0) == replicas and (status.replicas or 0) == replicas
    and (status.availableReplicas or 0) == replicas
    and (not status.rollout or status.rollout.phase == "Healthy")
end

local function update(replicas, nodes, strategy)
  local cluster = Cluster.new { nodes = nodes, seed = 1 }
  Metrics.of(cluster):set("errors", {}, 0.1)
  local function get() return cluster:get("Deployment", "default", "web") end
  local function holds() return is_over(get(), replicas) end
  assert(cluster:create(deployment(replicas, strategy)))
  assert(cluster:run_until("1h", holds))
  collectgarbage()
  local start = os.clock()
  assert(cluster:update(get(), function(draft)
    draft.spec.template.spec.containers[1].image = "web:2"
  end))
  assert(cluster:run_until("1h", holds))
  local seconds = os.clock() - start
  cluster.store:close()
  return seconds
end

return function(bench)
  local rolling, canary = math.huge, math.huge
  -- In turn, so that both have the same company.
  for _ = 1, 3 do
    rolling = math.min(rolling, update(150000, 5000))
    canary = math.min(canary, update(150000, 5000, CANARY))
  end
  bench("rollout.rolling.150000", rolling, "s")
  bench("rollout.canary.150000", canary, "s")
  bench("rollout.canary.cost", canary / rolling, "times")
end
