-- SPDX-License-Identifier: MIT
--- What has an object reconciled, and what has not.
local Cluster = require "wl.cluster"
local kind = require "wl.kind"
local registry = require "wl.registry"

local runs

local function owner_kind(fields)
  fields.api, fields.spec = "example.org/v1", { size = kind.int }
  fields.status = { seen = kind.int }
  return kind "Owner" (fields)
end

local function cluster_with(fields)
  runs = 0
  local kinds = registry.new()
  kinds:add(owner_kind(fields))
  local cluster = Cluster.new { nodes = 0, registry = kinds }
  local owner = assert(cluster:create { apiVersion = "example.org/v1", kind = "Owner",
    metadata = { name = "o" }, spec = { size = 1 } })
  cluster:settle()
  return cluster, owner
end

local function dependent(owner)
  return { apiVersion = "v1", kind = "ConfigMap", metadata = { name = "c",
    namespace = "default", ownerReferences = { { apiVersion = "example.org/v1", kind = "Owner",
      name = "o", uid = owner.metadata.uid, controller = true } } }, data = { a = "1", b = "1" } }
end

local function counts() runs = runs + 1 end

describe("an owner", function()
  local function after(cluster, change)
    local before = runs
    change()
    cluster:settle()
    return runs - before
  end

  it("is woken by all changes of what it owns", function()
    local cluster, owner = cluster_with { owns = { "ConfigMap" }, reconcile = counts }
    local map
    assert.equal(1, after(cluster, function() map = assert(cluster:create(dependent(owner))) end))
    assert.equal(1, after(cluster, function()
      cluster:update(map, function(draft) draft.data.b = "2" end)
    end))
  end)

  it("is woken by those changes only that it cares for", function()
    local cluster, owner = cluster_with { reconcile = counts,
      owns = { { kind = "ConfigMap", changes = { "data.a", "data.b = 3" } } } }
    local map
    assert.equal(1, after(cluster, function() map = assert(cluster:create(dependent(owner))) end))
    local function set(key, text)
      return after(cluster, function()
        map = assert(cluster:update(map, function(draft) draft.data[key] = text end))
      end)
    end
    assert.equal(0, set("b", "2"))
    assert.equal(1, set("b", "3"))
    assert.equal(1, set("a", "2"))
    assert.equal(0, set("c", "1"))
    assert.equal(1, after(cluster, function()
      map = assert(cluster:update(map, function(draft) draft.metadata.ownerReferences = nil end))
    end))
    assert.equal(0, set("a", "3"))
  end)

  it("is woken by its own writes", function()
    cluster_with { reconcile = function(ctx, object)
      runs = runs + 1
      ctx:update_status(object, { seen = 1 })
    end }
    assert.equal(2, runs)
  end)

  it("is not woken by what it wrote before it said that all is settled", function()
    local cluster, owner = cluster_with { reconcile = function(ctx, object)
      runs = runs + 1
      ctx:update_status(object, { seen = object.spec.size })
      ctx:settled()
    end }
    assert.equal(1, runs)
    assert.equal(1, after(cluster, function()
      cluster:update(cluster:get("Owner", "default", "o"), function(d) d.spec.size = 2 end)
    end))
    assert.equal(2, cluster:by_uid(owner.metadata.uid).status.seen)
  end)
end)

describe("a run of a CronJob", function()
  it("takes as many syncs as there is something to do", function()
    local cluster = Cluster.new { nodes = 1 }
    assert(cluster:create { apiVersion = "batch/v1", kind = "CronJob",
      metadata = { name = "each-minute" }, spec = { schedule = "* * * * *", jobTemplate = {
        spec = { template = { spec = { restartPolicy = "Never", containers = { { name = "main",
          image = "busybox" } } } } } } } })
    cluster:run(600)
    local syncs = {}
    local note_run = cluster.controllers.note_run
    function cluster.controllers:note_run(writer, ...)
      syncs[writer] = (syncs[writer] or 0) + 1
      return note_run(self, writer, ...)
    end
    cluster:run(600)
    assert.equal(20, syncs["cronjob-controller"]) -- when it is due, and when it has ended
    assert.equal(30, syncs["job-controller"])     -- and when its pod is ready
  end)
end)
