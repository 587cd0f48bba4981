-- SPDX-License-Identifier: MIT
-- Claims and their volumes: when they are bound, to what, and what keeps them.
local Cluster = require "wl.cluster"

local function object(api, kind, name, fields)
  local made = { apiVersion = api, kind = kind, metadata = { name = name } }
  for field, x in pairs(fields or {}) do made[field] = x end
  return made
end

local function claim(name, fields)
  local spec = { accessModes = { "ReadWriteOnce" }, resources = { requests = { storage = "1Gi" } } }
  for field, x in pairs(fields or {}) do spec[field] = x end
  return object("v1", "PersistentVolumeClaim", name, { spec = spec })
end

local function volume(name, fields)
  local spec = { accessModes = { "ReadWriteOnce" }, capacity = { storage = "1Gi" },
    storageClassName = "slow", hostPath = { path = "/" .. name } }
  for field, x in pairs(fields or {}) do spec[field] = x end
  return object("v1", "PersistentVolume", name, { spec = spec })
end

local function class(name, provisioner, mode)
  return object("storage.k8s.io/v1", "StorageClass", name,
    { provisioner = provisioner, volumeBindingMode = mode })
end

local function pod(name, claim_name, fields)
  local spec = { containers = { { name = "c", image = "i" } },
    volumes = { { name = "data", persistentVolumeClaim = { claimName = claim_name } } } }
  for field, x in pairs(fields or {}) do spec[field] = x end
  return object("v1", "Pod", name, { spec = spec })
end

local function on(node)
  return { required = { nodeSelectorTerms = { { matchExpressions = {
    { key = "kubernetes.io/hostname", operator = "In", values = { node } } } } } } }
end

local function cluster_with(...)
  local cluster = Cluster.new { nodes = 2 }
  for _, one in ipairs { ... } do assert(cluster:create(one)) end
  cluster:run(5)
  return cluster
end

local function get(cluster, kind, name) return (cluster:get(kind, nil, name)) end

local function delete(cluster, kind, name)
  assert(cluster:delete(get(cluster, kind, name)))
  cluster:run(1)
end

local function told(cluster, reason)
  return #cluster.events:list(function(event) return event.reason == reason end) > 0
end

describe("A claim", function()
  it("of the default class gets a volume that is made for it", function()
    local cluster = cluster_with(claim "data")
    local bound = get(cluster, "PersistentVolumeClaim", "data")
    assert.are.equal("Bound", bound.status.phase)
    assert.are.equal("pvc-" .. bound.metadata.uid, bound.spec.volumeName)
    local annotations = bound.metadata.annotations
    assert.are.equal("yes", annotations["pv.kubernetes.io/bind-completed"])
    assert.are.equal("yes", annotations["pv.kubernetes.io/bound-by-controller"])
    assert.are.equal("wlrun.dev/disk", annotations["volume.kubernetes.io/storage-provisioner"])
  end)

  it("gets the smallest volume that is large enough", function()
    local cluster = cluster_with(volume("big", { capacity = { storage = "9Gi" } }),
      volume("tiny", { capacity = { storage = "1Mi" } }), volume("fit"),
      claim("data", { storageClassName = "slow" }))
    assert.are.equal("fit", get(cluster, "PersistentVolumeClaim", "data").spec.volumeName)
    assert.are.equal("Available", get(cluster, "PersistentVolume", "big").status.phase)
  end)

  it("gets the volume that is promised to it, unless that is too small", function()
    local to = { claimRef = { namespace = "default", name = "data" } }
    local cluster = cluster_with(volume "first", volume("promised", to),
      claim("data", { storageClassName = "slow" }))
    assert.are.equal("promised", get(cluster, "PersistentVolumeClaim", "data").spec.volumeName)
    to.capacity = { storage = "1Mi" }
    cluster = cluster_with(volume("promised", to), volume "other",
      claim("data", { storageClassName = "slow" }))
    assert.are.equal("other", get(cluster, "PersistentVolumeClaim", "data").spec.volumeName)
  end)

  it("may wait for its first pod, and is bound when that has a node", function()
    local cluster = cluster_with(class("late", "example.com/disk", "WaitForFirstConsumer"),
      claim("data", { storageClassName = "late" }))
    assert.are.equal("Pending", get(cluster, "PersistentVolumeClaim", "data").status.phase)
    assert.is_true(told(cluster, "WaitForFirstConsumer"))
    assert(cluster:create(pod("web", "data", { nodeName = "node-2" })))
    cluster:run(5)
    local bound = get(cluster, "PersistentVolumeClaim", "data")
    assert.are.equal("Bound", bound.status.phase)
    assert.are.equal("node-2",
      bound.metadata.annotations["volume.kubernetes.io/selected-node"])
  end)

  it("that waits gets a volume that its pod's node can reach", function()
    local cluster = cluster_with(class("local", "kubernetes.io/no-provisioner",
        "WaitForFirstConsumer"),
      volume("on-1", { storageClassName = "local", nodeAffinity = on "node-1" }),
      volume("on-2", { storageClassName = "local", nodeAffinity = on "node-2" }),
      claim("data", { storageClassName = "local" }), pod("web", "data", { nodeName = "node-2" }))
    assert.are.equal("on-2", get(cluster, "PersistentVolumeClaim", "data").spec.volumeName)
  end)

  it("stays while a pod uses it", function()
    local cluster = cluster_with(claim "data", pod("web", "data"))
    delete(cluster, "PersistentVolumeClaim", "data")
    local there = get(cluster, "PersistentVolumeClaim", "data")
    assert.is_truthy(there.metadata.deletionTimestamp)
    assert.are.equal("kubernetes.io/pvc-protection", there.metadata.finalizers[1])
    delete(cluster, "Pod", "web")
    cluster:run(40)
    assert.is_nil(get(cluster, "PersistentVolumeClaim", "data"))
    assert.are.equal(0, #cluster:list "PersistentVolume")
  end)

  it("that no pod uses goes at once", function()
    local cluster = cluster_with(claim "data", pod("web", "other"))
    delete(cluster, "PersistentVolumeClaim", "data")
    assert.is_nil(get(cluster, "PersistentVolumeClaim", "data"))
  end)

  it("is lost with its volume", function()
    local cluster = cluster_with(claim "data")
    local name = get(cluster, "PersistentVolumeClaim", "data").spec.volumeName
    assert(cluster:update(get(cluster, "PersistentVolume", name), function(draft)
      draft.metadata.finalizers = nil
    end))
    delete(cluster, "PersistentVolume", name)
    assert.are.equal("Lost", get(cluster, "PersistentVolumeClaim", "data").status.phase)
    assert.is_true(told(cluster, "ClaimLost"))
  end)
end)

describe("A volume", function()
  it("stays while a claim has it", function()
    local cluster = cluster_with(claim "data")
    local name = get(cluster, "PersistentVolumeClaim", "data").spec.volumeName
    delete(cluster, "PersistentVolume", name)
    assert.is_truthy(get(cluster, "PersistentVolume", name).metadata.deletionTimestamp)
    assert.are.equal("Bound", get(cluster, "PersistentVolumeClaim", "data").status.phase)
    delete(cluster, "PersistentVolumeClaim", "data")
    assert.is_nil(get(cluster, "PersistentVolume", name))
  end)

  it("that is kept is offered again when its claim is forgotten", function()
    local cluster = cluster_with(volume("disk", { persistentVolumeReclaimPolicy = "Retain" }),
      claim("data", { storageClassName = "slow" }))
    delete(cluster, "PersistentVolumeClaim", "data")
    local disk = get(cluster, "PersistentVolume", "disk")
    assert.are.equal("Released", disk.status.phase)
    assert(cluster:update(disk, function(draft) draft.spec.claimRef = nil end))
    cluster:run(1)
    assert.are.equal("Available", get(cluster, "PersistentVolume", "disk").status.phase)
  end)
end)

describe("A pod with a claim", function()
  local function condition(cluster, name)
    for _, one in ipairs(get(cluster, "Pod", name).status.conditions) do
      if one.type == "PodScheduled" then return one end
    end
  end

  local HELPLESS = " preemption: 0/2 nodes are available: "
    .. "2 Preemption is not helpful for scheduling."

  it("that is not there waits for it", function()
    local cluster = cluster_with(pod("web", "data"))
    assert.are.equal('0/2 nodes are available: persistentvolumeclaim "data" not found.' .. HELPLESS,
      condition(cluster, "web").message)
    assert.are.equal(0, #cluster:list "StorageClass")
    assert(cluster:create(claim "data"))
    cluster:run(1)
    assert.are.equal("True", condition(cluster, "web").status)
  end)

  it("waits until it is bound, or made to be", function()
    local cluster = cluster_with(claim("data", { storageClassName = "slow" }), pod("web", "data"))
    assert.are.equal("0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims."
      .. HELPLESS, condition(cluster, "web").message)
    assert(cluster:create(volume "disk"))
    cluster:run(1)
    assert.are.equal("True", condition(cluster, "web").status)
  end)

  it("goes where the volume is", function()
    local cluster = cluster_with(volume("disk", { nodeAffinity = on "node-2" }),
      claim("data", { storageClassName = "slow" }), pod("web", "data"))
    assert.are.equal("node-2", get(cluster, "Pod", "web").spec.nodeName)
    assert(cluster:create(pod("other", "data", { nodeSelector = {
      ["kubernetes.io/hostname"] = "node-1" } })))
    cluster:run(1)
    assert.are.equal("0/2 nodes are available: 1 node(s) didn't match PersistentVolume's node "
      .. "affinity, 1 node(s) didn't match Pod's node affinity/selector." .. HELPLESS,
      condition(cluster, "other").message)
  end)

  it("that waits for it goes where there is a free volume, each to its own", function()
    local local_class = { storageClassName = "local" }
    local beside = { affinity = { podAffinity = {
      preferredDuringSchedulingIgnoredDuringExecution = { { weight = 100, podAffinityTerm = {
        labelSelector = {}, topologyKey = "kubernetes.io/hostname" } } } } } }
    local cluster = cluster_with(class("local", "kubernetes.io/no-provisioner",
        "WaitForFirstConsumer"),
      volume("on-1", { storageClassName = "local", nodeAffinity = on "node-1" }),
      volume("on-2", { storageClassName = "local", nodeAffinity = on "node-2" }),
      claim("a", local_class), claim("b", local_class), claim("c", local_class),
      pod("first", "a", beside), pod("second", "b", beside))
    assert.are_not.equal(get(cluster, "Pod", "first").spec.nodeName,
      get(cluster, "Pod", "second").spec.nodeName)
    assert(cluster:create(pod("third", "c")))
    cluster:run(1)
    assert.are.equal("0/2 nodes are available: 2 node(s) didn't find available persistent volumes "
      .. "to bind." .. HELPLESS, condition(cluster, "third").message)
  end)

  it("that is being deleted is not started", function()
    local cluster = cluster_with(claim "data", pod("web", "data"))
    delete(cluster, "PersistentVolumeClaim", "data")
    assert(cluster:create(pod("late", "data")))
    cluster:run(1)
    assert.matches('persistentvolumeclaim "data" is being deleted',
      condition(cluster, "late").message, 1, true)
  end)
end)
