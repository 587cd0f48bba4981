-- SPDX-License-Identifier: MIT
--- Deletion orders that a workload names: which of its pods are left.
local Cluster = require "wl.cluster"

local COST = "controller.kubernetes.io/pod-deletion-cost"

local function deployment(order, replicas)
  return { apiVersion = "apps/v1", kind = "Deployment", metadata = { name = "web",
    namespace = "default", annotations = { ["wlrun.dev/deletion-order"] = order } },
    spec = { replicas = replicas, selector = { matchLabels = { app = "web" } },
      template = { metadata = { labels = { app = "web" } },
        spec = { containers = { { name = "x", image = "x" } } } } } }
end

-- The places of the pods that are left of six, of which `mark(draft, place)` marks each;
-- `first` and `later` change the cluster before there are pods, and once there are.
local function left(order, replicas, mark, first, later)
  local cluster = Cluster.new { nodes = 3, seed = 3 }
  local server = cluster.server
  if first then first(cluster) end
  assert(server:create(deployment(order, 6)))
  cluster:run(10)
  local places = {}
  for place, pod in ipairs(cluster:list "Pod") do
    places[pod.metadata.name] = place
    assert(server:change(pod, function(draft)
      if draft.metadata.annotations == nil then draft.metadata.annotations = {} end
      mark(draft, place)
    end))
  end
  cluster:run(1)
  if later then later(cluster) end
  assert(server:change(server:get("Deployment", "default", "web"), function(draft)
    draft.spec.replicas = replicas
  end))
  cluster:run(60)
  local found = {}
  for _, pod in ipairs(cluster:list "Pod") do found[#found + 1] = places[pod.metadata.name] end
  table.sort(found)
  return found, cluster
end

describe("a deletion order", function()
  it("ByCost deletes the cheapest", function()
    assert.same({ 2, 5 }, (left("ByCost", 2, function(draft, place)
      draft.metadata.annotations[COST] = (place == 2 or place == 5) and "10" or "-10"
    end)))
  end)

  it("IdleFirst deletes what does least", function()
    assert.same({ 1, 4, 6 }, (left("IdleFirst", 3, function(draft, place)
      draft.metadata.annotations["wlrun.dev/load"] = place == 1 and "7" or place == 4 and "9"
        or place == 6 and "8" or place == 2 and "3" or nil
    end)))
  end)

  it("Scatter keeps groups equally large", function()
    local function group(place) return place <= 4 and "a" or place == 5 and "b" or "c" end
    local found = left("Scatter", 3, function(draft, place)
      draft.metadata.labels["wlrun.dev/group"] = group(place)
    end)
    local groups = {}
    for i, place in ipairs(found) do groups[i] = group(place) end
    assert.same({ "a", "b", "c" }, groups)
  end)

  it("that is unknown is refused, with those that there are", function()
    local server = Cluster.new({ nodes = 1 }).server
    local made, message = server:create(deployment("Scater", 2))
    assert.is_nil(made)
    assert.truthy(message:find("metadata.annotations[wlrun.dev/deletion-order]: Unsupported value: "
      .. '"Scater": supported values: "ByCost", "IdleFirst", "Kubernetes", "Scatter"', 1, true),
      message)
    assert(server:create(deployment("Scatter", 2)))
    assert.is_nil((server:change(server:get("Deployment", "default", "web"), function(draft)
      draft.metadata.annotations["wlrun.dev/deletion-order"] = "ByCst"
    end)))
  end)

  it("that is not known any more is told, and Kubernetes' is taken", function()
    local found, cluster = left("Gone", 2, function(draft, place)
      draft.metadata.annotations[COST] = (place == 3 or place == 4) and "5" or nil
    end, function(cluster)
      cluster:add_policy("deletion", "Gone", require "stdlib.deletion.scatter")
    end, function(cluster) cluster:add_policy("deletion", "Gone", nil) end)
    assert.same({ 3, 4 }, found)
    local told = cluster.events:list(function(event)
      return event.reason == "UnknownDeletionOrder"
    end)
    assert.matches('there is no deletion order "Gone"', told[1].message)
  end)
end)
