-- SPDX-License-Identifier: MIT
--- A Deployment at the largest size that Kubernetes supports: from apply to all
-- Available, a rolling update at 25%/25%, and down to zero.
local Cluster = require "wl.cluster"
local host = require "wl.host"

local function deployment(replicas)
  return {
    apiVersion = "apps/v1", kind = "Deployment", metadata = { name = "web" },
    spec = {
      replicas = replicas,
      selector = { matchLabels = { app = "web" } },
      template = {
        metadata = { labels = { app = "web" } },
        spec = { containers = { { name = "web", image = "nginx:1.14",
          resources = { requests = { cpu = "100m", memory = "100Mi" } } } } },
      },
    },
  }
end

local function status(cluster) return cluster:get("Deployment", "default", "web").status end

local function rolled_out(cluster, replicas)
  return cluster:run_until("1h", function()
    local seen = status(cluster)
    local object = cluster:get("Deployment", "default", "web")
    return seen.observedGeneration == object.metadata.generation
      and (seen.updatedReplicas or 0) == replicas and (seen.replicas or 0) == replicas
      and (seen.availableReplicas or 0) == replicas
  end)
end

local function timed(work)
  local start = host.seconds()
  assert(work())
  return host.seconds() - start
end

-- Seconds for each of the three phases.
local function run(replicas, nodes)
  local cluster = Cluster.new { nodes = nodes, seed = 1 }
  local seconds = {}
  seconds.apply = timed(function()
    assert(cluster:create(deployment(replicas)))
    return rolled_out(cluster, replicas)
  end)
  seconds.update = timed(function()
    assert(cluster:update(cluster:get("Deployment", "default", "web"), function(draft)
      draft.spec.template.spec.containers[1].image = "nginx:1.16"
    end))
    return rolled_out(cluster, replicas)
  end)
  seconds.zero = timed(function()
    assert(cluster:update(cluster:get("Deployment", "default", "web"), function(draft)
      draft.spec.replicas = 0
    end))
    return rolled_out(cluster, 0) and cluster:run_until("1h", function()
      return cluster.store:all(cluster.server:number(cluster.server:kind "Pod")):count() == 0
    end)
  end)
  cluster.store:close()
  return seconds
end

local function least(times, replicas, nodes)
  local best = run(replicas, nodes)
  for _ = 2, times do
    local again = run(replicas, nodes)
    for phase, seconds in pairs(again) do best[phase] = math.min(best[phase], seconds) end
  end
  return best
end

return function(bench)
  local small = least(2, 15000, 500)
  collectgarbage()
  local large = run(150000, 5000)
  for _, phase in ipairs { "apply", "update", "zero" } do
    bench("deployment." .. phase .. ".150000", large[phase], "s")
    bench.growth("deployment." .. phase, small[phase], large[phase])
  end
  bench("deployment.memory.150000", bench.peak_megabytes(), "MB")
end
