-- SPDX-License-Identifier: MIT
local Cluster = require "wl.cluster"
local conditions = require "wl.conditions"
local value = require "wl.value"

local function config(name)
  return { apiVersion = "v1", kind = "ConfigMap", metadata = { name = name, namespace = "team" } }
end

local function deployment()
  return { apiVersion = "apps/v1", kind = "Deployment",
    metadata = { name = "web", namespace = "team" },
    spec = { replicas = 3, selector = { matchLabels = { app = "web" } },
      template = { metadata = { labels = { app = "web" } },
        spec = { containers = { { name = "web", image = "web" } } } } } }
end

describe("a namespace that is deleted", function()
  local cluster

  before_each(function()
    cluster = Cluster.new { nodes = 2 }
    assert(cluster:create { apiVersion = "v1", kind = "Namespace", metadata = { name = "team" } })
  end)

  local function namespace() return (cluster:get("Namespace", nil, "team")) end

  local function delete()
    assert(cluster:delete(namespace()))
    cluster:settle()
  end

  it("goes at once when nothing is in it", function()
    delete()
    assert.is_nil(namespace())
  end)

  it("goes when its pods have ended, and takes everything along", function()
    assert(cluster:create(deployment()))
    assert(cluster:create(config "settings"))
    cluster:run "1m"
    delete()
    assert.equal("Terminating", namespace().status.phase)
    local content = conditions.find(namespace().status.conditions, "NamespaceContentRemaining")
    assert.equal("Some resources are remaining: pods. has 3 resource instances", content.message)
    assert.truthy(cluster:get("ConfigMap", "team", "settings"), "pods go first")
    cluster:run "1m"
    assert.is_nil(namespace())
    for _, kind in ipairs { "Deployment", "ReplicaSet", "Pod", "ConfigMap" } do
      assert.equal(0, #cluster:list(kind, { namespace = "team" }))
    end
  end)

  it("takes nothing new", function()
    assert(cluster:create(deployment()))
    cluster:run "1m"
    delete()
    local made, message, code, causes = cluster:create(config "late")
    assert.is_nil(made)
    assert.equal('configmaps "late" is forbidden: unable to create new content in namespace team'
      .. ' because it is being terminated', message)
    assert.equal("Forbidden", code)
    assert.equal("NamespaceTerminating", causes[1].reason)
  end)

  it("says which finalizers hold it up", function()
    local held = config "held"
    held.metadata.finalizers = value.list { "example.com/hold" }
    assert(cluster:create(held))
    delete()
    local said = conditions.find(namespace().status.conditions, "NamespaceFinalizersRemaining")
    assert.equal("True", said.status)
    assert.equal("Some content in the namespace has finalizers remaining: "
      .. "example.com/hold in 1 resource instances", said.message)
    assert(cluster:update(cluster:get("ConfigMap", "team", "held"), function(draft)
      draft.metadata.finalizers = nil
    end))
    cluster:settle()
    assert.is_nil(namespace())
  end)

  it("comes back empty", function()
    assert(cluster:create(config "old"))
    delete()
    assert(cluster:create { apiVersion = "v1", kind = "Namespace", metadata = { name = "team" } })
    cluster:settle()
    assert.equal("Active", namespace().status.phase)
    assert.is_nil((cluster:get("ConfigMap", "team", "old")))
  end)

  it("is not one of those that every cluster needs", function()
    local done, message, code = cluster:delete((cluster:get("Namespace", nil, "default")))
    assert.is_nil(done)
    assert.equal('namespaces "default" is forbidden: this namespace may not be deleted', message)
    assert.equal("Forbidden", code)
    assert(cluster:delete((cluster:get("Namespace", nil, "kube-node-lease"))))
  end)
end)
