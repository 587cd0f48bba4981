-- SPDX-License-Identifier: MIT
local play = require "spec.support.play"
local verbs = require "wl.verbs.nodes"
local zones = require "wl.node.zones"

local taint_eviction = require "wl.node.taint_eviction"

local function node(cluster, name)
  return verbs.node(cluster, name)
end

local function taints_of(cluster, name)
  local list = {}
  for _, one in ipairs(node(cluster, name).spec.taints or {}) do
    list[#list + 1] = one.key:match "[^/]+$" .. ":" .. one.effect
  end
  table.sort(list)
  return table.concat(list, " ")
end

local function ready(cluster, name)
  return (play.condition(node(cluster, name):get(), "Ready"))
end

local function on_node(cluster, name)
  local pods = {}
  for _, pod in ipairs(play.pods(cluster)) do
    if pod.spec.nodeName == name then
      pods[#pods + 1] = pod
    end
  end
  return pods
end

-- A Deployment of three on three nodes, running.
local function running(options)
  local cluster = play.cluster(options)
  play.deployment(cluster, 3)
  cluster:run(10)
  return cluster
end

describe("a node that is lost", function()
  it("becomes Unknown after its grace period, and is tainted", function()
    local cluster = running()
    node(cluster, "node-2"):fail()
    cluster:run(39)
    assert.equal("True", ready(cluster, "node-2"))
    assert.equal("", taints_of(cluster, "node-2"))
    cluster:run(1)
    assert.equal("Unknown", ready(cluster, "node-2"))
    assert.equal("unreachable:NoExecute unreachable:NoSchedule", taints_of(cluster, "node-2"))
    local _, condition = play.condition(node(cluster, "node-2"):get(), "MemoryPressure")
    assert.equal("Unknown", condition.status)
    assert.equal("NodeStatusUnknown", condition.reason)
    assert.equal("Kubelet stopped posting node status.", condition.message)
    assert.equal("2024-01-01T00:00:10Z", condition.lastHeartbeatTime)
  end)

  it("has a grace period that can be chosen", function()
    local cluster = running { node_monitor_grace_period = 100 }
    node(cluster, "node-2"):fail()
    cluster:run(99)
    assert.equal("True", ready(cluster, "node-2"))
    cluster:run(1)
    assert.equal("Unknown", ready(cluster, "node-2"))
  end)

  it("makes its pods unready, and loses them after their toleration", function()
    local cluster = running()
    node(cluster, "node-2"):fail()
    cluster:run(40)
    local pod = on_node(cluster, "node-2")[1]
    assert.equal("False", (play.condition(pod, "Ready")))
    assert.same({ "NodeNotReady: Node is not ready" }, play.events(cluster, pod, "NodeNotReady"))
    cluster:run(299)
    assert.is_nil(on_node(cluster, "node-2")[1].metadata.deletionTimestamp)
    cluster:run(1)
    pod = on_node(cluster, "node-2")[1]
    assert.is_truthy(pod.metadata.deletionTimestamp)
    local _, target = play.condition(pod, "DisruptionTarget")
    assert.equal("DeletionByTaintManager", target.reason)
    assert.same({ "TaintManagerEviction: Marking for deletion Pod default/" .. pod.metadata.name },
      play.events(cluster, pod, "TaintManagerEviction"))
  end)

  it("keeps them Terminating until it comes back", function()
    local cluster = running()
    node(cluster, "node-2"):fail()
    cluster:run "10m"
    assert.equal(4, #play.pods(cluster))
    assert.equal(1, #on_node(cluster, "node-2"))
    node(cluster, "node-2"):recover()
    cluster:run(2)
    assert.equal(3, #play.pods(cluster))
    assert.equal(0, #on_node(cluster, "node-2"))
    assert.equal("True", ready(cluster, "node-2"))
    assert.equal("", taints_of(cluster, "node-2"))
  end)

  it("loses them for good when it is deleted", function()
    local cluster = running()
    node(cluster, "node-2"):fail()
    cluster:run "10m"
    node(cluster, "node-2"):delete()
    cluster:run(39)
    assert.equal(1, #on_node(cluster, "node-2"))
    cluster:run(2)
    assert.equal(0, #on_node(cluster, "node-2"))
  end)

  it("changes nothing when it is back in time, but that containers were restarted", function()
    local cluster = running()
    node(cluster, "node-2"):fail()
    cluster:run(20)
    node(cluster, "node-2"):recover()
    cluster:run(60)
    local pod = on_node(cluster, "node-2")[1]
    assert.equal(1, pod.status.containerStatuses[1].restartCount)
    assert.equal(255, pod.status.containerStatuses[1].lastState.terminated.exitCode)
    assert.equal("True", (play.condition(pod, "Ready")))
    assert.equal("True", ready(cluster, "node-2"))
  end)

  it("goes on where it was when it only stood still or could not be reached", function()
    for _, how in ipairs { "freeze", "partition" } do
      local cluster = running()
      local handle = node(cluster, "node-2")
      handle[how](handle)
      cluster:run "2m"
      assert.equal("False", (play.condition(on_node(cluster, "node-2")[1], "Ready")))
      handle:recover()
      cluster:run(1)
      local pod = on_node(cluster, "node-2")[1]
      assert.equal(0, pod.status.containerStatuses[1].restartCount)
      assert.equal("True", (play.condition(pod, "Ready")))
    end
  end)

  it("starts no pods", function()
    local cluster = play.cluster { nodes = 1 }
    node(cluster, "node-1"):fail()
    play.pod(cluster, "p", { nodeName = "node-1" })
    cluster:run(30)
    assert.is_nil(play.get(cluster, "p").status.startTime)
    node(cluster, "node-1"):recover()
    cluster:run(5)
    assert.equal("Running", play.get(cluster, "p").status.phase)
  end)

  it("says that it is not ready where its kubelet does", function()
    local cluster = running()
    node(cluster, "node-2"):unready()
    cluster:settle()
    assert.equal("False", ready(cluster, "node-2"))
    assert.equal("not-ready:NoExecute not-ready:NoSchedule", taints_of(cluster, "node-2"))
    node(cluster, "node-2"):fail()
    cluster:run(41)
    assert.equal("unreachable:NoExecute unreachable:NoSchedule", taints_of(cluster, "node-2"))
  end)

  it("is emptied no faster than one in ten seconds", function()
    local cluster = play.cluster { nodes = 10 }
    cluster:run(1)
    for i = 1, 3 do
      node(cluster, "node-" .. i):fail()
    end
    local tainted = {}
    for second = 1, 70 do
      cluster:run(1)
      local n = 0
      for i = 1, 3 do
        n = n + (taints_of(cluster, "node-" .. i):find "NoExecute" and 1 or 0)
      end
      tainted[#tainted + 1] = n > #tainted and second or nil
    end
    assert.same({ 40, 50, 60 }, tainted)
  end)

  it("is not emptied when all are lost", function()
    local cluster = running()
    for i = 1, 3 do
      node(cluster, "node-" .. i):fail()
    end
    cluster:run "20m"
    assert.equal("unreachable:NoSchedule", taints_of(cluster, "node-1"))
    assert.equal(3, #play.pods(cluster))
  end)
end)

describe("the state of a zone", function()
  for _, case in ipairs {
    { 3, 0, "Normal" }, { 1, 2, "Normal" }, { 2, 3, "PartialDisruption" },
    { 3, 3, "Normal" }, { 0, 1, "FullDisruption" }, { 0, 0, "Normal" },
  } do
    it(("is %s with %d ready and %d not"):format(case[3], case[1], case[2]), function()
      assert.equal(case[3], zones.state(case[1], case[2]))
    end)
  end
end)

describe("the time that a pod stays on a tainted node", function()
  local UNREACHABLE = { key = "u", effect = "NoExecute" }
  local OTHER = { key = "o", effect = "NoExecute" }

  for _, case in ipairs {
    { "is none without a toleration", {}, { UNREACHABLE }, 0 },
    { "is for ever with one that has no end", { { operator = "Exists" } }, { UNREACHABLE }, nil },
    { "is the toleration's", { { key = "u", operator = "Exists", tolerationSeconds = 300 } },
      { UNREACHABLE }, 300 },
    { "is the least of several", { { key = "u", operator = "Exists", tolerationSeconds = 300 },
      { key = "o", operator = "Exists", tolerationSeconds = 60 } }, { UNREACHABLE, OTHER }, 60 },
    { "is none when one taint is not tolerated",
      { { key = "u", operator = "Exists", tolerationSeconds = 300 } }, { UNREACHABLE, OTHER }, 0 },
    { "is none when it is negative", { { key = "u", operator = "Exists", tolerationSeconds = -5 } },
      { UNREACHABLE }, 0 },
  } do
    it(case[1], function()
      assert.equal(case[4], taint_eviction.seconds(case[2], case[3]))
    end)
  end
end)

describe("a cordoned node", function()
  it("takes no new pods until it is uncordoned", function()
    local cluster = running()
    node(cluster, "node-1"):cordon()
    cluster:settle()
    assert.equal("unschedulable:NoSchedule", taints_of(cluster, "node-1"))
    play.change(cluster, "Deployment", "web", function(draft) draft.spec.replicas = 9 end)
    cluster:run(5)
    assert.equal(1, #on_node(cluster, "node-1"))
    node(cluster, "node-1"):uncordon()
    cluster:settle()
    assert.equal("", taints_of(cluster, "node-1"))
    assert.is_nil(node(cluster, "node-1").spec.unschedulable)
  end)
end)

describe("draining a node", function()
  local function budget(cluster, spec)
    spec.selector = { matchLabels = { app = "web" } }
    return assert(cluster.server:create { apiVersion = "policy/v1", kind = "PodDisruptionBudget",
      metadata = { name = "web" }, spec = spec })
  end

  it("moves its pods elsewhere", function()
    local cluster = running()
    local drain = node(cluster, "node-1"):drain()
    assert.is_false(drain:done())
    cluster:run(10)
    assert.is_true(drain:done())
    assert.equal(0, #on_node(cluster, "node-1"))
    assert.equal(3, #play.pods(cluster))
    assert.is_true(node(cluster, "node-1").spec.unschedulable)
  end)

  it("refuses pods that nobody would start again, and local data", function()
    local cluster = running()
    play.pod(cluster, "bare", { nodeName = "node-1" })
    play.pod(cluster, "data", { nodeName = "node-1", volumes = { { name = "v", emptyDir = {} } } })
    cluster:run(5)
    local ok, message = pcall(function() return node(cluster, "node-1"):drain() end)
    assert.is_false(ok)
    assert.equal('unable to drain node "node-1" due to error: '
      .. "[cannot delete Pods with local storage (use --delete-emptydir-data to override): "
      .. "default/data, cannot delete Pods that declare no controller (use --force to override): "
      .. "default/bare]", tostring(message))
    node(cluster, "node-1"):drain { force = true, delete_emptydir_data = true }
    cluster:run(10)
    assert.equal(0, #on_node(cluster, "node-1"))
  end)

  it("waits for disruption budgets", function()
    local cluster = play.cluster { nodes = 2 }
    play.deployment(cluster, 2)
    cluster:run(10)
    budget(cluster, { minAvailable = 2 })
    local drain = node(cluster, "node-1"):drain()
    cluster:run "1m"
    assert.is_false(drain:done())
    local name = "default/" .. on_node(cluster, "node-1")[1].metadata.name
    assert.equal("Cannot evict pod as it would violate the pod's disruption budget. "
      .. "The disruption budget web needs 2 healthy pods and has 2 currently", drain.refused[name])
    play.change(cluster, "Deployment", "web", function(draft) draft.spec.replicas = 3 end)
    cluster:run "20s"
    assert.is_true(drain:done())
    assert.equal(3, #on_node(cluster, "node-2"))
  end)

  it("resolves percentages by the controller's scale", function()
    local cluster = play.cluster { nodes = 2 }
    play.deployment(cluster, 4)
    cluster:run(10)
    budget(cluster, { maxUnavailable = "25%" })
    cluster:settle()
    node(cluster, "node-1"):drain()
    local terminating = 0
    for _, pod in ipairs(play.pods(cluster)) do
      terminating = terminating + (pod.metadata.deletionTimestamp and 1 or 0)
    end
    assert.equal(1, terminating)
    cluster:run "1m"
    assert.equal(4, #on_node(cluster, "node-2"))
  end)

  it("guesses nothing of pods without a scale", function()
    local cluster = play.cluster { nodes = 1 }
    play.pod(cluster, "bare", {}, { labels = { app = "web" } })
    cluster:run(5)
    budget(cluster, { maxUnavailable = 1 })
    local drain = node(cluster, "node-1"):drain { force = true }
    cluster:run "1m"
    assert.is_false(drain:done())
    assert.is_truthy(drain.refused["default/bare"])
  end)

  it("says which option is wrong", function()
    local cluster = play.cluster {}
    local _, message = pcall(function() node(cluster, "node-1"):drain { forse = true } end)
    assert.matches('unknown option "forse"; did you mean "force"', tostring(message))
  end)
end)

describe("taints by hand", function()
  it("are put on and taken off as with kubectl", function()
    local cluster = play.cluster {}
    node(cluster, "node-1"):taint("a=1:NoSchedule", "b:PreferNoSchedule")
    assert.equal("a:NoSchedule b:PreferNoSchedule", taints_of(cluster, "node-1"))
    node(cluster, "node-1"):taint "a:NoSchedule-"
    assert.equal("b:PreferNoSchedule", taints_of(cluster, "node-1"))
    node(cluster, "node-1"):taint "b-"
    assert.equal("", taints_of(cluster, "node-1"))
  end)

  it("evict what does not tolerate them", function()
    local cluster = running()
    node(cluster, "node-1"):taint "maintenance:NoExecute"
    cluster:run(5)
    assert.equal(0, #on_node(cluster, "node-1"))
    assert.equal(3, #play.pods(cluster))
  end)
end)

describe("a new node", function()
  it("is registered, gets what its machine has, and takes pods", function()
    local cluster = play.cluster { nodes = 0 }
    play.pod(cluster, "p")
    cluster:run(5)
    assert(cluster.server:create { apiVersion = "v1", kind = "Node", metadata = { name = "mine" } })
    cluster:run(12)
    assert.equal("True", ready(cluster, "mine"))
    assert.equal("110", node(cluster, "mine").status.capacity.pods)
    assert.equal("Running", play.get(cluster, "p").status.phase)
    assert.same({ "RegisteredNode: Node mine event: Registered Node mine in Controller" },
      play.events(cluster, node(cluster, "mine"):get(), "RegisteredNode"))
  end)

  it("is like its template", function()
    local cluster = play.cluster { nodes = 2, node = { cpu = 8, memory = "32Gi", zones = 2,
      labels = { disk = "ssd" }, taints = { "a=b:NoSchedule" }, extended = { ["x.y/z"] = 2 } } }
    local two = node(cluster, "node-2")
    assert.equal("8", two.status.allocatable.cpu)
    assert.equal("2", two.status.capacity["x.y/z"])
    assert.equal("zone-b", two.metadata.labels["topology.kubernetes.io/zone"])
    assert.equal("ssd", two.metadata.labels.disk)
    assert.equal("a:NoSchedule", taints_of(cluster, "node-2"))
    assert.equal("10.128.2.0/24", two.spec.podCIDR)
  end)

  it("is refused with a word of advice when its template is wrong", function()
    local _, message = pcall(play.cluster, { nodes = 1, node = { memry = "1Gi" } })
    assert.matches('unknown field "memry"; did you mean "memory"', tostring(message))
  end)
end)
