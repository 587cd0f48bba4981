-- SPDX-License-Identifier: MIT
--- Placement policies that ship beside the default one: where pods go.
local Cluster = require "wl.cluster"

local ZONE = "topology.kubernetes.io/zone"

local function deployment(scheduler, replicas, cpu)
  return { apiVersion = "apps/v1", kind = "Deployment",
    metadata = { name = scheduler, namespace = "default" },
    spec = { replicas = replicas, selector = { matchLabels = { app = scheduler } },
      template = { metadata = { labels = { app = scheduler } }, spec = { schedulerName = scheduler,
        containers = { { name = "x", image = "x",
          resources = { requests = { cpu = cpu or "1" } } } } } } } }
end

local function zone_of(cluster, node)
  return (cluster.server:get("Node", nil, node).metadata.labels or {})[ZONE]
end

-- How many pods each node or zone has, the most first; pods that wait count as "".
local function counts(cluster, place)
  local count, list = {}, {}
  for _, pod in ipairs(cluster:list "Pod") do
    local at = pod.spec.nodeName and place(pod.spec.nodeName) or ""
    count[at] = (count[at] or 0) + 1
  end
  for _, n in pairs(count) do list[#list + 1] = n end
  table.sort(list, function(a, b) return a > b end)
  return list, count
end

local function by_node(cluster) return counts(cluster, function(node) return node end) end

local function by_zone(cluster)
  return counts(cluster, function(node) return zone_of(cluster, node) end)
end

local function with(options, ...)
  local cluster = Cluster.new(options)
  for _, object in ipairs { ... } do
    assert(cluster.server:create(object))
    cluster:run(5)
  end
  return cluster
end

describe("placement", function()
  it("pack fills a node before the next", function()
    local cluster = with({ nodes = 4, node = { cpu = "4" } }, deployment("pack", 6))
    assert.same({ 4, 2 }, (by_node(cluster)))
  end)

  it("pack keeps to what pods ask for", function()
    local cluster = with({ nodes = 2, node = { cpu = "4" } }, deployment("pack", 3, "3"))
    local list, count = by_node(cluster)
    assert.same({ 1, 1, 1 }, list)
    assert.equal(1, count[""])
  end)

  it("spread fills the node with the fewest pods", function()
    local cluster = with({ nodes = 3, node = { cpu = "100" } }, deployment("pack", 4, "10m"),
      deployment("spread", 8, "5"))
    assert.same({ 4, 4, 4 }, (by_node(cluster)))
  end)

  it("zones keeps zones even, and lets a pod wait rather than not", function()
    local cluster = Cluster.new { nodes = 0 }
    for i, zone in ipairs { "a", "a", "a", "b", "c" } do
      assert(cluster.server:create { apiVersion = "v1", kind = "Node",
        metadata = { name = "n" .. i, labels = { [ZONE] = zone } },
        status = { allocatable = { cpu = "2", pods = "110" },
          capacity = { cpu = "2", pods = "110" } } })
    end
    assert(cluster.server:create(deployment("zones", 7)))
    cluster:run(30)
    local _, count = by_zone(cluster)
    -- Zones b and c have room for two each; a may have one more than they.
    assert.same({ a = 3, b = 2, c = 2 }, count)
    local set = cluster.server:get("Deployment", "default", "zones")
    assert(cluster.server:change(set, function(draft) draft.spec.replicas = 9 end))
    cluster:run(30)
    _, count = by_zone(cluster)
    assert.equal(2, count[""])
  end)
end)
