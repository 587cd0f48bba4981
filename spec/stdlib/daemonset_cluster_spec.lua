-- SPDX-License-Identifier: MIT
-- DaemonSets with all that runs pods.
local Cluster = require "wl.cluster"
local Map = require "wl.daemon.map"
local nodes = require "wl.nodes"
local rollout = require "wl.rollout"
local value = require "wl.value"

describe("A DaemonSet on a cluster", function()
  local cluster

  local function create(fields, pod_fields)
    local pod_spec = { terminationGracePeriodSeconds = 1,
      containers = { { name = "c", image = "img" } } }
    for field, x in pairs(pod_fields or {}) do
      pod_spec[field] = x
    end
    local spec = { selector = { matchLabels = { app = "agent" } },
      template = { metadata = { labels = { app = "agent" } }, spec = pod_spec } }
    for field, x in pairs(fields or {}) do
      spec[field] = x
    end
    assert(cluster:create { apiVersion = "apps/v1", kind = "DaemonSet",
      metadata = { name = "agent" }, spec = spec })
  end

  local function set() return (cluster:get("DaemonSet", "default", "agent")) end

  local function use(image)
    assert(cluster:update(set(), function(draft)
      draft.spec.template.spec.containers[1].image = image
    end))
  end

  local function pods_on(node)
    local found = {}
    for _, pod in ipairs(cluster:list "Pod") do
      found[#found + 1] = pod.spec.nodeName == node and pod or nil
    end
    return found
  end

  local function where()
    local found = {}
    for _, pod in ipairs(cluster:list "Pod") do
      found[#found + 1] = pod.spec.nodeName or "-"
    end
    table.sort(found)
    return table.concat(found, " ")
  end

  local function images()
    local found = {}
    for _, pod in ipairs(cluster:list "Pod") do
      found[#found + 1] = pod.spec.containers[1].image
    end
    table.sort(found)
    return table.concat(found, " ")
  end

  local function change_node(name, edit)
    assert(cluster:update(cluster:get("Node", nil, name), function(draft) edit(draft) end))
  end

  local function numbers()
    local status = set().status
    return { status.desiredNumberScheduled, status.currentNumberScheduled, status.numberReady,
      status.updatedNumberScheduled or 0, status.numberAvailable or 0,
      status.numberMisscheduled }
  end

  -- What the map has added up bit by bit must be what is found by looking anew.
  local function map_is_right()
    local ctx = cluster.controllers.by_kind[cluster.server:number(cluster.server:kind "DaemonSet")]
      .ctx
    local map = ctx.daemon_maps and set() and ctx.daemon_maps[set().metadata.uid]
    if map then
      map:refresh(ctx, set(), map.view)
      local anew = Map.new()
      anew.backoff = map.backoff
      anew:refresh(ctx, set(), map.view)
      assert.same(anew.lines:sums(), map.lines:sums())
    end
  end

  before_each(function() cluster = Cluster.new { nodes = 3, seed = 5 } end)

  after_each(function()
    map_is_right()
    assert.same({}, cluster.warnings)
  end)

  it("has a pod on every node, tied to it", function()
    create()
    cluster:run "1m"
    assert.equal("node-1 node-2 node-3", where())
    assert.same({ 3, 3, 3, 3, 3, 0 }, numbers())
    local pod = pods_on "node-2"[1]
    assert.same({ { matchFields = { { key = "metadata.name", operator = "In",
      values = { "node-2" } } } } }, value.table(pod.spec.affinity.nodeAffinity
      .requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms))
    assert.equal("1", pod.metadata.labels["pod-template-generation"])
  end)

  it("follows nodes that join, leave and change", function()
    create({}, { nodeSelector = { disk = "ssd" } })
    cluster:run "10s"
    assert.equal("", where())
    change_node("node-1", function(draft) draft.metadata.labels.disk = "ssd" end)
    nodes.add(cluster, 4, 4, { labels = { disk = "ssd" } })
    cluster:run "10s"
    assert.equal("node-1 node-4", where())
    change_node("node-1", function(draft) draft.metadata.labels.disk = "hdd" end)
    cluster:run "10s"
    assert.equal("node-4", where())
    assert(cluster:delete((cluster:get("Node", nil, "node-4"))))
    cluster:run "10m"
    assert.equal("", where())
    assert.equal(0, set().status.desiredNumberScheduled)
  end)

  it("stays on a node that takes no new pods, and goes where it does not tolerate", function()
    create()
    cluster:run "10s"
    change_node("node-1", function(draft) draft.spec.unschedulable = true end)
    change_node("node-2", function(draft)
      draft.spec.taints = { { key = "dedicated", effect = "NoSchedule" } }
    end)
    change_node("node-3", function(draft)
      draft.spec.taints = { { key = "dedicated", effect = "NoExecute" } }
    end)
    cluster:run "1m"
    assert.equal("node-1 node-2", where())
    assert.same({ 1, 1, 1, 1, 1, 1 }, numbers())
  end)

  it("replaces a pod that fails, and waits longer each time", function()
    create()
    cluster:run "10s"
    local function fail()
      local pod = pods_on "node-1"[1]
      if pod and pod.status.phase == "Running" then
        assert(cluster:update_status(pod, function(draft) draft.phase = "Failed" end))
      end
    end
    local made = {}
    cluster:on_each_write(function(change)
      if change.type == "ADDED" and change.now.kind == "Pod" then
        made[#made + 1] = cluster:now()
      end
    end)
    for _ = 1, 300 do
      fail()
      cluster:run(0.1)
    end
    assert.is_true(#made >= 4)
    for i = 3, #made do
      assert.is_true(made[i] - made[i - 1] > made[i - 1] - made[i - 2])
    end
    assert.truthy(cluster.events:list(function(event)
      return event.reason == "FailedDaemonPod"
    end)[1])
  end)

  describe("rolling out", function()
    local function never_fewer_than(n)
      cluster:always(function()
        local object = set()
        if object then
          assert((object.status.numberAvailable or 0) >= n)
        end
      end)
    end

    it("replaces one pod after another", function()
      cluster.kubelet:behave("app=agent", { ready = "5s" })
      create()
      cluster:run "1m"
      never_fewer_than(2)
      use "img2"
      cluster:run "2m"
      assert.equal("img2 img2 img2", images())
      assert.same({ 3, 3, 3, 3, 3, 0 }, numbers())
    end)

    it("replaces as many as may be missing", function()
      cluster.kubelet:behave("app=agent", { ready = "5s" })
      create { updateStrategy = { type = "RollingUpdate", rollingUpdate = {
        maxUnavailable = "50%" } } }
      cluster:run "1m"
      never_fewer_than(1)
      use "img2"
      cluster:run "3s"
      assert.equal("img img2 img2", images())
      cluster:run "1m"
      assert.equal("img2 img2 img2", images())
    end)

    it("makes the new pod first with maxSurge", function()
      cluster.kubelet:behave("app=agent", { ready = "5s" })
      create { updateStrategy = { type = "RollingUpdate", rollingUpdate = { maxSurge = 1,
        maxUnavailable = 0 } } }
      cluster:run "1m"
      never_fewer_than(3)
      use "img2"
      cluster:run "3s"
      assert.equal("img img img img2", images())
      cluster:run "2m"
      assert.equal("img2 img2 img2", images())
      assert.equal("node-1 node-2 node-3", where())
    end)

    it("waits minReadySeconds", function()
      create { minReadySeconds = 20 }
      cluster:run "10s"
      assert.same({ 3, 3, 3, 3, 0, 0 }, numbers())
      cluster:run "20s"
      assert.same({ 3, 3, 3, 3, 3, 0 }, numbers())
      use "img2"
      cluster:run "15s"
      assert.equal("img img img2", images())
      cluster:run "2m"
      assert.equal("img2 img2 img2", images())
    end)

    it("waits for somebody to delete pods under OnDelete", function()
      create { updateStrategy = { type = "OnDelete" } }
      cluster:run "1m"
      use "img2"
      cluster:run "1m"
      assert.equal("img img img", images())
      assert(cluster:delete(pods_on "node-2"[1]))
      cluster:run "1m"
      assert.equal("img img img2", images())
      assert.equal(1, set().status.updatedNumberScheduled)
    end)

    it("goes back to an old revision, and forgets the oldest", function()
      create { revisionHistoryLimit = 1 }
      cluster:run "1m"
      for i = 2, 4 do
        use("img" .. i)
        cluster:run "1m"
      end
      assert.equal(2, #cluster:list "ControllerRevision")
      assert.equal("daemonset.apps/agent rolled back", rollout.undo(cluster, set()))
      cluster:run "1m"
      assert.equal("img3 img3 img3", images())
      assert.equal("daemonset.apps/agent \nREVISION  CHANGE-CAUSE\n4         <none>\n"
        .. "5         <none>", rollout.history(cluster, set()))
      assert.equal('daemon set "agent" successfully rolled out', (rollout.status(set())))
    end)

    it("stops at a broken revision, and gets over it", function()
      create()
      cluster:run "1m"
      cluster.kubelet:behave("app=agent", { never_ready = true, image = "broken" })
      use "broken"
      cluster:run "5m"
      assert.equal("broken img img", images())
      use "img3"
      cluster:run "5m"
      assert.equal("img3 img3 img3", images())
    end)
  end)

  it("keeps one revision of a template", function()
    create()
    cluster:run "1m"
    local one = cluster:list "ControllerRevision"[1]
    local copy = value.table(one)
    copy.metadata = { name = "copy", namespace = "default",
      labels = copy.metadata.labels, ownerReferences = copy.metadata.ownerReferences }
    copy.revision = 2
    assert(cluster:create(copy))
    cluster:run "1m"
    assert.equal(1, #cluster:list "ControllerRevision")
    assert.equal("copy", cluster:list "ControllerRevision"[1].metadata.name)
    assert.same({ 3, 3, 3, 3, 3, 0 }, numbers())
  end)

  it("goes with all that is its own", function()
    create()
    cluster:run "1m"
    assert(cluster:delete(set()))
    cluster:run "1m"
    assert.same({ "", 0 }, { where(), #cluster:list "ControllerRevision" })
  end)
end)
