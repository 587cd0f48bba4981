-- SPDX-License-Identifier: MIT
--- Which waiting pods are placed together: as many as no rule can tell apart, and
-- never one that a rule can.
local Known = require "wl.scheduler.known"
local node = require("wl.verbs.nodes").node
local pending = require "wl.scheduler.pending"
local placement = require "wl.placement"
local play = require "spec.support.play"

local HOST = "kubernetes.io/hostname"

local API = { Job = "batch/v1", ReplicaSet = "apps/v1" }

-- A controller that there is not: for pods that are not run.
local function owner(kind, name)
  return { apiVersion = API[kind], kind = kind, name = name, uid = "uid-" .. name,
           controller = true }
end

-- Pods as the Job controller makes them: labels of their own, one template.
local function pods_of(cluster, name, n, spec, kind)
  for i = 1, n do
    play.pod(cluster, name .. "-" .. i, spec, { ownerReferences = kind and { owner(kind, name) },
      labels = { ["job-name"] = name, ["batch.kubernetes.io/controller-uid"] = "uid-" .. name } })
  end
end

local function groups(cluster)
  local ctx, nodes = cluster.scheduler.entry.ctx, cluster.scheduler.nodes
  nodes:begin(ctx)
  nodes:refresh()
  return pending.groups(ctx:where("Pod", "unscheduled"):batch(),
    function(name) return ctx:policy("placement", name) end, nodes)
end

-- Where the pods of a Job are: "node-1 node-2".
local function places(cluster, name, n)
  local list = {}
  for i = 1, n do
    list[i] = play.get(cluster, name .. "-" .. i).spec.nodeName or "none"
  end
  table.sort(list)
  return table.concat(list, " ")
end

local function settled(options)
  local cluster = play.cluster(options)
  cluster:settle()
  return cluster
end

local function apart_from(name)
  return { affinity = { podAntiAffinity = { requiredDuringSchedulingIgnoredDuringExecution = {
    { topologyKey = HOST, labelSelector = { matchLabels = { ["job-name"] = name } } } } } } }
end

describe("groups of pods", function()
  it("are shared by Jobs, whatever their pods are called and run", function()
    local cluster = settled()
    pods_of(cluster, "a", 2, {}, "Job")
    pods_of(cluster, "b", 1, { hostname = "b", containers = {
      { name = "other", image = "other", resources = { requests = {} } } } }, "Job")
    local found = groups(cluster)
    assert.equal(1, #found)
    assert.same({ 1, 3 }, { #found[1].batches, #found[1].batches[1] })
  end)

  it("are set apart by what pods ask for", function()
    local cluster = settled()
    pods_of(cluster, "a", 2)
    pods_of(cluster, "b", 1, { containers = { play.container("1") } })
    pods_of(cluster, "c", 1, { containers = { play.container(), { name = "b", image = "b" } } })
    pods_of(cluster, "d", 1, { containers = { play.container(nil, nil,
      { ports = { { containerPort = 80, hostPort = 80 } } }) } })
    pods_of(cluster, "e", 1, { nodeSelector = { disk = "ssd" } })
    pods_of(cluster, "f", 1, { tolerations = { { operator = "Exists" } } })
    assert.equal(6, #groups(cluster))
  end)

  it("are set apart by the workload where that is spread", function()
    local cluster = settled()
    pods_of(cluster, "a", 2, {}, "ReplicaSet")
    pods_of(cluster, "b", 2, {}, "ReplicaSet")
    local found = groups(cluster)
    assert.same({ 2, "uid-a", "uid-b" }, { #found, found[1].owner, found[2].owner })
  end)

  it("are set apart by the labels that a term is about", function()
    local cluster = settled()
    pods_of(cluster, "a", 2, apart_from "a")
    pods_of(cluster, "b", 2, apart_from "a")
    pods_of(cluster, "c", 2, apart_from "a")
    assert.equal(2, #groups(cluster)) -- b and c look the same to it
    cluster:settle()
    assert.equal("node-1 node-2", places(cluster, "a", 2))
    assert.equal("node-3 node-3", places(cluster, "b", 2))
    assert.equal("node-3 node-3", places(cluster, "c", 2))
  end)

  it("are set apart by the labels that the terms of others are about", function()
    local cluster = settled { nodes = 2, node = { cpu = "8" } }
    assert(cluster:update_status(cluster:get("Node", nil, "node-2"), function(status)
      status.allocatable.cpu = "2"
    end))
    play.pod(cluster, "x", apart_from "a")
    cluster:settle()
    assert.equal("node-1", play.get(cluster, "x").spec.nodeName)
    local spec = { containers = { play.container("1") } }
    pods_of(cluster, "b", 1, spec)
    pods_of(cluster, "a", 2, spec)
    pods_of(cluster, "c", 1, spec)
    cluster:settle()
    assert.equal("node-1 node-1", places(cluster, "b", 1) .. " " .. places(cluster, "c", 1))
    assert.equal("node-2 node-2", places(cluster, "a", 2))
  end)

  it("are set apart by the labels that count for the spread", function()
    local cluster = settled { nodes = 2 }
    local function at(name) return { nodeName = name } end
    pods_of(cluster, "a", 2, at "node-1")
    pods_of(cluster, "b", 2, at "node-2")
    cluster:settle()
    local constraint = { maxSkew = 1, topologyKey = HOST, whenUnsatisfiable = "DoNotSchedule",
      labelSelector = {}, matchLabelKeys = { "batch.kubernetes.io/controller-uid" } }
    local function new(name, labels)
      for i = 1, 2 do
        play.pod(cluster, ("new-%s-%d"):format(name, i),
          { topologySpreadConstraints = { constraint } },
          { labels = { ["batch.kubernetes.io/controller-uid"] = "uid-" .. labels } })
      end
    end
    new("a", "a")
    new("b", "b")
    cluster:settle()
    assert.equal("node-2 node-2", places(cluster, "new-a", 2))
    assert.equal("node-1 node-1", places(cluster, "new-b", 2))
  end)

  it("know of pods that want to be apart and came later", function()
    local cluster = settled { nodes = 1 }
    pods_of(cluster, "a", 1)
    cluster:settle()
    play.pod(cluster, "x", apart_from "late")
    cluster:settle()
    pods_of(cluster, "late", 1)
    pods_of(cluster, "other", 1)
    cluster:settle()
    assert.same({ "none", "node-1" }, { places(cluster, "late", 1), places(cluster, "other", 1) })
  end)

  it("know of pods that want to be apart and found a node later", function()
    local cluster = settled { nodes = 2 }
    local spec = apart_from "late"
    spec.nodeSelector = { special = "yes" }
    play.pod(cluster, "x", spec)
    pods_of(cluster, "late", 1)
    cluster:settle()
    assert.equal("node-1", places(cluster, "late", 1))
    node(cluster, "node-2"):label { special = "yes" }
    cluster:run "1m"
    assert.equal("node-2", play.get(cluster, "x").spec.nodeName)
    play.pod(cluster, "ballast", { nodeName = "node-1" })
    cluster:settle()
    play.pod(cluster, "late-2", {}, { labels = { ["job-name"] = "late" } })
    cluster:settle()
    assert.equal("node-1", play.get(cluster, "late-2").spec.nodeName)
  end)

  it("are as fine as a policy's rules need", function()
    local cluster = settled()
    local function policy(name, fields)
      local rule = { name = "R", changes = "node", prepare = function(pod)
        local wanted = (pod.metadata.annotations or {}).node
        return { check = function(one) return one.name ~= wanted and "another" or nil end }
      end }
      for field, x in pairs(fields) do rule[field] = x end
      cluster:add_policy("placement", name, placement(name) { rule })
    end
    policy("silent", {})
    policy("by-path", { reads = { "metadata.annotations.node" } })
    policy("by-sight", { reads = { "metadata.annotations" },
      sees = function(pod) return pod.metadata.annotations.node end })
    for _, name in ipairs { "silent", "by-path", "by-sight" } do
      for i = 1, 3 do
        play.pod(cluster, name .. "-" .. i, { schedulerName = name },
          { annotations = { node = "node-" .. i, other = tostring(i % 2) } })
      end
    end
    assert.equal(9, #groups(cluster))
    cluster:settle()
    for _, name in ipairs { "silent", "by-path", "by-sight" } do
      assert.equal("node-1 node-2 node-3", places(cluster, name, 3))
    end
  end)
end)

describe("pods that are pinned to nodes", function()
  local function pinned(name, more)
    local field = { key = "metadata.name", operator = "In", values = { name } }
    local spec = { affinity = { nodeAffinity = {
      requiredDuringSchedulingIgnoredDuringExecution = {
        nodeSelectorTerms = { { matchFields = { field } } } } } } }
    for key, x in pairs(more or {}) do spec[key] = x end
    return spec
  end

  it("are one group, and go where they belong", function()
    local cluster = settled { nodes = 4 }
    for i = 1, 4 do play.pod(cluster, "p-" .. i, pinned("node-" .. i)) end
    assert.equal(1, #groups(cluster))
    cluster:settle()
    assert.equal("node-1 node-2 node-3 node-4", places(cluster, "p", 4))
    assert.equal("node-3", play.get(cluster, "p-3").spec.nodeName)
  end)

  it("wait for their node alone when it will not do", function()
    local cluster = settled { nodes = 3 }
    node(cluster, "node-2"):cordon()
    for i = 1, 3 do play.pod(cluster, "p-" .. i, pinned("node-" .. i)) end
    play.pod(cluster, "q", pinned "nowhere")
    cluster:settle()
    assert.equal("node-1 node-3 none", places(cluster, "p", 3))
    local _, condition = play.condition(play.get(cluster, "p-2"), "PodScheduled")
    assert.equal("0/3 nodes are available: 1 node(s) were unschedulable, "
      .. "2 node(s) didn't satisfy plugin(s) [NodeAffinity]. preemption: 0/3 nodes are "
      .. "available: 3 Preemption is not helpful for scheduling.", condition.message)
    assert.equal("False", (play.condition(play.get(cluster, "q"), "PodScheduled")))
    node(cluster, "node-2"):uncordon()
    cluster:run "1m"
    assert.equal("node-1 node-2 node-3", places(cluster, "p", 3))
  end)

  it("take what fits, the first first", function()
    local cluster = settled { nodes = 2, node = { cpu = "3" } }
    local spec = { containers = { play.container("2") } }
    for i = 1, 4 do play.pod(cluster, "p-" .. i, pinned("node-" .. 1 + i % 2, spec)) end
    cluster:settle()
    assert.equal("node-2 node-1", places(cluster, "p", 1) .. " "
      .. play.get(cluster, "p-2").spec.nodeName)
    assert.equal(2, play.spread(cluster).none)
  end)

  it("are looked at one by one where their node counts for the spread", function()
    local cluster = settled { nodes = 2 }
    local spread = { topologySpreadConstraints = { { maxSkew = 1, topologyKey = HOST,
      whenUnsatisfiable = "DoNotSchedule", labelSelector = { matchLabels = { app = "x" } } } } }
    for i = 1, 2 do
      play.pod(cluster, "p-" .. i, pinned("node-1", spread), { labels = { app = "x" } })
    end
    assert.equal(1, #groups(cluster))
    assert.is_false(groups(cluster)[1].pinned)
    cluster:settle()
    assert.equal("node-1 node-1", places(cluster, "p", 2))
  end)
end)

describe("known groups", function()
  local function waiting(key, workload) return { key = key, signature = key, owner = workload } end

  it("go with their workload, and when too many are kept", function()
    local known, there = Known.new(), { a = true, b = true }
    local function is_there(uid) return there[uid] == true end
    known:keep(waiting(1, "a"), "A", is_there)
    known:keep(waiting(2, "b"), "B", is_there)
    known:keep(waiting(3), "C", is_there)
    there.a = nil
    known:keep(waiting(4), "D", is_there)
    assert.same({ nil, "B", "C", "D" }, { known:find(1, 1), known:find(2, 2), known:find(3, 3),
      known:find(4, 4) })
    for key = 5, 100 do
      known:keep(waiting(key), key, is_there)
      known:find(2, 2)
    end
    assert.same({ "B", nil, nil, 100, 64 }, { known:find(2, 2), known:find(3, 3),
      known:find(4, 4), known:find(100, 100), #known.list })
  end)
end)
