-- SPDX-License-Identifier: MIT
local Cluster = require "wl.cluster"

local function container(name, requests, limits)
  return { name = name, image = "a", resources = { requests = requests, limits = limits } }
end

local cluster

local function quota(hard, more)
  local spec = { hard = hard }
  for field, x in pairs(more or {}) do spec[field] = x end
  return assert(cluster:create { apiVersion = "v1", kind = "ResourceQuota",
    metadata = { name = "q" }, spec = spec })
end

local function pod(name, containers, more)
  local spec = { containers = containers or { container "a" } }
  for field, x in pairs(more or {}) do spec[field] = x end
  return cluster:create { apiVersion = "v1", kind = "Pod", metadata = { name = name },
    spec = spec }
end

local function used()
  cluster:settle()
  local map = {}
  for name, text in pairs(cluster:get("ResourceQuota", nil, "q").status.used) do
    map[name] = text
  end
  return map
end

describe("a ResourceQuota", function()
  before_each(function() cluster = Cluster.new { nodes = 0 } end)

  it("lets in so many, and tells what is used", function()
    quota { pods = 2 }
    assert(pod "a")
    assert(pod "b")
    local made, message, code = pod "c"
    assert.is_nil(made)
    assert.equal('pods "c" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, '
      .. 'limited: pods=2', message)
    assert.equal("Forbidden", code)
    assert.same({ pods = "2" }, used())
    assert(cluster:delete((cluster:get("Pod", nil, "a"))))
    assert.same({ pods = "1" }, used())
    assert(pod "c")
  end)

  it("counts what was there before it", function()
    assert(pod("a", { container("a", { cpu = "300m", memory = "1Gi" }) }))
    quota { ["requests.cpu"] = "1", memory = "2Gi" }
    local made, message = pod("b", { container("b", { cpu = "800m", memory = "512Mi" }) })
    assert.is_nil(made)
    assert.matches("requested: requests.cpu=800m, used: requests.cpu=300m, limited: requests.cpu=1",
      message, 1, true)
    assert.same({ ["requests.cpu"] = "300m", memory = "1Gi" }, used())
  end)

  it("wants to be told what it counts", function()
    quota { ["limits.cpu"] = "1", ["requests.memory"] = "1Gi" }
    local made, message = pod("a", { container("x", { memory = "1Mi" }), container "y" })
    assert.is_nil(made)
    assert.equal('pods "a" is forbidden: failed quota: q: must specify limits.cpu for: x,y; '
      .. 'requests.memory for: y', message)
  end)

  it("holds up a ReplicaSet, which goes on when there is room", function()
    local object = quota { pods = 3 }
    assert(cluster:create { apiVersion = "apps/v1", kind = "ReplicaSet",
      metadata = { name = "web" },
      spec = { replicas = 5, selector = { matchLabels = { app = "web" } },
        template = { metadata = { labels = { app = "web" } },
          spec = { containers = { container "a" } } } } })
    cluster:settle()
    assert.equal(3, #cluster:list "Pod")
    assert.same({ pods = "3" }, used())
    local told = cluster.events:about(cluster:get("ReplicaSet", nil, "web"))
    local text = told[#told].message
    assert.matches("exceeded quota: q, requested: pods=1, used: pods=3, limited: pods=3", text, 1,
      true)
    assert(cluster:update((cluster:get("ResourceQuota", nil, object.metadata.name)),
      function(draft) draft.spec.hard.pods = "10" end))
    cluster:run "5m"
    assert.equal(5, #cluster:list "Pod")
  end)

  it("does not count pods that have ended, but objects it does", function()
    quota { pods = 1, ["count/pods"] = 2 }
    local first = assert(pod "a")
    assert(cluster:update_status(first, { phase = "Succeeded" }))
    cluster:settle()
    assert(pod "b")
    assert.same({ pods = "1", ["count/pods"] = "2" }, used())
    local made, message = pod "c"
    assert.is_nil(made)
    assert.matches("requested: count/pods=1,pods=1", message, 1, true)
  end)

  it("counts services, claims, and any kind", function()
    quota { services = 5, ["services.nodeports"] = 2, ["requests.storage"] = "10Gi",
      ["count/deployments.apps"] = 0, configmaps = 1 }
    assert(cluster:create { apiVersion = "v1", kind = "Service", metadata = { name = "s" },
      spec = { type = "NodePort", ports = { { name = "a", port = 1 },
        { name = "b", port = 2 } } } })
    assert(cluster:create { apiVersion = "v1", kind = "PersistentVolumeClaim",
      metadata = { name = "c" }, spec = { accessModes = { "ReadWriteOnce" },
        resources = { requests = { storage = "8Gi" } } } })
    assert.same({ services = "1", ["services.nodeports"] = "2", ["requests.storage"] = "8Gi",
      ["count/deployments.apps"] = "0", configmaps = "0" }, used())
    assert.is_nil((cluster:create { apiVersion = "apps/v1", kind = "Deployment",
      metadata = { name = "d" }, spec = { selector = { matchLabels = { a = "b" } },
        template = { metadata = { labels = { a = "b" } },
          spec = { containers = { container "a" } } } } }))
  end)

  it("counts a change by its difference", function()
    quota { ["services.nodeports"] = 1, services = 1 }
    local service = assert(cluster:create { apiVersion = "v1", kind = "Service",
      metadata = { name = "s" }, spec = { ports = { { name = "a", port = 1 },
        { name = "b", port = 2 } } } })
    local made, message = cluster:update(service, function(draft) draft.spec.type = "NodePort" end)
    assert.is_nil(made)
    assert.matches("requested: services.nodeports=2, used: services.nodeports=0", message, 1, true)
  end)

  it("is about what its scopes say", function()
    quota({ pods = 1 }, { scopes = { "BestEffort" } })
    assert(pod "a")
    assert.is_nil((pod "b"))
    assert(pod("c", { container("c", { cpu = "1m" }) }))
    assert.same({ pods = "1" }, used())
  end)

  it("may be about classes of priority", function()
    for _, class in ipairs { "low", "high" } do
      assert(cluster:create { apiVersion = "scheduling.k8s.io/v1", kind = "PriorityClass",
        metadata = { name = class }, value = class == "high" and 10 or 1 })
    end
    quota({ pods = 0 }, { scopeSelector = { matchExpressions = {
      { scopeName = "PriorityClass", operator = "In", values = { "high" } } } } })
    assert(pod("a", nil, { priorityClassName = "low" }))
    assert.is_nil((pod("b", nil, { priorityClassName = "high" })))
  end)
end)

describe("a LimitRange", function()
  before_each(function() cluster = Cluster.new { nodes = 0 } end)

  local function limits(...)
    assert(cluster:create { apiVersion = "v1", kind = "LimitRange", metadata = { name = "l" },
      spec = { limits = { ... } } })
  end

  it("gives containers what they do not ask for", function()
    limits { type = "Container", default = { cpu = "1", memory = "1Gi" },
      defaultRequest = { cpu = "100m" } }
    local made = assert(pod("a", { container("x", { cpu = "200m" }) }))
    local resources = made.spec.containers[1].resources
    assert.equal("200m", resources.requests.cpu)
    assert.equal("1", resources.limits.cpu)
    assert.equal("1Gi", resources.limits.memory)
    assert.equal("LimitRanger plugin set: memory request for container x; "
      .. "cpu, memory limit for container x",
      made.metadata.annotations["kubernetes.io/limit-ranger"])
  end)

  local function refusal(...)
    local made, message = pod(...)
    assert.is_nil(made)
    return message:match "is forbidden: (.*)"
  end

  it("bounds what a container may ask for", function()
    limits { type = "Container", min = { cpu = "100m" }, max = { cpu = "1" } }
    assert.equal("minimum cpu usage per Container is 100m, but request is 50m",
      refusal("a", { container("x", { cpu = "50m" }) }))
    assert.equal("maximum cpu usage per Container is 1, but limit is 2",
      refusal("a", { container("x", { cpu = "1" }, { cpu = "2" }) }))
    assert.equal("[minimum cpu usage per Container is 100m, but request is 50m, "
      .. "maximum cpu usage per Container is 1, but limit is 2]",
      refusal("a", { container("x", { cpu = "50m" }, { cpu = "2" }) }))
    assert(pod("a", { container("x", { cpu = "500m" }) }))
  end)

  it("bounds what a pod may ask for in all", function()
    limits { type = "Pod", max = { memory = "1Gi" } }
    assert.equal("maximum memory usage per Pod is 1Gi.  No limit is specified", refusal "a")
    assert.equal("maximum memory usage per Pod is 1Gi, but limit is 1536Mi", refusal("a", {
      container("x", nil, { memory = "1Gi" }), container("y", nil, { memory = "512Mi" }) }))
  end)

  it("bounds how far a limit is from its request", function()
    limits { type = "Container", maxLimitRequestRatio = { cpu = "2" } }
    assert.equal("cpu max limit to request ratio per Container is 2, "
      .. "but provided ratio is 4.000000",
      refusal("a", { container("x", { cpu = "250m" }, { cpu = "1" }) }))
    assert.equal("cpu max limit to request ratio per Container is 2, "
      .. "but no request is specified or request is 0", refusal("a", { container "x" }))
  end)

  it("bounds what a claim may ask for", function()
    limits { type = "PersistentVolumeClaim", min = { storage = "1Gi" }, max = { storage = "2Gi" } }
    local made, message = cluster:create { apiVersion = "v1", kind = "PersistentVolumeClaim",
      metadata = { name = "c" }, spec = { accessModes = { "ReadWriteOnce" },
        resources = { requests = { storage = "3Gi" } } } }
    assert.is_nil(made)
    assert.equal('persistentvolumeclaims "c" is forbidden: maximum storage usage per '
      .. 'PersistentVolumeClaim is 2Gi, but request is 3Gi', message)
  end)
end)
