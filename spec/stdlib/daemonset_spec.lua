-- SPDX-License-Identifier: MIT
local Run = require "wl.daemon.run"
local controller_revision = require "wl.controller_revision"
local daemon_set = require "stdlib.kinds.daemonset"
local fake_ctx = require "spec.support.fake_ctx"
local hash = require "wl.hash"
local history = require "wl.revision_history"
local one_node = require "wl.daemon.one_node"
local placement = require "wl.daemon.placement"
local pods = require "wl.daemon.pods"
local shared = require "spec.support.shared"
local time = require "wl.schema.time"
local value = require "wl.value"

local LABELS = { name = "simple-daemon", type = "production" }

local function given(x) return x ~= value.null and x or nil end

-- ---- objects ----

local function node_of(case)
  return {
    apiVersion = "v1", kind = "Node",
    metadata = { name = case.name, labels = case.labels or {} },
    spec = { taints = case.taints, unschedulable = case.unschedulable },
    status = { conditions = case.conditions },
  }
end

local function template_of(case)
  local containers = { { name = "c", image = "new" } }
  for i, resources in ipairs(case.resources or {}) do
    containers[i] = { name = "c" .. i, image = "new", resources = resources }
  end
  containers[1].ports = case.ports
  return { metadata = { labels = LABELS }, spec = {
    containers = containers, nodeName = case.nodeName, nodeSelector = case.nodeSelector,
    affinity = case.affinity, tolerations = case.tolerations, hostNetwork = case.hostNetwork } }
end

local function set_of(case)
  return {
    apiVersion = "apps/v1", kind = "DaemonSet",
    metadata = { name = "ds", namespace = "default", uid = "uid-ds",
      deletionTimestamp = case.deletionTimestamp },
    spec = {
      selector = { matchLabels = LABELS }, template = template_of(case.template or {}),
      updateStrategy = case.updateStrategy, minReadySeconds = case.minReadySeconds,
      revisionHistoryLimit = 10,
    },
    status = case.status,
  }
end

local OWNERS = {
  this = { apiVersion = "apps/v1", kind = "DaemonSet", name = "ds", uid = "uid-ds",
    controller = true, blockOwnerDeletion = true },
  other = { apiVersion = "apps/v1", kind = "DaemonSet", name = "other", uid = "uid-other",
    controller = true, blockOwnerDeletion = true },
}

local function status_of(case)
  return { phase = case.phase, conditions = case.ready ~= nil and { { type = "Ready",
    status = case.ready and "True" or "False",
    lastTransitionTime = case.readySince } } or nil }
end

local function pod_of(case, sum)
  local labels = value.table(case.labels or LABELS)
  labels[controller_revision.POD_LABEL] = case.updated and sum or "old"
  return {
    apiVersion = "v1", kind = "Pod",
    metadata = {
      name = case.alias or case.name, namespace = "default", labels = labels,
      creationTimestamp = case.creationTimestamp, deletionTimestamp = case.deletionTimestamp,
      ownerReferences = { OWNERS[case.controlled or "this"] },
    },
    spec = case.bound == false and { affinity = placement.pinned(nil, case.node) }
      or { nodeName = case.node },
    status = status_of(case),
  }
end

-- ---- a sync ----

local function world(input, listed)
  local ctx = fake_ctx.new { now = time.parse(input.now), timeless = true,
    graceful = true }
  ctx.settled = not input.pendingExpectations
  for _, case in ipairs(input.nodes) do
    ctx:add(node_of(case))
  end
  local set = ctx:add(set_of(input.daemonSet))
  local sum = hash.template(set.spec.template)
  ctx:add(history.new(set, 1, "ds-" .. sum, controller_revision.POD_LABEL, sum))
  for _, case in ipairs(listed) do
    ctx:add(pod_of(case, sum))
  end
  return ctx, set
end

local function outcome(input, expected, listed)
  local names = {}
  for _, case in ipairs(listed) do
    names[case.alias or case.name] = case.name
  end
  local ctx, set = world(input, listed)
  daemon_set.reconcile(ctx, set)
  local result = { creates = ctx:count_writes("create", "Pod"),
    deletes = ctx:count_writes("delete", "Pod"), createdOn = {}, deleted = {} }
  for _, one in ipairs(ctx.writes) do
    if one.kind == "Pod" and one.verb == "create" then
      table.insert(result.createdOn, (placement.target(one.object)))
    elseif one.kind == "Pod" and one.verb == "delete" then
      table.insert(result.deleted, names[one.name])
    end
  end
  for _, field in ipairs { "createdOn", "deleted" } do
    table.sort(result[field])
    result[field] = expected[field] and result[field]
  end
  if expected.status then
    result.status = value.table(ctx:stored(set).status)
    result.status.observedGeneration = nil
  end
  return result
end

-- The names by which upstream's pods were told apart where nothing else did are
-- not in the cases: they may have been the other way round.
local function renamed(list)
  local copy = {}
  for i, case in ipairs(list) do
    copy[i] = value.table(case)
    copy[i].alias = ("pod-%03d"):format(#list - i)
  end
  return copy
end

local function sorted(expected)
  local copy = value.table(expected)
  for _, field in ipairs { "createdOn", "deleted" } do
    if copy[field] then
      copy[field] = { table.unpack(copy[field]) }
      table.sort(copy[field])
    end
  end
  return copy
end

-- ---- one node ----

local function view_of(updateStrategy, min_ready)
  return { sum = "new", min_ready = min_ready or 0, now = 1000000, may_replace = function()
    return true
  end, surges = Run.surge({ spec = { updateStrategy = updateStrategy } }, 1) > 0 }
end

local function read_pods(list)
  local found = {}
  for i, case in ipairs(list) do
    found[i] = pods.read(pod_of(case, "new"))
    found[i].node = "node"
  end
  table.sort(found, pods.before)
  return found
end

local function decision(input, expected, min_ready)
  local run, stay = placement.judge(template_of(input.template)):judge(node_of(input.node))
  local node = { run = run, stay = stay, exists = true, pods = read_pods(input.pods) }
  local needs, delete = one_node.keep(node, view_of(input.updateStrategy, min_ready))
  local deleted = {}
  for i, one in ipairs(delete) do
    deleted[i] = one.name
  end
  table.sort(deleted)
  return { needsPod = needs, deletes = #deleted, deleted = expected.deleted and deleted }
end

describe("DaemonSet", function()
  local function each(op, fn) shared.each("daemonset_cases", op, fn) end

  each("shouldRun", function(_, input, expected)
    local run, stay = placement.judge(template_of(input.template)):judge(node_of(input.node))
    assert.same({ expected.shouldRun, expected.shouldContinue }, { run, stay })
  end)

  each("sync", function(_, input, expected)
    local wanted, found = sorted(expected), outcome(input, expected, input.pods)
    if not value.equal(wanted, found) then
      local other = outcome(input, expected, renamed(input.pods))
      found = value.equal(wanted, other) and other or found
    end
    assert.same(wanted, found)
  end)

  -- Whether a pod has been ready for long enough is not in these cases: it may
  -- have been or not.
  each("podsOnNode", function(_, input, expected)
    local wanted, found = sorted(expected), decision(input, expected)
    if not value.equal(wanted, found) then
      found = decision(input, expected, 10000000)
    end
    assert.same(wanted, found)
  end)

  each("counts", function(_, input, expected)
    local set = { spec = { updateStrategy = input.updateStrategy } }
    local surge, unavailable = Run.budget(set, input.nodes)
    assert.same({ expected.maxSurge, expected.maxUnavailable }, { surge, unavailable })
    assert.equal(expected.desired, input.nodes)
  end)

  for op, count in pairs { surgeCount = Run.surge, unavailableCount = Run.unavailable } do
    each(op, function(_, input, expected)
      assert.equal(expected.count,
        count({ spec = { updateStrategy = input.updateStrategy } }, input.numberToSchedule))
    end)
  end

  each("tolerations", function(_, input, expected)
    local spec = input.template or input.spec or input
    assert.same({ table.unpack(expected.tolerations) }, placement.tolerations(spec))
  end)

  each("affinity", function(_, input, expected)
    assert.same(expected.affinity, placement.pinned(given(input.affinity), input.node))
  end)

  each("isUpdated", function(_, input, expected)
    local one = pods.read { metadata = { name = "p", labels = input.podLabels }, spec = {} }
    local generation = given(input.templateGeneration)
    assert.equal(expected.updated, pods.is_updated(one, given(input.currentHash) or "",
      generation and ("%d"):format(generation)))
  end)

  each("findUpdated", function(_, input, expected)
    local new, old, ok = one_node.pair(read_pods(input.pods), { sum = "new" })
    assert.same({ expected.ok, given(expected.newPod), given(expected.oldPod) },
      { ok, new and new.name, old and old.name })
  end)

  each("unscheduledOrphans", function(_, input, expected)
    local ctx = world({ now = "2024-01-01T12:00:00Z", nodes = input.nodes, daemonSet = {} },
      input.pods)
    local set = ctx:get("DaemonSet", "default", "ds")
    daemon_set.reconcile(ctx, set)
    local deleted = {}
    for _, one in ipairs(ctx.writes) do
      deleted[#deleted + 1] = one.verb == "delete" and one.name or nil
    end
    table.sort(deleted)
    assert.same({ table.unpack(expected.deleted or expected.pods) }, deleted)
  end)

  each("nodeUpdate", function(_, input, expected)
    local judge = placement.judge(template_of(input.template))
    assert.equal(expected.reconcile,
      judge:differs(node_of(input.oldNode), node_of(input.newNode)))
  end)
end)
