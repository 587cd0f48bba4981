-- SPDX-License-Identifier: MIT
-- StatefulSets with all that runs pods.
local Cluster = require "wl.cluster"
local Roster = require "wl.stateful.roster"
local controller_revision = require "wl.controller_revision"
local rollout = require "wl.rollout"
local value = require "wl.value"

describe("A StatefulSet on a cluster", function()
  local cluster

  local function create(fields)
    fields = fields or {}
    local spec = {
      replicas = 3, serviceName = "web", selector = { matchLabels = { app = "web" } },
      template = { metadata = { labels = { app = "web" } },
        spec = { terminationGracePeriodSeconds = 1,
          containers = { { name = "c", image = "img" } } } },
    }
    for field, x in pairs(fields) do
      spec[field] = x
    end
    assert(cluster:create { apiVersion = "apps/v1", kind = "StatefulSet",
      metadata = { name = "web" }, spec = spec })
  end

  local function claim_template(name)
    return { { metadata = { name = name }, spec = { accessModes = { "ReadWriteOnce" },
      resources = { requests = { storage = "1Gi" } } } } }
  end

  local function set() return (cluster:get("StatefulSet", "default", "web")) end

  local function change(edit)
    assert(cluster:update(set(), function(draft) edit(draft.spec) end))
  end

  local function use(image)
    change(function(spec) spec.template.spec.containers[1].image = image end)
  end

  local function pod(ordinal) return (cluster:get("Pod", "default", "web-" .. ordinal)) end

  local function claim(name)
    return (cluster:get("PersistentVolumeClaim", "default", name))
  end

  local function names(kind)
    local found = {}
    for i, object in ipairs(cluster:list(kind)) do
      found[i] = object.metadata.name
    end
    return table.concat(found, " ")
  end

  local function images()
    local found = {}
    for i, one in ipairs(cluster:list "Pod") do
      found[i] = one.spec.containers[1].image
    end
    return table.concat(found, " ")
  end

  local function revision_of(one) return one.metadata.labels[controller_revision.POD_LABEL] end

  -- The pods in the order in which something was done to them.
  local function told(reason)
    local found = {}
    for _, event in ipairs(cluster.events:list()) do
      found[#found + 1] = event.reason == reason and event.message:match "Pod (%S+)" or nil
    end
    return table.concat(found, " ")
  end

  before_each(function() cluster = Cluster.new { nodes = 3, seed = 5 } end)

  -- What the roster has added up bit by bit must be what is found by looking anew.
  local function roster_is_right()
    local number = cluster.server:number(cluster.server:kind "StatefulSet")
    local ctx = cluster.controllers.by_kind[number].ctx
    local roster = set() and (ctx.rosters or {})[set().metadata.uid]
    if roster then
      local anew = Roster.new()
      roster:refresh(ctx, set(), roster.view)
      anew:refresh(ctx, set(), roster.view)
      assert.same(anew:counts(), roster:counts())
      for _, line in ipairs { "blocked", "highest_blocked", "outdated", "condemned", "due" } do
        assert.same({ anew[line]:first() }, { roster[line]:first() }, line)
        assert.equal(#anew[line], #roster[line], line)
      end
    end
  end

  after_each(function()
    roster_is_right()
    assert.same({}, cluster.warnings)
  end)

  it("starts one after another, each when the one before is ready", function()
    cluster.kubelet:behave("app=web", { ready = "10s" })
    create()
    cluster:run "5s"
    assert.equal("web-0", names "Pod")
    cluster:run "11s"
    assert.equal("web-0 web-1", names "Pod")
    cluster:run "30s"
    assert.equal("web-0 web-1 web-2", names "Pod")
    assert.equal("web-0 web-1 web-2", told "SuccessfulCreate")
    local status = set().status
    assert.same({ 3, 3, 3, 3, 3 }, { status.replicas, status.readyReplicas,
      status.availableReplicas, status.currentReplicas, status.updatedReplicas })
    assert.equal(status.updateRevision, status.currentRevision)
    assert.equal(status.currentRevision, revision_of(pod(1)))
  end)

  it("starts all at once under Parallel", function()
    cluster.kubelet:behave("app=web", { never_ready = true })
    create { podManagementPolicy = "Parallel" }
    cluster:run "5s"
    assert.equal("web-0 web-1 web-2", names "Pod")
  end)

  it("goes from the top when it shrinks", function()
    create()
    cluster:run "1m"
    change(function(spec) spec.replicas = 1 end)
    cluster:run "1m"
    assert.equal("web-0", names "Pod")
    assert.equal("web-2 web-1", told "SuccessfulDelete")
  end)

  it("moves when its first ordinal moves", function()
    create { replicas = 2, ordinals = { start = 3 } }
    cluster:run "1m"
    assert.equal("web-3 web-4", names "Pod")
    change(function(spec) spec.ordinals.start = 2 end)
    cluster:run "1m"
    assert.equal("web-2 web-3", names "Pod")
    assert.equal(2, set().status.readyReplicas)
  end)

  describe("with claims", function()
    it("gives each pod its own, and keeps them", function()
      create { replicas = 2, volumeClaimTemplates = claim_template "data" }
      cluster:run "1m"
      assert.equal("data-web-0 data-web-1", names "PersistentVolumeClaim")
      assert.equal("Bound", claim "data-web-1".status.phase)
      assert.equal("data-web-1", value.get(pod(1),
        "spec.volumes[name=data].persistentVolumeClaim.claimName"))
      change(function(spec) spec.replicas = 0 end)
      cluster:run "1m"
      assert(cluster:delete(set()))
      cluster:run "1m"
      assert.equal("data-web-0 data-web-1", names "PersistentVolumeClaim")
    end)

    it("deletes them with the pod that is scaled away, and makes new ones", function()
      create { replicas = 2, volumeClaimTemplates = claim_template "data",
        persistentVolumeClaimRetentionPolicy = { whenScaled = "Delete" } }
      cluster:run "1m"
      local before = claim "data-web-1".metadata.uid
      change(function(spec) spec.replicas = 1 end)
      cluster:run "1m"
      assert.equal("data-web-0", names "PersistentVolumeClaim")
      assert.equal(1, #cluster:list "PersistentVolume")
      change(function(spec) spec.replicas = 2 end)
      cluster:run "1m"
      assert.not_equal(before, claim "data-web-1".metadata.uid)
      assert.equal(2, set().status.readyReplicas)
    end)

    it("deletes them with the set", function()
      create { volumeClaimTemplates = claim_template "data",
        persistentVolumeClaimRetentionPolicy = { whenDeleted = "Delete" } }
      cluster:run "1m"
      assert(cluster:delete(set()))
      cluster:run "1m"
      assert.same({ "", "", "" },
        { names "PersistentVolumeClaim", names "Pod", names "ControllerRevision" })
    end)
  end)

  describe("rolling out", function()
    it("replaces from the top, and is of the new revision at the end", function()
      create()
      cluster:run "1m"
      local first = set().status.currentRevision
      use "img2"
      cluster:run "3s"
      assert.equal(first, set().status.currentRevision)
      assert.not_equal(first, set().status.updateRevision)
      cluster:run "1m"
      assert.equal("web-2 web-1 web-0", told "SuccessfulDelete")
      assert.equal("img2 img2 img2", images())
      assert.equal(set().status.updateRevision, set().status.currentRevision)
    end)

    it("uses the old revision again when it goes back", function()
      create()
      cluster:run "1m"
      local first = set().status.currentRevision
      use "img2"
      cluster:run "1m"
      assert.equal("statefulset.apps/web rolled back", rollout.undo(cluster, set()))
      cluster:run "1m"
      assert.equal(first, set().status.currentRevision)
      assert.equal("img img img", images())
      assert.equal("statefulset.apps/web \nREVISION  CHANGE-CAUSE\n2         <none>\n"
        .. "3         <none>", rollout.history(cluster, set()))
    end)

    it("leaves the ordinals below the partition, also when they are made anew", function()
      create { updateStrategy = { type = "RollingUpdate", rollingUpdate = { partition = 3 } } }
      cluster:run "1m"
      use "img2"
      cluster:run "1m"
      assert.equal("img img img", images())
      change(function(spec) spec.updateStrategy.rollingUpdate.partition = 2 end)
      cluster:run "1m"
      assert.equal("img img img2", images())
      assert(cluster:delete(pod(0)))
      assert(cluster:delete(pod(2)))
      cluster:run "1m"
      assert.equal("img img img2", images())
      assert.equal(set().status.currentRevision, revision_of(pod(0)))
      change(function(spec) spec.updateStrategy.rollingUpdate.partition = 0 end)
      cluster:run "1m"
      assert.equal("img2 img2 img2", images())
      assert.equal(set().status.updateRevision, set().status.currentRevision)
    end)

    it("waits for somebody to delete pods under OnDelete", function()
      create { updateStrategy = { type = "OnDelete" } }
      cluster:run "1m"
      use "img2"
      cluster:run "1m"
      assert.equal("img img img", images())
      assert(cluster:delete(pod(1)))
      cluster:run "1m"
      assert.equal("img img2 img", images())
    end)

    it("takes several at once with maxUnavailable", function()
      create { replicas = 4, podManagementPolicy = "Parallel", updateStrategy = {
        type = "RollingUpdate", rollingUpdate = { maxUnavailable = 2 } } }
      cluster:run "1m"
      use "img2"
      cluster:settle()
      assert.equal("web-3 web-2", told "SuccessfulDelete")
      cluster:run "1m"
      assert.equal("img2 img2 img2 img2", images())
    end)

    it("is blocked by a broken revision until the pod is deleted by hand", function()
      cluster.kubelet:behave("app=web", { never_ready = true, image = "broken" })
      create()
      cluster:run "1m"
      use "broken"
      cluster:run "5m"
      assert.equal("img img broken", images())
      use "img"
      cluster:run "5m"
      assert.equal("img img broken", images())
      assert(cluster:delete(pod(2)))
      cluster:run "1m"
      assert.equal("img img img", images())
    end)

    it("waits minReadySeconds after each", function()
      create { minReadySeconds = 30, replicas = 2 }
      cluster:run "20s"
      assert.equal("web-0", names "Pod")
      cluster:run "20s"
      assert.equal("web-0 web-1", names "Pod")
      assert.same({ 2, 1 }, { set().status.readyReplicas, set().status.availableReplicas })
      cluster:run "30s"
      assert.equal(2, set().status.availableReplicas)
    end)

    it("forgets the oldest revisions", function()
      create { revisionHistoryLimit = 1 }
      cluster:run "1m"
      for i = 2, 5 do
        use("img" .. i)
        cluster:run "1m"
      end
      assert.equal(2, #cluster:list "ControllerRevision")
    end)
  end)

  it("makes a pod anew that has ended", function()
    create { replicas = 1 }
    cluster:run "1m"
    local before = pod(0).metadata.uid
    assert(cluster:update_status(pod(0), function(draft) draft.phase = "Failed" end))
    cluster:run "1m"
    assert.not_equal(before, pod(0).metadata.uid)
    assert.equal(1, set().status.readyReplicas)
  end)

  it("leaves alone what only looks like its own", function()
    assert(cluster:create { apiVersion = "v1", kind = "Pod",
      metadata = { name = "other", labels = { app = "web" } },
      spec = { containers = { { name = "c", image = "img" } } } })
    create { replicas = 1 }
    cluster:run "1m"
    assert.equal("other web-0", names "Pod")
    assert.is_nil(cluster:get("Pod", "default", "other").metadata.ownerReferences)
    assert.equal(1, set().status.replicas)
  end)
end)
