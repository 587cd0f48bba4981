-- SPDX-License-Identifier: MIT
local node = require("wl.verbs.nodes").node
local play = require "spec.support.play"

local function message_of(pod)
  local status, condition = play.condition(pod, "PodScheduled")
  assert.equal("False", status)
  assert.equal("Unschedulable", condition.reason)
  return condition.message
end

-- What a cluster says of a pod that it cannot place.
local function refusal(cluster, spec)
  play.pod(cluster, "p", spec)
  cluster:settle()
  return message_of(play.get(cluster, "p"))
end

local SMALL = { cpu = "1", memory = "1Gi" }

local function spread_over(key, more)
  local constraint = { maxSkew = 1, topologyKey = key, whenUnsatisfiable = "DoNotSchedule",
                       labelSelector = { matchLabels = { app = "web" } } }
  for field, x in pairs(more or {}) do
    constraint[field] = x
  end
  return { topologySpreadConstraints = { constraint } }
end

local function apart(key)
  return { affinity = { podAntiAffinity = { requiredDuringSchedulingIgnoredDuringExecution = {
    { topologyKey = key, labelSelector = { matchLabels = { app = "web" } } } } } } }
end

local function together(key)
  return { affinity = { podAffinity = { requiredDuringSchedulingIgnoredDuringExecution = {
    { topologyKey = key, labelSelector = { matchLabels = { app = "web" } } } } } } }
end

local HOST, ZONE = "kubernetes.io/hostname", "topology.kubernetes.io/zone"

describe("the scheduler", function()
  it("gives a pod a node, and says so", function()
    local cluster = play.cluster { nodes = 1 }
    local pod = play.pod(cluster, "p")
    cluster:settle()
    local bound = play.get(cluster, "p")
    assert.equal("node-1", bound.spec.nodeName)
    assert.equal("True", (play.condition(bound, "PodScheduled")))
    assert.same({ "Scheduled: Successfully assigned default/p to node-1" },
      play.events(cluster, pod, "Scheduled"))
  end)

  it("spreads the pods of a workload over the nodes", function()
    local cluster = play.cluster { nodes = 4 }
    play.deployment(cluster, 12)
    cluster:settle()
    assert.same({ ["node-1"] = 3, ["node-2"] = 3, ["node-3"] = 3, ["node-4"] = 3 },
      play.spread(cluster))
  end)

  it("spreads them over zones too", function()
    local cluster = play.cluster { nodes = 4 }
    for i = 1, 4 do
      node(cluster, "node-" .. i):label { [ZONE] = i == 1 and "a" or "b" }
    end
    play.deployment(cluster, 8)
    cluster:settle()
    assert.equal(3, play.spread(cluster)["node-1"]) -- 2 if zones did not count
  end)

  it("prefers the emptier node", function()
    local cluster = play.cluster { nodes = 2 }
    play.pod(cluster, "big", { containers = { play.container("2", "8Gi") } })
    cluster:settle()
    play.pod(cluster, "p", { containers = { play.container("1", "1Gi") } })
    cluster:settle()
    assert.not_equal(play.get(cluster, "big").spec.nodeName, play.get(cluster, "p").spec.nodeName)
  end)

  it("places the more urgent pods first", function()
    local cluster = play.cluster { nodes = 1, node = SMALL }
    local one = { play.container "1" }
    play.pod(cluster, "low", { containers = one })
    play.pod(cluster, "high", { containers = one, priorityClassName = "system-node-critical" })
    cluster:settle()
    assert.equal("node-1", play.get(cluster, "high").spec.nodeName)
    assert.is_nil(play.get(cluster, "low").spec.nodeName)
  end)

  it("takes the urgency of pods from their class", function()
    local cluster = play.cluster { nodes = 0 }
    local function class(name, value, is_default)
      assert(cluster.server:create { apiVersion = "scheduling.k8s.io/v1", kind = "PriorityClass",
        metadata = { name = name }, value = value, globalDefault = is_default,
        preemptionPolicy = "Never" })
    end
    class("high", 1000)
    class("normal", 5, true)
    assert.equal(1000, play.pod(cluster, "a", { priorityClassName = "high" }).spec.priority)
    assert.equal("Never", play.get(cluster, "a").spec.preemptionPolicy)
    assert.equal(5, play.pod(cluster, "b").spec.priority)
    assert.equal("normal", play.get(cluster, "b").spec.priorityClassName)
    assert.error_matches(function() play.pod(cluster, "c", { priorityClassName = "none" }) end,
      'pods "c" is forbidden: no PriorityClass with name none was found')
  end)

  it("leaves pods with gates, and pods of other schedulers, alone", function()
    local cluster = play.cluster {}
    play.pod(cluster, "gated", { schedulingGates = { { name = "wait" } } })
    play.pod(cluster, "other", { schedulerName = "mine" })
    cluster:run(60)
    assert.is_nil(play.get(cluster, "gated").spec.nodeName)
    assert.is_nil(play.get(cluster, "other").spec.nodeName)
  end)

  it("can be a user's own policy", function()
    local cluster = play.cluster {}
    local placement = require "wl.placement"
    cluster:add_policy("placement", "last-node", placement "last-node" {
      { name = "Last", changes = "node", prepare = function()
        return { score = function(one) return one.index end }
      end },
    })
    play.pod(cluster, "p", { schedulerName = "last-node" })
    cluster:settle()
    assert.equal("node-3", play.get(cluster, "p").spec.nodeName)
  end)
end)

describe("a placement policy that fails", function()
  it("is told at its pods, and the others are placed", function()
    local cluster = play.cluster {}
    local placement = require "wl.placement"
    cluster:add_policy("placement", "broken", placement "broken" {
      { name = "Broken", changes = "node", prepare = function() error "no idea" end },
    })
    play.pod(cluster, "a", { schedulerName = "broken" })
    play.pod(cluster, "b")
    cluster:run(5)
    assert.matches('placement policy "broken" failed: .*no idea',
      message_of(play.get(cluster, "a")))
    assert.equal("Running", play.get(cluster, "b").status.phase)
  end)
end)

describe("what keeps a pod off a node", function()
  local PREEMPTION = " preemption: 0/3 nodes are available: 3 %s."
  local HELPLESS = PREEMPTION:format "Preemption is not helpful for scheduling"
  local NO_VICTIMS = PREEMPTION:format "No preemption victims found for incoming pod"

  local function said(text, rest)
    return "0/3 nodes are available: " .. text .. "." .. rest
  end

  it("is resources", function()
    local cluster = play.cluster { node = SMALL }
    play.deployment(cluster, 3, { containers = { play.container("600m", "1Gi") } })
    cluster:settle()
    assert.equal(said("3 Insufficient cpu, 3 Insufficient memory", NO_VICTIMS),
      refusal(cluster, { containers = { play.container("600m", "1Gi") } }))
  end)

  it("is more than any node has", function()
    assert.equal(said("3 Insufficient nvidia.com/gpu", HELPLESS),
      refusal(play.cluster {}, { containers = { { name = "c", image = "i",
        resources = { limits = { ["nvidia.com/gpu"] = 1 } } } } }))
  end)

  it("is extended resources that others hold", function()
    local cluster = play.cluster { nodes = 1, node = { extended = { ["nvidia.com/gpu"] = 2 } } }
    local gpu = { { name = "c", image = "i", resources = { limits = { ["nvidia.com/gpu"] = 1 } } } }
    for i = 1, 3 do
      play.pod(cluster, "p" .. i, { containers = gpu })
      cluster:run(5)
    end
    assert.same({ ["node-1"] = 2, none = 1 }, play.spread(cluster))
  end)

  it("is the number of pods", function()
    local cluster = play.cluster { node = { pods = 2 } }
    play.deployment(cluster, 6)
    cluster:settle()
    assert.equal(said("3 Too many pods", NO_VICTIMS), refusal(cluster, {}))
  end)

  it("is the nodeSelector", function()
    assert.equal(said("3 node(s) didn't match Pod's node affinity/selector", HELPLESS),
      refusal(play.cluster {}, { nodeSelector = { disk = "ssd" } }))
  end)

  it("is a taint, and a cordon", function()
    local cluster = play.cluster {}
    node(cluster, "node-1"):taint "gpu=yes:NoSchedule"
    node(cluster, "node-2"):taint "gpu=yes:NoExecute"
    node(cluster, "node-3"):cordon()
    cluster:settle()
    assert.equal(said("1 node(s) were unschedulable, 2 node(s) had untolerated taint(s)",
      HELPLESS), refusal(cluster, {}))
    play.pod(cluster, "t", { tolerations = { { key = "gpu", operator = "Exists",
                                               effect = "NoSchedule" } } })
    cluster:settle()
    assert.equal("node-1", play.get(cluster, "t").spec.nodeName)
  end)

  it("is a host port, on its address", function()
    local cluster = play.cluster { nodes = 2 }
    local function with_port(address)
      return { containers = { play.container(nil, nil, { ports = {
        { containerPort = 80, hostPort = 80, hostIP = address } } }) } }
    end
    play.pod(cluster, "a", with_port())
    play.pod(cluster, "b", with_port())
    cluster:settle()
    assert.same({ ["node-1"] = 1, ["node-2"] = 1 }, play.spread(cluster))
    assert.matches("2 node%(s%) didn't have free ports for the requested pod ports",
      refusal(cluster, with_port "10.0.0.1"))
  end)

  it("is that there is no node", function()
    assert.equal("no nodes available to schedule pods", refusal(play.cluster { nodes = 0 }, {}))
  end)

  it("is told as an event, and that preemption is not wanted", function()
    local cluster = play.cluster {}
    local text = refusal(cluster, { nodeSelector = { a = "b" }, preemptionPolicy = "Never" })
    assert.matches("preemption: not eligible due to preemptionPolicy=Never%.$", text)
    assert.same({ "FailedScheduling: " .. text },
      play.events(cluster, play.get(cluster, "p"), "FailedScheduling"))
  end)

  it("sorts reasons as texts", function()
    local cluster = play.cluster { nodes = 12 }
    for i = 1, 10 do
      node(cluster, "node-" .. i):taint "z:NoSchedule"
    end
    assert.matches("available: 10 node%(s%) had untolerated taint%(s%), 2 node%(s%) didn't match",
      refusal(cluster, { nodeSelector = { a = "b" } }))
  end)
end)

describe("a pod that could not be placed", function()
  it("is placed when a node comes that will do", function()
    local cluster = play.cluster { nodes = 1 }
    refusal(cluster, { nodeSelector = { disk = "ssd" } })
    cluster:run(30)
    node(cluster, "node-1"):label { disk = "ssd" }
    cluster:run(1)
    assert.equal("node-1", play.get(cluster, "p").spec.nodeName)
  end)

  it("is placed when another pod leaves", function()
    local cluster = play.cluster { nodes = 1, node = SMALL }
    play.pod(cluster, "first", { containers = { play.container "1" } })
    cluster:run(5)
    refusal(cluster, { containers = { play.container "1" } })
    cluster:run(30)
    cluster.server:delete(play.get(cluster, "first"))
    cluster:run(3)
    assert.equal("node-1", play.get(cluster, "p").spec.nodeName)
  end)

  it("is not tried again while nothing changes", function()
    local cluster = play.cluster {}
    refusal(cluster, { nodeSelector = { disk = "ssd" } })
    cluster:run "30m"
    local events = cluster.events:about(play.get(cluster, "p"))
    assert.equal(1, #events)
    assert.equal(1, events[1].count)
  end)
end)

describe("affinity", function()
  local function preferring(weight, label)
    return { affinity = { nodeAffinity = { preferredDuringSchedulingIgnoredDuringExecution = {
      { weight = weight, preference = { matchExpressions = {
        { key = label, operator = "Exists" } } } } } } } }
  end

  it("prefers nodes, and avoids what PreferNoSchedule says", function()
    local cluster = play.cluster {}
    node(cluster, "node-2"):label { fast = "yes" }
    play.pod(cluster, "p", preferring(50, "fast"))
    cluster:settle()
    assert.equal("node-2", play.get(cluster, "p").spec.nodeName)
    node(cluster, "node-1"):taint "old:PreferNoSchedule"
    node(cluster, "node-2"):taint "old:PreferNoSchedule"
    play.pod(cluster, "q")
    cluster:settle()
    assert.equal("node-3", play.get(cluster, "q").spec.nodeName)
  end)

  it("keeps pods apart by host", function()
    local cluster = play.cluster {}
    play.deployment(cluster, 4, apart(HOST))
    cluster:settle()
    assert.same({ ["node-1"] = 1, ["node-2"] = 1, ["node-3"] = 1, none = 1 },
      play.spread(cluster))
  end)

  it("keeps others away from pods that want to be apart", function()
    local cluster = play.cluster { nodes = 1 }
    play.deployment(cluster, 1, apart(HOST))
    cluster:settle()
    play.pod(cluster, "p", {}, { labels = { app = "web" } })
    cluster:settle()
    assert.matches("1 node%(s%) didn't satisfy existing pods anti%-affinity rules",
      message_of(play.get(cluster, "p")))
  end)

  it("keeps pods together by zone, the first anywhere", function()
    local cluster = play.cluster { nodes = 4, node = { zones = 2 } }
    play.deployment(cluster, 6, together(ZONE))
    cluster:settle()
    local counts = play.spread(cluster)
    assert.equal(6, (counts["node-1"] or 0) + (counts["node-3"] or 0))
  end)

  it("refuses nodes without the pods that a pod wants near", function()
    local cluster = play.cluster {}
    assert.matches("3 node%(s%) didn't match pod affinity rules", refusal(cluster, together(HOST)))
  end)
end)

describe("topology spread constraints", function()
  it("keep the skew", function()
    local cluster = play.cluster { nodes = 3, node = { pods = 3 } }
    node(cluster, "node-1"):label { [ZONE] = "a" }
    node(cluster, "node-2"):label { [ZONE] = "a" }
    node(cluster, "node-3"):label { [ZONE] = "b" }
    play.deployment(cluster, 8, spread_over(ZONE))
    cluster:settle()
    local counts = play.spread(cluster)
    assert.equal(3, counts["node-3"])
    assert.equal(4, counts["node-1"] + counts["node-2"])
    assert.equal(1, counts.none)
  end)

  it("name what is missing", function()
    local cluster = play.cluster { nodes = 2 }
    node(cluster, "node-1"):label { rack = "1" }
    play.deployment(cluster, 2, spread_over("rack", { minDomains = 2 }))
    cluster:settle()
    local waiting = play.get(cluster, play.pods(cluster)[1].metadata.name)
    if waiting.spec.nodeName then
      waiting = play.pods(cluster)[2]
    end
    local text = message_of(waiting)
    local refused = "1 node%(s%) didn't match pod topology spread constraints"
    assert.matches(refused .. ",", text)
    assert.matches(refused .. " %(missing required label%)", text)
  end)

  it("are only wishes where any node will do", function()
    local cluster = play.cluster { nodes = 2, node = { pods = 4 } }
    play.deployment(cluster, 8, spread_over(HOST, { whenUnsatisfiable = "ScheduleAnyway" }))
    cluster:settle()
    assert.same({ ["node-1"] = 4, ["node-2"] = 4 }, play.spread(cluster))
  end)
end)

describe("a placement policy", function()
  local placement = require "wl.placement"

  local function complaint(rules)
    local _, text = pcall(placement "mine", rules)
    return text
  end

  it("is checked when it is made", function()
    assert.matches('rule "X": unknown field "wieght"; did you mean "weight"', complaint {
      { name = "X", changes = "node", prepare = print, wieght = 1 } })
    assert.matches('must have a function prepare', complaint { { name = "X", changes = "node" } })
    assert.matches('changes must be "node" or "pods"', complaint {
      { name = "X", changes = "all", prepare = print } })
  end)
end)
