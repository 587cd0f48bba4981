-- SPDX-License-Identifier: MIT
--- The scheduler alone: pods of one template that all wait at once.
local Cluster = require "wl.cluster"
local host = require "wl.host"

local function template()
  return {
    apiVersion = "v1", kind = "Pod",
    metadata = { generateName = "web-", namespace = "default", labels = { app = "web" },
                 ownerReferences = { { apiVersion = "apps/v1", kind = "ReplicaSet", name = "web",
                                       uid = "web", controller = true } } },
    spec = { containers = { { name = "web", image = "nginx",
      resources = { requests = { cpu = "100m", memory = "100Mi" } } } } },
  }
end

-- Seconds to choose nodes for so many pods and to bind them.
local function run(pods, nodes)
  local cluster = Cluster.new { nodes = nodes, seed = 1 }
  cluster:settle()
  assert(#cluster.server:create_many(template(), pods) == pods)
  collectgarbage()
  local start = host.seconds()
  cluster.scheduler:run(cluster.scheduler.entry.ctx)
  local seconds = host.seconds() - start
  cluster.store:close()
  return seconds
end

return function(bench)
  local small, large = run(15000, 500), run(150000, 5000)
  bench("scheduler.150000", large, "s")
  bench.growth("scheduler", small, large)
end
