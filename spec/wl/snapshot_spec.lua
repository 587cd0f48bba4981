-- SPDX-License-Identifier: MIT
-- Snapshots of a cluster, and clusters that go on from them.
local Cluster = require "wl.cluster"
local value = require "wl.value"

local function deployment(image)
  return {
    apiVersion = "apps/v1", kind = "Deployment", metadata = { name = "web" },
    spec = {
      replicas = 3, selector = { matchLabels = { app = "web" } },
      template = { metadata = { labels = { app = "web" } },
        spec = { containers = { { name = "c", image = image } } } },
    },
  }
end

local function rolled_out()
  local cluster = Cluster.new { nodes = 2, seed = 3 }
  assert(cluster:create(deployment "web:1"))
  cluster:run(30)
  return cluster
end

local function update(cluster)
  assert(cluster:update(cluster:get("Deployment", nil, "web"), function(draft)
    draft.spec.template.spec.containers[1].image = "web:2"
  end))
end

local KINDS = { "Namespace", "Node", "Deployment", "ReplicaSet", "Pod" }

local function text_of(cluster)
  local texts = {}
  for _, kind in ipairs(KINDS) do
    for _, object in ipairs(cluster:list(kind)) do texts[#texts + 1] = tostring(object) end
  end
  return table.concat(texts, "\n")
end

describe("A snapshot", function()
  it("has the objects exactly as they are, and the clock", function()
    local cluster = rolled_out()
    local shot = cluster:snapshot()
    local other = Cluster.restore(shot)
    assert.are.equal(text_of(cluster), text_of(other))
    assert.are.equal(cluster:now(), other:now())
    assert.are.equal(cluster.store:revision(), other.store:revision())
    assert.are.equal(#shot, 4 + 2 + 1 + 1 + 3)
  end)

  it("costs the controllers of a cluster at rest no write", function()
    local cluster = rolled_out()
    local other = Cluster.restore(cluster:snapshot())
    other:run(600)
    assert.are.equal(cluster.store:revision(), other.store:revision())
  end)

  it("goes on as the cluster itself would, to the names of pods", function()
    local cluster = rolled_out()
    local other = Cluster.restore(cluster:snapshot())
    for _, one in ipairs { cluster, other } do
      update(one)
      one:run(60)
    end
    assert.are.equal(text_of(cluster), text_of(other))
  end)

  it("stays as it is whatever becomes of the cluster", function()
    local cluster = rolled_out()
    local before, shot = text_of(cluster), cluster:snapshot()
    update(cluster)
    cluster:run(60)
    cluster.store:close()
    collectgarbage()
    assert.are.equal(before, text_of(Cluster.restore(shot)))
  end)

  it("shows the state right after an earlier write", function()
    local cluster = rolled_out()
    local before, revision, now = text_of(cluster), cluster.store:revision(), cluster:now()
    cluster:run(60)
    update(cluster)
    cluster:run(60)
    local other = Cluster.restore(cluster:snapshot(revision))
    assert.are.equal(before, text_of(other))
    assert.is_true(other:now() <= now)
    update(other)
    other:run(120)
    assert.are.equal("web:2", other:list("Pod")[1].spec.containers[1].image)
  end)

  it("is refused where the history does not reach", function()
    local cluster = Cluster.new { nodes = 1, history = 10 }
    cluster:create(deployment "web:1")
    cluster:run(30)
    local oldest, latest = cluster.store:oldest(), cluster.store:revision()
    assert.is_truthy(cluster:snapshot(oldest))
    local shot, message, code = cluster:snapshot(oldest - 1)
    assert.is_nil(shot)
    assert.are.equal("Expired", code)
    assert.matches("no longer in the history", message)
    assert.are.equal("Invalid", select(3, cluster:snapshot(latest + 1)))
  end)

  it("finds objects by uid, also those whose uids others made", function()
    local cluster = rolled_out()
    local number = cluster.server:number(cluster.server:kind "ConfigMap")
    assert(cluster.store:restore(number, { apiVersion = "v1", kind = "ConfigMap",
      metadata = { name = "own", namespace = "default", uid = "my-own-uid" } }))
    local other = Cluster.restore(cluster:snapshot())
    assert.are.equal("own", other:by_uid("my-own-uid").metadata.name)
    for _, pod in ipairs(cluster:list "Pod") do
      assert.is_true(value.equal(pod, (other:by_uid(pod.metadata.uid))))
    end
  end)

  it("takes behaviours, metrics and events along", function()
    local cluster = rolled_out()
    cluster.kubelet:behave("app=web", { ready = "20s" })
    require("wl.metrics").of(cluster):set("cpu", { selector = "app=web" }, 5)
    local other = Cluster.restore(cluster:snapshot())
    assert.are.equal(#cluster.events:list(), #other.events:list())
    assert.are.equal(1, #other.metrics.entries)
    update(other)
    other:run(10)
    assert.are.equal(3, other:get("Deployment", nil, "web").status.readyReplicas)
    assert.are.equal(1, other:get("Deployment", nil, "web").status.updatedReplicas)
    other:run(120)
    assert.are.equal(3, other:get("Deployment", nil, "web").status.updatedReplicas)
    assert.is_true(#other.events:list() > #cluster.events:list())
  end)

  it("gives no pod an address that another has", function()
    local cluster = rolled_out()
    local other = Cluster.restore(cluster:snapshot())
    other:update(other:get("Deployment", nil, "web"), function(draft) draft.spec.replicas = 6 end)
    other:run(30)
    local seen = {}
    for _, pod in ipairs(other:list "Pod") do
      assert.is_nil(seen[pod.status.podIP])
      seen[pod.status.podIP] = true
    end
  end)
end)
