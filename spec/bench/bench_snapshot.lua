-- SPDX-License-Identifier: MIT
--- The state of a cluster with 50,000 pods: taken, taken as it was 40,000 writes
-- ago, and gone on from until its controllers are at rest.
local Cluster = require "wl.cluster"

local PODS, BACK = 50000, 40000

local function rolled_out()
  local cluster = Cluster.new { nodes = 1000 }
  assert(cluster:create { apiVersion = "apps/v1", kind = "Deployment", metadata = { name = "web" },
    spec = { replicas = PODS, selector = { matchLabels = { app = "web" } },
      template = { metadata = { labels = { app = "web" } },
        spec = { containers = { { name = "c", image = "app:1" } } } } } })
  cluster:run(60)
  return cluster
end

return function(bench)
  local cluster = rolled_out()
  local shot = cluster:snapshot()
  bench("snapshot.take", bench.best(3, function() cluster:snapshot() end), "s")
  bench("snapshot.before", bench.best(3, function()
    assert(cluster:snapshot(cluster.store:revision() - BACK))
  end), "s")
  bench("snapshot.go_on", bench.best(3, function()
    local other = Cluster.restore(shot)
    other:settle()
    assert(other.store:revision() == cluster.store:revision())
    other.store:close()
  end), "s")
end
