-- SPDX-License-Identifier: MIT
-- What a kubelet refuses, and what it takes in while nothing else happens.
local play = require "spec.support.play"

local function with_port(address)
  return { nodeName = "node-1", containers = { play.container(nil, nil, {
    ports = { { containerPort = 80, hostPort = 80, hostIP = address } } }) } }
end

describe("a kubelet", function()
  local cluster

  before_each(function() cluster = play.cluster() end)

  it("refuses a pod whose host port is taken", function()
    play.pod(cluster, "first", with_port())
    cluster:run "10s"
    play.pod(cluster, "second", with_port "10.0.0.1")
    cluster:run "10s"
    assert.equal("Running", play.get(cluster, "first").status.phase)
    local status = play.get(cluster, "second").status
    assert.equal("Failed", status.phase)
    assert.equal("NodePorts", status.reason)
    assert.equal("Pod was rejected: Predicate NodePorts failed: node(s) didn't have free ports "
      .. "for the requested pod ports", status.message)
  end)

  it("takes pods whose addresses differ", function()
    play.pod(cluster, "first", with_port "10.0.0.1")
    play.pod(cluster, "second", with_port "10.0.0.2")
    cluster:run "10s"
    assert.equal("Running", play.get(cluster, "first").status.phase)
    assert.equal("Running", play.get(cluster, "second").status.phase)
  end)

  it("takes a moment to refuse: who replaces the pod at once lets time pass", function()
    play.deployment(cluster, 1, { nodeName = "node-1", nodeSelector = { disk = "ssd" } })
    cluster:run "10s"
    local failed = 0
    for _, pod in ipairs(play.pods(cluster)) do
      failed = failed + (pod.status.reason == "NodeAffinity" and 1 or 0)
    end
    assert.is_true(failed >= 5 and failed <= 10)
  end)

  it("carries on pods as soon as they get a behaviour", function()
    play.pod(cluster, "web", nil, { labels = { app = "web" } })
    cluster:run "1m"
    assert.equal("True", (play.condition(play.get(cluster, "web"), "Ready")))
    cluster.kubelet:behave("app=web", { never_ready = true })
    cluster:run "1s"
    assert.equal("False", (play.condition(play.get(cluster, "web"), "Ready")))
  end)
end)

describe("a Job", function()
  it("takes back a pod that has lost its owner, and lets go one without its labels", function()
    local cluster = play.cluster()
    cluster.kubelet:behave("", { work = "1h" })
    assert(cluster:create { apiVersion = "batch/v1", kind = "Job", metadata = { name = "j" },
      spec = { parallelism = 2, completions = 4, template = { spec = { restartPolicy = "Never",
        containers = { { name = "c", image = "img" } } } } } })
    cluster:run "10s"
    local name = play.pods(cluster)[1].metadata.name
    play.change(cluster, "Pod", name, function(draft) draft.metadata.ownerReferences = nil end)
    cluster:run "10s"
    assert.equal("j", play.get(cluster, name).metadata.ownerReferences[1].name)
    assert.equal(2, #play.pods(cluster))
    play.change(cluster, "Pod", name, function(draft) draft.metadata.labels = nil end)
    cluster:run "10s"
    assert.is_nil(play.get(cluster, name).metadata.ownerReferences)
    assert.is_nil(play.get(cluster, name).metadata.finalizers)
    assert.equal(3, #play.pods(cluster))
  end)
end)
