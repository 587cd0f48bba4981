-- SPDX-License-Identifier: MIT
-- The default service account of each namespace, and pods that name another.
local Cluster = require "wl.cluster"

local function pod(account, fields)
  local made = { apiVersion = "v1", kind = "Pod", metadata = { name = "p" },
    spec = { serviceAccountName = account, containers = { { name = "c", image = "i" } } } }
  for field, x in pairs(fields or {}) do made.spec[field] = x end
  return made
end

local function account(name, fields)
  local made = { apiVersion = "v1", kind = "ServiceAccount", metadata = { name = name } }
  for field, x in pairs(fields or {}) do made[field] = x end
  return made
end

local function names(cluster)
  local list = {}
  for i, one in ipairs(cluster:list "ServiceAccount") do
    list[i] = one.metadata.namespace .. "/" .. one.metadata.name
  end
  return list
end

describe("Service accounts:", function()
  it("each namespace has a default one, also one made later", function()
    local cluster = Cluster.new {}
    local SYSTEM = { "default/default", "kube-node-lease/default", "kube-public/default",
      "kube-system/default" }
    assert.are.same(SYSTEM, names(cluster))
    assert(cluster:create { apiVersion = "v1", kind = "Namespace", metadata = { name = "team" } })
    cluster:settle()
    assert.are.equal("team/default", names(cluster)[5])
  end)

  it("the default one comes back when it is deleted", function()
    local cluster = Cluster.new {}
    assert(cluster:delete((cluster:get("ServiceAccount", nil, "default"))))
    cluster:settle()
    assert.is_truthy(cluster:get("ServiceAccount", nil, "default"))
  end)

  it("a namespace that goes takes its own along", function()
    local cluster = Cluster.new {}
    assert(cluster:create { apiVersion = "v1", kind = "Namespace", metadata = { name = "team" } })
    cluster:list "ServiceAccount"
    cluster:settle()
    assert(cluster:delete((cluster:get("Namespace", nil, "team"))))
    cluster:run(10)
    assert.is_nil(cluster:get("Namespace", nil, "team"))
    assert.are.equal(4, #names(cluster))
  end)

  it("a pod gets the default one, and no volume for its token", function()
    local cluster = Cluster.new {}
    local made = assert(cluster:create(pod()))
    assert.are.equal("default", made.spec.serviceAccountName)
    assert.is_nil(made.spec.volumes)
  end)

  it("a pod is refused whose account is not there", function()
    local cluster = Cluster.new {}
    local made, message, code = cluster:create(pod "deployer")
    assert.is_nil(made)
    assert.are.equal("Forbidden", code)
    assert.are.equal('pods "p" is forbidden: error looking up service account default/deployer: '
      .. 'serviceaccount "deployer" not found', message)
    assert(cluster:create(account "deployer"))
    assert(cluster:create(pod "deployer"))
  end)

  it("the controller of such pods tells of it, and makes them when the account comes", function()
    local cluster = Cluster.new { nodes = 1 }
    local template = { metadata = { labels = { app = "x" } }, spec = pod("late").spec }
    assert(cluster:create { apiVersion = "apps/v1", kind = "ReplicaSet", metadata = { name = "x" },
      spec = { replicas = 1, selector = { matchLabels = { app = "x" } }, template = template } })
    cluster:run(5)
    assert.are.equal(0, #cluster:list "Pod")
    local told = cluster.events:list(function(event) return event.reason == "FailedCreate" end)
    assert.matches('serviceaccount "late" not found', told[1].message)
    assert(cluster:create(account "late"))
    cluster:run(30)
    assert.are.equal(1, #cluster:list "Pod")
  end)

  it("a pod pulls images with the secrets of its account, unless it has its own", function()
    local cluster = Cluster.new {}
    assert(cluster:create(account("puller", { imagePullSecrets = { { name = "registry" } } })))
    local made = assert(cluster:create(pod "puller"))
    assert.are.equal("registry", made.spec.imagePullSecrets[1].name)
    assert(cluster:delete(made))
    made = assert(cluster:create(pod("puller", { imagePullSecrets = { { name = "own" } } })))
    assert.are.equal("own", made.spec.imagePullSecrets[1].name)
  end)
end)
