-- SPDX-License-Identifier: MIT
local deletion = require "wl.deletion"
local registry = require "wl.registry"
local shared = require "spec.support.shared"
local still_cluster = require "spec.support.still_cluster"
local value = require "wl.value"

-- ---- the world of the cases ----

local API = { ReplicaSet = "apps/v1", Deployment = "apps/v1", StatefulSet = "apps/v1",
  DaemonSet = "apps/v1", Job = "batch/v1", CronJob = "batch/v1" }

local POD = { containers = { { name = "a", image = "a" } } }
local TEMPLATE = { metadata = { labels = { a = "b" } }, spec = POD }
local ONCE = { metadata = { labels = { a = "b" } },
  spec = { restartPolicy = "Never", containers = POD.containers } }
local SET = { selector = { matchLabels = { a = "b" } }, template = TEMPLATE }

local SPEC = {
  Pod = POD, ReplicationController = { selector = { a = "b" }, template = TEMPLATE },
  ReplicaSet = SET, Deployment = SET, StatefulSet = SET, DaemonSet = SET,
  Job = { template = ONCE }, CronJob = { schedule = "@daily", jobTemplate = { spec = {
    template = ONCE } } },
  PersistentVolume = { capacity = { storage = "1Gi" }, accessModes = { "ReadWriteOnce" },
    hostPath = { path = "/x" } },
}

local function given(x)
  if x ~= value.null then return x end
end

local function identity(kinds, uids, owner)
  local id = owner.id
  local kind = owner.kind or kinds[id] or "ConfigMap"
  return { apiVersion = owner.apiVersion or API[kind] or "v1", kind = kind, name = id,
    uid = uids[id] or "uid-" .. id, controller = owner.controller or nil,
    blockOwnerDeletion = owner.block or nil }
end

local function manifest(kinds, uids, object)
  local owners = value.list {}
  for i, owner in ipairs(object.owners or {}) do owners[i] = identity(kinds, uids, owner) end
  return { apiVersion = API[object.kind] or "v1", kind = object.kind,
    metadata = { name = object.id, namespace = given(object.ns),
      ownerReferences = #owners > 0 and owners or nil,
      finalizers = object.finalizers and value.list(object.finalizers) or nil },
    spec = SPEC[object.kind] }
end

local World = {}
World.__index = World

local function namespaces_of(objects)
  local seen = {}
  for _, object in ipairs(objects) do
    if given(object.ns) and object.ns ~= "default" then seen[object.ns] = true end
  end
  return seen
end

-- Objects are given in any order; owners may come after their dependents, or
-- never: uids are known from a first go.
local function open(case, uids)
  local self = setmetatable({ cluster = still_cluster.new(), uids = {}, order = {} }, World)
  local objects = case.input.objects
  for namespace in pairs(namespaces_of(objects)) do
    assert(self.cluster:create { apiVersion = "v1", kind = "Namespace",
      metadata = { name = namespace } })
  end
  local kinds = {}
  for _, object in ipairs(objects) do kinds[object.id] = object.kind end
  for _, object in ipairs(objects) do
    local made = assert(self.cluster:create(manifest(kinds, uids, object)))
    self.uids[object.id] = made.metadata.uid
  end
  self.cluster:on_each_write(function(change)
    if change.type == "DELETED" then self.order[#self.order + 1] = change.old.metadata.name end
  end)
  return self
end

local function world(case)
  return open(case, open(case, {}).uids)
end

function World:object(id) return (self.cluster:by_uid(self.uids[id])) end

local STEPS = {}

function STEPS.delete(self, step)
  assert(self.cluster:delete(self:object(step.delete), {
    propagation = given(step.policy), orphanDependents = given(step.orphanDependents) }))
end

function STEPS.removeFinalizer(self, step)
  local object = self:object(step.removeFinalizer)
  assert(self.cluster.store:change(self.cluster.server:id(object), function(draft)
    draft.metadata.finalizers = nil
  end))
end

function World:step(step)
  for word, act in pairs(STEPS) do
    if step[word] then
      act(self, step)
      return self.cluster:settle()
    end
  end
  error("unknown step")
end

local function owners_left(object)
  local left = {}
  for i, reference in ipairs(object.metadata.ownerReferences or {}) do left[i] = reference.name end
  return left
end

local function names(list)
  local copy = {}
  for i, one in ipairs(list or {}) do copy[i] = one end
  return copy
end

local function check(self, expected)
  for _, id in ipairs(expected.gone) do assert.is_nil(self:object(id), id .. " is gone") end
  for _, id in ipairs(expected.left) do assert.truthy(self:object(id), id .. " is left") end
  for _, id in ipairs(expected.beingDeleted or {}) do
    assert.truthy(self:object(id).metadata.deletionTimestamp, id .. " is being deleted")
  end
  for id, owners in pairs(expected.ownerReferences or {}) do
    assert.same(names(owners), owners_left(self:object(id)))
  end
  for id, finalizers in pairs(expected.finalizers or {}) do
    assert.same(names(finalizers), names(self:object(id).metadata.finalizers))
  end
  if expected.lastToGo then assert.equal(expected.lastToGo, self.order[#self.order]) end
end

-- ---- the specs ----

describe("the garbage collector", function()
  shared.each("gc_cases", "deleteFinalizers", function(_, input, expected)
    local object = { metadata = { finalizers = input.finalizers } }
    local options = { propagation = given(input.options.propagationPolicy),
      orphanDependents = given(input.options.orphanDependents) }
    local changed = deletion.finalizers(object, options, input.defaultPolicy)
    assert.equal(expected.changed, changed ~= nil)
    assert.same(names(expected.finalizers), names(changed or input.finalizers))
  end)

  shared.each("gc_cases", "defaultPolicy", function(_, input, expected)
    local api, name = input.kind:match "^(%S+) (%S+)$"
    local kind = assert(registry.new():find(api, name))
    assert.equal(expected.policy, kind.dependents or "DeleteDependents")
  end)

  shared.each("gc_cases", "scenario", function(case, input, expected)
    local self = world(case)
    self.cluster:settle()
    for _, step in ipairs(input.steps) do self:step(step) end
    self.cluster:run "1m"
    check(self, expected)
  end)

  -- Who hangs on whom, before the collector does anything.
  local function config_map(uid, owners, uids)
    local references = value.list {}
    for i, owner in ipairs(owners) do
      references[i] = { apiVersion = "v1", kind = "ConfigMap", name = "n" .. owner,
        uid = uids[owner] or owner }
    end
    return { apiVersion = "v1", kind = "ConfigMap",
      metadata = { name = "n" .. uid, namespace = "default",
        ownerReferences = #references > 0 and references or nil } }
  end

  local function play(events, uids)
    local cluster, made = still_cluster.new(), {}
    cluster:settle()
    for _, one in ipairs(events) do
      local object = config_map(one.uid, one.owners, uids)
      if one.event == "add" then
        made[one.uid] = assert(cluster:create(object)).metadata.uid
      elseif one.event == "update" then
        assert(cluster.server:update(object))
      else
        assert(cluster:delete(object))
      end
    end
    return cluster, made
  end

  shared.each("gc_cases", "graphEvent", function(_, input, expected)
    local _, uids = play(input.events, {})
    local cluster = play(input.events, uids)
    for owner, uid in pairs(uids) do
      local found = {}
      for _, set in ipairs(cluster.store:dependents(uid)) do
        for object in set:each() do found[#found + 1] = object.metadata.name:sub(2) end
      end
      if cluster:by_uid(uid) then
        assert.same(names(expected.dependents[owner]), found, "dependents of " .. owner)
      end
    end
  end)
end)

local function config(name, owners, more)
  local object = { apiVersion = "v1", kind = "ConfigMap", metadata = { name = name,
    ownerReferences = owners and value.list(owners), namespace = "default" } }
  for field, x in pairs(more or {}) do object.metadata[field] = x end
  return object
end

local function owned_by(object, more)
  local reference = { apiVersion = object.apiVersion, kind = object.kind,
    name = object.metadata.name, uid = object.metadata.uid }
  for field, x in pairs(more or {}) do reference[field] = x end
  return reference
end

describe("owners", function()
  local cluster

  before_each(function() cluster = still_cluster.new() end)

  local function create(...) return assert(cluster:create(config(...))) end

  local function now(object) return (cluster:by_uid(object.metadata.uid)) end

  it("keep what has another of them, which only loses the reference", function()
    local one, two = create "one", create "two"
    local child = create("child", { owned_by(one, { controller = true }), owned_by(two) })
    assert(cluster:delete(one))
    cluster:settle()
    assert.same(1, #now(child).metadata.ownerReferences)
    assert.equal("two", now(child).metadata.ownerReferences[1].name)
    assert(cluster:delete(two))
    cluster:settle()
    assert.is_nil(now(child))
  end)

  it("count by uid: a new object of the same name is another", function()
    local one = create "one"
    local child = create("child", { owned_by(one) })
    assert(cluster:delete(one))
    create "one"
    cluster:settle()
    assert.is_nil(now(child))
  end)

  it("are checked when they are changed", function()
    local one = create "one"
    local child = create("child", { owned_by(one) })
    cluster:settle()
    assert(cluster:update(now(child), function(draft)
      draft.metadata.ownerReferences[1].uid = "another"
    end))
    cluster:settle()
    assert.is_nil(now(child))
  end)

  it("in the foreground are waited for by those that block only", function()
    local one = create "one"
    local free = create("free", { owned_by(one) }, { finalizers = { "x/y" } })
    assert(cluster:delete(one, { propagation = "Foreground" }))
    cluster:settle()
    assert.is_nil(now(one))
    assert.truthy(now(free).metadata.deletionTimestamp)
  end)

  it("in the foreground do not wait for a dependent that is released", function()
    local one = create "one"
    local child = create("child", { owned_by(one, { blockOwnerDeletion = true }) },
      { finalizers = { "x/y" } })
    assert(cluster:delete(one, { propagation = "Foreground" }))
    cluster:settle()
    assert.truthy(now(one))
    assert(cluster:update(now(child), function(draft) draft.metadata.ownerReferences = nil end))
    cluster:settle()
    assert.is_nil(now(one))
  end)

  it("that own each other go, also in the foreground", function()
    local one = create "one"
    local two = create("two", { owned_by(one, { blockOwnerDeletion = true }) })
    assert(cluster:update(now(one), function(draft)
      draft.metadata.ownerReferences = value.list {
        owned_by(two, { blockOwnerDeletion = true }) }
    end))
    assert(cluster:delete(one, { propagation = "Foreground" }))
    cluster:settle()
    assert.is_nil(now(one))
    assert.is_nil(now(two))
  end)

  it("in another namespace are none, and an event says so", function()
    assert(cluster:create { apiVersion = "v1", kind = "Namespace", metadata = { name = "far" } })
    local one = create("one", nil, { namespace = "far" })
    create("child", { owned_by(one) })
    cluster:settle()
    local told = cluster.events:list(function(event) return event.name == "child" end)
    assert.equal("OwnerRefInvalidNamespace", told[1].reason)
    assert.equal(('ownerRef [v1/ConfigMap, namespace: default, name: one, uid: %s]'
      .. ' does not exist in namespace "default"'):format(one.metadata.uid), told[1].message)
  end)

  it("leave 100000 dependents that are judged together", function()
    local one = create "one"
    local template = config(nil, { owned_by(one, { controller = true }) })
    template.metadata.generateName = "child-"
    local made = assert(cluster.server:create_many(template, 100000))
    assert.equal(100000, #made)
    local looked = 0
    local get = cluster.server.get
    function cluster.server.get(...)
      looked = looked + 1
      return get(...)
    end
    local revision = cluster.store:revision()
    assert(cluster:delete(one))
    cluster:settle()
    assert.equal(100001, cluster.store:revision() - revision)
    assert.equal(0, #cluster:list "ConfigMap")
    assert.is_true(looked < 10)
  end)
end)
