-- SPDX-License-Identifier: MIT
-- What implementers of Deployments, ReplicaSets and of what they rest on commonly get
-- wrong, each on a cluster.
local Try = require "spec.support.try"
local restarts = require "spec.support.restarts"
local rollout = require "wl.rollout"

local workload = restarts.workload

local function deployment(fields) return workload("Deployment", "web", fields) end

local function rolling(surge, unavailable)
  return { rollingUpdate = { maxSurge = surge, maxUnavailable = unavailable } }
end

local function refusal(object)
  local made, message = Try.new({}).cluster:create(object)
  assert.is_nil(made)
  return message
end

describe("Objects:", function()
  it("generation moves with the spec, a label moves the resourceVersion only", function()
    local try = Try.new({}, deployment { replicas = 1 })
    local before = try:get("Deployment", "web").metadata
    try:edit("Deployment", "web", function(draft) draft.metadata.labels = { team = "a" } end)
    local after = try:get("Deployment", "web").metadata
    assert.are.equal(before.generation, after.generation)
    assert.are_not.equal(before.resourceVersion, after.resourceVersion)
    try:edit("Deployment", "web", function(draft) draft.spec.replicas = 2 end)
    assert.are.equal(before.generation + 1, try:get("Deployment", "web").metadata.generation)
  end)

  it("a second deletion may only shorten the grace", function()
    local try = Try.new({ nodes = 1, behaviours = { [""] = { ignore_term = true } } },
      { apiVersion = "v1", kind = "Pod", metadata = { name = "p" }, spec = {
        terminationGracePeriodSeconds = 20, containers = { { name = "c", image = "i" } } } }):run(5)
    try:delete("Pod", "p")
    local first = try:get("Pod", "p").metadata.deletionTimestamp
    try:run(2):delete("Pod", "p", { grace = 60 })
    assert.are.equal(first, try:get("Pod", "p").metadata.deletionTimestamp)
    try:delete("Pod", "p", { grace = 3 })
    try:run(4)
    assert.is_nil(try:get("Pod", "p"))
  end)

  it("the last finalizer's removal deletes", function()
    local try = Try.new({}, { apiVersion = "v1", kind = "ConfigMap",
      metadata = { name = "c", finalizers = { "example.com/a" } } })
    try:delete("ConfigMap", "c")
    assert.is_truthy(try:get("ConfigMap", "c").metadata.deletionTimestamp)
    try:edit("ConfigMap", "c", function(draft) draft.metadata.finalizers = nil end)
    assert.is_nil(try:get("ConfigMap", "c"))
  end)

  it("foreground deletion waits for dependents that block, and the owner stays", function()
    local try = Try.new({ nodes = 1, behaviours = { [""] = { terminate = "5s" } } },
      workload("ReplicaSet", "web", { replicas = 1 })):run(5)
    local pod = try:those("Pod")[1]
    assert(try.cluster:create { apiVersion = "v1", kind = "ConfigMap", metadata = { name = "loose",
      finalizers = { "example.com/a" }, ownerReferences = { { apiVersion = "apps/v1",
        kind = "ReplicaSet", name = "web", uid = pod.metadata.ownerReferences[1].uid } } } })
    try:delete("ReplicaSet", "web", { propagation = "Foreground" })
    try:run(2)
    local owner = try:get("ReplicaSet", "web")
    assert.are.equal("foregroundDeletion", owner.metadata.finalizers[1])
    assert.is_truthy(try:get("Pod", pod.metadata.name))
    try:run(10)
    assert.is_nil(try:get("ReplicaSet", "web"))
    assert.is_truthy(try:get("ConfigMap", "loose").metadata.deletionTimestamp)
  end)

  it("an owner of the same name and another uid is no owner", function()
    local try = Try.new({ nodes = 1 }, workload("ReplicaSet", "web", { replicas = 1 })):run(5)
    try:delete("ReplicaSet", "web", { propagation = "Orphan" })
    try:run(5)
    local orphan = try:those("Pod")[1].metadata.name
    assert(try.cluster:create { apiVersion = "v1", kind = "ConfigMap", metadata = { name = "c",
      ownerReferences = { { apiVersion = "apps/v1", kind = "ReplicaSet", name = "web",
        uid = "00000000-0000-0000-0000-000000000000" } } } })
    assert(try.cluster:create(workload("ReplicaSet", "web", { replicas = 1 })))
    try:run(5)
    assert.is_nil(try:get("ConfigMap", "c"))
    assert.are.equal(1, #try:those "Pod") -- adopted, for it has no controller
    assert.are.equal(orphan, try:those("Pod")[1].metadata.name)
  end)

  it("a controller releases what matches no more, also in the middle of a rollout", function()
    local try = Try.new({ nodes = 1, behaviours = { [""] = { ready = "5s" } } },
      deployment { replicas = 2 }):run(10)
    try:set_image("Deployment", "web", "app:2")
    try:run(1)
    local old = try:those("Pod", function(pod)
      return pod.spec.containers[1].image == "app:1"
    end)[1]
    try:edit("Pod", old.metadata.name, function(draft) draft.metadata.labels = { app = "mine" } end)
    try:run(40)
    assert.is_nil(try:get("Pod", old.metadata.name).metadata.ownerReferences)
    assert.are.equal(2, try:with_image "app:2")
  end)
end)

describe("Deployments:", function()
  it("maxSurge rounds up, maxUnavailable down, and one pod goes where both are none", function()
    local try = Try.new({ nodes = 1, behaviours = { [""] = { ready = "5s" } } },
      deployment { replicas = 3, strategy = rolling("25%", "25%") }):run(10)
    try:set_image("Deployment", "web", "app:2")
    try:run(1)
    assert.are.equal(3, try:with_image "app:1") -- none may be missing, one may be more
    assert.are.equal(1, try:with_image "app:2")
    try = Try.new({ nodes = 1, behaviours = { [""] = { ready = "5s" } } },
      deployment { replicas = 3, strategy = rolling("0%", "10%") }):run(10)
    try:set_image("Deployment", "web", "app:2")
    try:run(1)
    assert.are.equal(2, try:with_image "app:1")
    assert.matches("may not be 0 when `maxSurge` is 0",
      refusal(deployment { strategy = rolling(0, 0) }), 1, true)
  end)

  it("minReadySeconds counts from being ready, and nobody need do anything", function()
    local try = Try.new({ nodes = 1, behaviours = { [""] = { ready = "2s" } } },
      deployment { replicas = 1, minReadySeconds = 30 }):run(20)
    local status = try:get("Deployment", "web").status
    assert.are.equal(1, status.readyReplicas)
    assert.is_nil(status.availableReplicas)
    assert.are.equal(1, try:run(15):get("Deployment", "web").status.availableReplicas)
  end)

  it("old pods that are not healthy go first, and cost no budget", function()
    local try = Try.new({ nodes = 1, behaviours = { [""] = { image = "app:bad",
      never_ready = true } } }, deployment { replicas = 4, strategy = rolling(0, 1) }):run(10)
    try:set_image("Deployment", "web", "app:bad")
    try:run(10)
    assert.are.equal(3, try:with_image "app:1")
    try:set_image("Deployment", "web", "app:3")
    try:run(30)
    assert.are.equal(4, try:with_image "app:3")
  end)

  it("scaling in the middle of a rollout is spread in proportion", function()
    local try = Try.new({ nodes = 2, behaviours = { [""] = { image = "app:bad",
      never_ready = true } } },
      deployment { replicas = 10, strategy = rolling(3, 2) }):run(10)
    try:set_image("Deployment", "web", "app:bad")
    try:run(10)
    assert.are.equal(8, try:with_image "app:1")
    assert.are.equal(5, try:with_image "app:bad")
    try:edit("Deployment", "web", function(draft) draft.spec.replicas = 20 end)
    try:run(10)
    assert.are.equal(14, try:with_image "app:1") -- 13 -> 23: 8 and 5 in proportion
    assert.are.equal(9, try:with_image "app:bad")
  end)

  it("a paused one scales, and its deadline does not run", function()
    local try = Try.new({ nodes = 1 }, deployment { replicas = 1,
      progressDeadlineSeconds = 20 }):run(5)
    try:edit("Deployment", "web", function(draft)
      draft.spec.paused, draft.spec.replicas = true, 3
      draft.spec.template.spec.containers[1].image = "app:2"
    end)
    try:run(100)
    assert.are.equal(3, try:with_image "app:1")
    assert.are.equal("DeploymentPaused", try:condition("Deployment", "web", "Progressing").reason)
  end)

  it("an undo reuses the ReplicaSet, which gets the newest number", function()
    local try = Try.new({ nodes = 1 }, deployment { replicas = 1 }):run(5)
    local first = try:those("ReplicaSet")[1].metadata.name
    try:set_image("Deployment", "web", "app:2")
    try:run(20)
    assert(rollout.undo(try.cluster, try:get("Deployment", "web")))
    try:run(20)
    assert.are.equal(2, #try:those "ReplicaSet")
    assert.are.equal("3", try:get("ReplicaSet", first).metadata.annotations[
      "deployment.kubernetes.io/revision"])
  end)

  it("of history the oldest that are empty go", function()
    local try = Try.new({ nodes = 1 }, deployment { replicas = 1, revisionHistoryLimit = 1 })
    for i = 2, 5 do
      try:run(20):set_image("Deployment", "web", "app:" .. i)
    end
    local left = try:run(20):those "ReplicaSet"
    assert.are.equal(2, #left)
    for _, set in ipairs(left) do
      assert.is_true(set.spec.template.spec.containers[1].image >= "app:4")
    end
  end)

  it("Recreate waits until the old pods are gone, not only on their way", function()
    local try = Try.new({ nodes = 1, behaviours = { [""] = { terminate = "10s" } } },
      deployment { replicas = 2, strategy = { type = "Recreate" } }):run(5)
    try:set_image("Deployment", "web", "app:2")
    try:run(8)
    assert.are.equal(0, try:with_image "app:1")
    assert.are.equal(0, try:with_image "app:2")
    assert.are.equal(2, try:run(5):with_image "app:2")
  end)

  it("the deadline counts from the last progress, and it goes on after it", function()
    local try = Try.new({ nodes = 1, behaviours = { [""] = { image = "app:2", ready = "50s" } } },
      deployment { replicas = 2, progressDeadlineSeconds = 60, strategy = rolling(1, 0) }):run(5)
    try:set_image("Deployment", "web", "app:2")
    try:run(90)
    assert.are.equal("True", try:condition("Deployment", "web", "Progressing").status)
    try = Try.new({ nodes = 1, behaviours = { [""] = { image = "app:2", ready = "90s" } } },
      deployment { replicas = 1, progressDeadlineSeconds = 60 }):run(5)
    try:set_image("Deployment", "web", "app:2")
    try:run(70)
    assert.are.equal("ProgressDeadlineExceeded",
      try:condition("Deployment", "web", "Progressing").reason)
    try:run(60)
    assert.are.equal("NewReplicaSetAvailable",
      try:condition("Deployment", "web", "Progressing").reason)
  end)

  it("a ReplicaSet creates 1, 2, 4 ... and stops where one is refused", function()
    local try = Try.new({ nodes = 1 }, { apiVersion = "v1", kind = "ResourceQuota",
      metadata = { name = "q" }, spec = { hard = { pods = "4" } } },
      workload("ReplicaSet", "web", { replicas = 50 }))
    try.cluster:step()
    try.cluster:settle()
    assert.are.equal(4, #try:those "Pod")
    assert.are.equal("FailedCreate", try:condition("ReplicaSet", "web", "ReplicaFailure").reason)
  end)

  it("percentages are of what is wanted, not of what is there", function()
    local try = Try.new({ nodes = 1, behaviours = { [""] = { ready = "5s" } } },
      deployment { replicas = 4, strategy = rolling("50%", 0) }):run(10)
    try:edit("Deployment", "web", function(draft)
      draft.spec.replicas = 2
      draft.spec.template.spec.containers[1].image = "app:2"
    end)
    try:run(1)
    assert.are.equal(1, try:with_image "app:2")
  end)
end)
