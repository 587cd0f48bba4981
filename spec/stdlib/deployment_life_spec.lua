-- SPDX-License-Identifier: MIT
-- Deployments on a cluster, over time.
local cluster = require "wl.cluster"
local conditions = require "wl.conditions"
local rollout = require "wl.rollout"
local small_kubelet = require "spec.support.small_kubelet"

local function manifest(fields)
  return {
    apiVersion = "apps/v1", kind = "Deployment", metadata = { name = "web" },
    spec = {
      replicas = fields.replicas or 3, minReadySeconds = fields.minReadySeconds,
      progressDeadlineSeconds = fields.progressDeadlineSeconds, strategy = fields.strategy,
      selector = { matchLabels = { app = "web" } },
      template = { metadata = { labels = { app = "web" } },
        spec = { containers = { { name = "c", image = fields.image or "app:1" } } } },
    },
  }
end

local World = {}
World.__index = World

local function new_world(fields)
  local self = setmetatable({ cluster = cluster.new {}, bad = {} }, World)
  self.server = self.cluster.server
  self.start = self.cluster:now()
  assert(self.server:create(manifest(fields or {})))
  return self
end

function World:get() return (self.server:get("Deployment", "default", "web")) end

function World:change(change) return assert(self.server:change(self:get(), change)) end

function World:set_image(image)
  self:change(function(draft) draft.spec.template.spec.containers[1].image = image end)
end

function World:condition(type) return conditions.find(self:get().status.conditions, type) end

function World:pods(image)
  local found = {}
  for _, pod in ipairs(self.server:list "Pod") do
    if pod.spec.containers[1].image == image then
      found[#found + 1] = pod
    end
  end
  return found
end

-- So many seconds, with pods looked after in each.
function World:run(seconds, look)
  for _ = 1, seconds do
    self.cluster:settle()
    if look then
      look()
    end
    small_kubelet.tend(self.cluster, function(pod)
      return not self.bad[pod.spec.containers[1].image]
    end)
    self.cluster:run(1)
  end
end

function World:events(reason)
  local found = {}
  for _, event in ipairs(self.cluster.events:list()) do
    if event.reason == reason then
      found[#found + 1] = event.message
    end
  end
  return found
end

describe("A Deployment's progress", function()
  it("is told until it is complete", function()
    local world = new_world()
    world.cluster:settle()
    local set = world.server:list("ReplicaSet")[1].metadata.name
    assert.same({ "True", "ReplicaSetUpdated", ('ReplicaSet "%s" is progressing.'):format(set) },
      { world:condition "Progressing".status, world:condition "Progressing".reason,
        world:condition "Progressing".message })
    assert.equal("MinimumReplicasUnavailable", world:condition "Available".reason)
    world:run(3)
    assert.equal("NewReplicaSetAvailable", world:condition "Progressing".reason)
    assert.equal(('ReplicaSet "%s" has successfully progressed.'):format(set),
      world:condition "Progressing".message)
    assert.equal("MinimumReplicasAvailable", world:condition "Available".reason)
    assert.equal('deployment "web" successfully rolled out', (rollout.status(world:get())))
  end)

  it("times out after the deadline since the last progress", function()
    local world = new_world { progressDeadlineSeconds = 60 }
    world:run(5)
    world.bad["app:bad"] = true
    world:set_image "app:bad"
    world:run(55)
    assert.equal("ReplicaSetUpdated", world:condition "Progressing".reason)
    world:run(10)
    assert.same({ "False", "ProgressDeadlineExceeded" },
      { world:condition "Progressing".status, world:condition "Progressing".reason })
    assert.equal("Timeout", select(3, rollout.status(world:get())))
    world:set_image "app:2"
    world:run(10)
    assert.equal("NewReplicaSetAvailable", world:condition "Progressing".reason)
  end)

  it("does not time out once it is complete", function()
    local world = new_world { progressDeadlineSeconds = 20 }
    world:run(5)
    world.bad["app:1"] = true
    world:run(100)
    assert.equal("NewReplicaSetAvailable", world:condition "Progressing".reason)
    assert.equal("MinimumReplicasUnavailable", world:condition "Available".reason)
  end)

  it("is not measured while paused, and anew when resumed", function()
    local world = new_world { progressDeadlineSeconds = 30 }
    world:run(5)
    world.bad["app:bad"] = true
    world:set_image "app:bad"
    world:run(10)
    assert(rollout.pause(world.cluster, world:get()))
    world:run(100)
    assert.same({ "Unknown", "DeploymentPaused", "Deployment is paused" },
      { world:condition "Progressing".status, world:condition "Progressing".reason,
        world:condition "Progressing".message })
    assert(rollout.resume(world.cluster, world:get()))
    world:run(20)
    assert.equal("DeploymentResumed", world:condition "Progressing".reason)
    world:run(20)
    assert.equal("ProgressDeadlineExceeded", world:condition "Progressing".reason)
  end)
end)

describe("A Deployment", function()
  it("waits minReadySeconds before it counts a pod", function()
    local world = new_world { minReadySeconds = 10, replicas = 2, strategy = {
      rollingUpdate = { maxSurge = 1, maxUnavailable = 0 } } }
    world:run(30)
    assert.equal(2, world:get().status.availableReplicas)
    world:set_image "app:2"
    world:run(8)
    assert.equal(1, world:get().status.updatedReplicas)
    assert.equal(2, world:get().status.availableReplicas)
    world:run(40)
    assert.equal('deployment "web" successfully rolled out', (rollout.status(world:get())))
  end)

  it("writes nothing when there is nothing to do", function()
    local world = new_world()
    world:run(5)
    local before = world.cluster.store:revision()
    for _, kind in ipairs { "Deployment", "ReplicaSet" } do
      for _, object in ipairs(world.server:list(kind)) do
        world.cluster.controllers:enqueue(world.server:id(object))
      end
    end
    world.cluster:settle()
    assert.equal(before, world.cluster.store:revision())
  end)

  it("with Recreate never has two versions at a time", function()
    local world = new_world { strategy = { type = "Recreate" } }
    world:run(5)
    world:set_image "app:2"
    local seen
    world:run(10, function()
      seen = seen or #world:pods "app:2" > 0
      assert.is_true(#world:pods "app:1" == 0 or #world:pods "app:2" == 0)
    end)
    assert.is_true(seen)
    assert.equal(3, #world:pods "app:2")
    local first, last = world:events "ScalingReplicaSet"[2], world:events "ScalingReplicaSet"[3]
    assert.truthy(first:find "^Scaled down replica set web%-%w+ from 3 to 0$")
    assert.truthy(last:find "^Scaled up replica set web%-%w+ from 0 to 3$")
  end)

  it("tells when its pods cannot be created, and goes on when they can", function()
    local world = new_world { replicas = 4 }
    world:run(5)
    local refuse = true
    table.insert(world.server.admit, function(kind, draft)
      if refuse and kind.name == "Pod" and draft.spec.containers[1].image == "app:2" then
        return nil, "pods are forbidden: exceeded quota", "Forbidden"
      end
      return true
    end)
    world:set_image "app:2"
    world:run(5)
    local failure = world:condition "ReplicaFailure"
    assert.same({ "True", "FailedCreate", "pods are forbidden: exceeded quota" },
      { failure.status, failure.reason, failure.message })
    assert.equal("Error creating: pods are forbidden: exceeded quota",
      world:events "FailedCreate"[1])
    refuse = false
    world:run(1000)
    assert.is_nil(world:condition "ReplicaFailure")
    assert.equal(4, #world:pods "app:2")
  end)

  it("keeps its budget while pods come and go", function()
    for seed = 1, 5 do
      local world = new_world { replicas = 10, strategy = {
        rollingUpdate = { maxSurge = 2, maxUnavailable = 3 } } }
      world:run(5)
      local random = world.cluster:rng("chaos" .. seed)
      world:set_image "app:2"
      local function is_ready() return random:integer(1, 3) > 1 end
      for _ = 1, 60 do
        world.cluster:settle()
        local active, ready = 0, 0
        for _, pod in ipairs(world.server:list "Pod") do
          local deleted = pod.metadata.deletionTimestamp ~= nil
          local condition = conditions.find(pod.status.conditions, "Ready")
          active = active + (deleted and 0 or 1)
          ready = ready + (not deleted and condition and condition.status == "True" and 1 or 0)
        end
        assert.is_true(active <= 12)
        -- Only new pods fail here: what is lost, the controller took.
        assert.is_true(ready >= 7)
        small_kubelet.tend(world.cluster, function(pod)
          local condition = conditions.find(pod.status.conditions, "Ready")
          return condition and condition.status == "True" or is_ready()
        end)
        world.cluster:run(1)
      end
      assert.equal(10, #world:pods "app:2")
      assert.equal(0, #world:pods "app:1")
    end
  end)

  it("takes its ReplicaSets and pods with it", function()
    local world = new_world()
    world:run(5)
    assert(world.server:delete(world:get()))
    world:run(5)
    assert.same({}, world.server:list "ReplicaSet")
    assert.same({}, world.server:list "Pod")
  end)
end)

describe("A ReplicationController", function()
  it("keeps its pods, and says so in its status", function()
    local world = setmetatable({ cluster = cluster.new {}, bad = {} }, World)
    world.server = world.cluster.server
    assert(world.server:create { apiVersion = "v1", kind = "ReplicationController",
      metadata = { name = "rc" }, spec = { replicas = 2, template = {
        metadata = { labels = { app = "x" } },
        spec = { containers = { { name = "c", image = "app:1" } } } } } })
    world:run(5)
    local object = world.server:get("ReplicationController", "default", "rc")
    assert.same({ 2, 2, 2, 2 }, { object.status.replicas, object.status.readyReplicas,
      object.status.availableReplicas, object.status.fullyLabeledReplicas })
    assert.is_nil(object.status.terminatingReplicas)
    assert(world.server:delete(world:pods "app:1"[1], { grace = 0 }))
    world:run(2)
    assert.equal(2, #world:pods "app:1")
  end)
end)
