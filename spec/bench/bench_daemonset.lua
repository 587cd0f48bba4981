-- SPDX-License-Identifier: MIT
--- A DaemonSet on many nodes: until the controller has made a pod for each, and
-- until all run.
local Cluster = require "wl.cluster"
local Ctx = require "wl.ctx"
local nodes = require "wl.nodes"

local SET = {
  apiVersion = "apps/v1", kind = "DaemonSet", metadata = { name = "agent" },
  spec = {
    selector = { matchLabels = { app = "agent" } },
    template = {
      metadata = { labels = { app = "agent" } },
      spec = { containers = { { name = "agent", image = "agent:1" } } },
    },
  },
}

local function available(cluster)
  return cluster:get("DaemonSet", "default", "agent").status.numberAvailable or 0
end

-- The controller alone: no scheduler, no kubelet.
local function create(cluster, n)
  local server = cluster.server
  local kind = server:kind "DaemonSet"
  assert(cluster:create(SET))
  local ctx = Ctx.new(cluster, "daemonset-controller")
  ctx.now, ctx.source = cluster:now(), cluster.store:reconciles(server:number(kind))
  local pods = ctx:all "Pod"
  repeat
    local object, id = server:get(kind, "default", "agent")
    ctx.key = id
    assert(select(2, kind.reconcile(ctx, object)) == nil)
  until #pods == n
end

-- The whole of it, from the DaemonSet to pods that are all available: seconds.
local function roll_out(seconds, n)
  local cluster = Cluster.new {}
  nodes.install(cluster, { nodes = n })
  cluster:settle()
  return seconds(function()
    assert(cluster:create(SET))
    assert(cluster:run_until("10m", function() return available(cluster) == n end))
  end)
end

return function(bench)
  for _, n in ipairs { 1000, 5000, 50000 } do
    local cluster = Cluster.new {}
    nodes.add(cluster, 1, n)
    bench(("daemonset.create.%d"):format(n), bench.seconds(create, cluster, n), "s")
  end
  local small, large = roll_out(bench.seconds, 5000), roll_out(bench.seconds, 50000)
  bench("daemonset.run.50000", large, "s")
  bench.growth("daemonset.run", small, large)
end
