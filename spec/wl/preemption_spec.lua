-- SPDX-License-Identifier: MIT
local Cluster = require "wl.cluster"
local conditions = require "wl.conditions"

local NODE = { cpu = "2", memory = "4Gi" }

describe("preemption", function()
  local cluster

  before_each(function()
    cluster = Cluster.new { nodes = 2, node = NODE }
    for name, priority in pairs { low = 1, high = 1000 } do
      assert(cluster:create { apiVersion = "scheduling.k8s.io/v1", kind = "PriorityClass",
        metadata = { name = name }, value = priority })
    end
    assert(cluster:create { apiVersion = "scheduling.k8s.io/v1", kind = "PriorityClass",
      metadata = { name = "polite" }, value = 1000, preemptionPolicy = "Never" })
  end)

  local function pod(name, class, cpu, more)
    local spec = { priorityClassName = class, containers = { { name = "a", image = "a",
      resources = { requests = { cpu = cpu } } } } }
    for field, x in pairs(more or {}) do spec[field] = x end
    assert(cluster:create { apiVersion = "v1", kind = "Pod",
      metadata = { name = name, labels = { app = name:match "^%a+" } }, spec = spec })
    cluster:settle()
  end

  local function get(name) return (cluster:get("Pod", nil, name)) end

  local function is_leaving(name) return get(name).metadata.deletionTimestamp ~= nil end

  it("makes room for the more urgent", function()
    pod("a1", "low", "1500m")
    pod("b1", "low", "1500m")
    cluster:run "10s"
    pod("urgent", "high", "1")
    assert.is_true(is_leaving "a1" ~= is_leaving "b1", "one of them goes")
    local victim = is_leaving "a1" and "a1" or "b1"
    local node = get(victim).spec.nodeName
    assert.equal(node, get("urgent").status.nominatedNodeName)
    local target = conditions.find(get(victim).status.conditions, "DisruptionTarget")
    assert.equal("PreemptionByScheduler", target.reason)
    local told = cluster.events:list(function(event) return event.reason == "Preempted" end)
    assert.equal(1, #told)
    cluster:run "1m"
    assert.equal(node, get("urgent").spec.nodeName)
    assert.is_nil(get(victim))
  end)

  it("takes no more than it needs, and the least urgent", function()
    for i = 1, 4 do pod("a" .. i, i == 1 and "low" or nil, "900m") end
    cluster:run "10s"
    local node = get("a1").spec.nodeName
    pod("urgent", "high", "1")
    local leaving = {}
    for i = 1, 4 do
      if is_leaving("a" .. i) then leaving[#leaving + 1] = "a" .. i end
    end
    assert.equal(1, #leaving)
    assert.not_equal("a1", leaving[1], "those without a class are less urgent")
    assert.truthy(node)
  end)

  it("is not for those who decline it, nor for the less urgent", function()
    pod("a1", "low", "1500m")
    pod("b1", "low", "1500m")
    cluster:run "10s"
    pod("polite", "polite", "1")
    pod("plain", nil, "1")
    pod("same", "low", "1")
    assert.is_false(is_leaving "a1")
    assert.is_false(is_leaving "b1")
    local said = conditions.find(get("polite").status.conditions, "PodScheduled")
    assert.matches("preemption: not eligible due to preemptionPolicy=Never.", said.message, 1, true)
  end)

  it("does not help where nothing would fit", function()
    pod("a1", "low", "1")
    cluster:run "10s"
    pod("huge", "high", "64")
    assert.is_false(is_leaving "a1")
    assert.is_nil(get("huge").status.nominatedNodeName)
  end)

  it("spares pods that a disruption budget protects, where it can", function()
    pod("kept", "low", "1500m")
    pod("free", "low", "1500m")
    assert(cluster:create { apiVersion = "policy/v1", kind = "PodDisruptionBudget",
      metadata = { name = "kept" },
      spec = { minAvailable = 1, selector = { matchLabels = { app = "kept" } } } })
    cluster:run "10s"
    pod("urgent", "high", "1")
    assert.is_true(is_leaving "free")
    assert.is_false(is_leaving "kept")
  end)

  it("lets a budget protect the least important, once the others use it up", function()
    assert(cluster:update((cluster:get("Node", nil, "node-2")), function(draft)
      draft.spec.unschedulable = true
    end))
    pod("kept1", nil, "900m")
    pod("kept2", "low", "900m")
    assert(cluster:create { apiVersion = "policy/v1", kind = "PodDisruptionBudget",
      metadata = { name = "kept" },
      spec = { minAvailable = 1, selector = { matchLabels = { app = "kept" } } } })
    cluster:run "10s"
    pod("urgent", "high", "1")
    assert.is_true(is_leaving "kept2")
    assert.is_false(is_leaving "kept1")
  end)

  it("has no budget that selects everything", function()
    assert(cluster:create { apiVersion = "v1", kind = "Namespace", metadata = { name = "n" } })
    assert(cluster:create { apiVersion = "v1", kind = "Pod",
      metadata = { name = "other", namespace = "n" }, spec = { priorityClassName = "low",
        containers = { { name = "a", image = "a",
          resources = { requests = { cpu = "1500m" } } } } } })
    pod("kept", nil, "1500m")
    assert(cluster:create { apiVersion = "policy/v1", kind = "PodDisruptionBudget",
      metadata = { name = "all" }, spec = { minAvailable = 1, selector = {} } })
    cluster:run "10s"
    pod("urgent", "high", "1")
    assert.is_true(is_leaving "kept")
  end)

  it("keeps the room for whom it was made", function()
    assert(cluster:update((cluster:get("Node", nil, "node-2")), function(draft)
      draft.spec.unschedulable = true
    end))
    cluster.kubelet:behave("app=a", { ignore_term = true }, {}, 1)
    pod("a1", "low", "900m", { terminationGracePeriodSeconds = 5 })
    pod("a2", "low", "900m", { terminationGracePeriodSeconds = 40 })
    cluster:run "10s"
    pod("urgent", "high", "1800m")
    pod("small", "low", "500m")
    cluster:run "20s"
    assert.is_nil(get "a1")
    assert.is_nil(get("small").spec.nodeName)
    cluster:run "1m"
    assert.equal("node-1", get("urgent").spec.nodeName)
  end)

  it("makes room for each of several", function()
    for i = 1, 4 do pod("a" .. i, "low", "900m") end
    cluster:run "10s"
    assert(cluster:create { apiVersion = "apps/v1", kind = "ReplicaSet",
      metadata = { name = "urgent" }, spec = { replicas = 3,
        selector = { matchLabels = { app = "urgent" } },
        template = { metadata = { labels = { app = "urgent" } },
          spec = { priorityClassName = "high", containers = { { name = "a", image = "a",
            resources = { requests = { cpu = "900m" } } } } } } } })
    cluster:run "2m"
    assert.equal(3, cluster:get("ReplicaSet", nil, "urgent").status.readyReplicas)
    local left = 0
    for i = 1, 4 do left = left + (get("a" .. i) and 1 or 0) end
    assert.equal(1, left)
  end)
end)
