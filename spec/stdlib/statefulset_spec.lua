-- SPDX-License-Identifier: MIT
local Pass = require "wl.stateful.pass"
local Roster = require "wl.stateful.roster"
local claims = require "wl.stateful.claims"
local controller_revision = require "wl.controller_revision"
local fake_ctx = require "spec.support.fake_ctx"
local generated_names = require "wl.generated_names"
local history = require "wl.revision_history"
local member = require "wl.stateful.member"
local pods = require "wl.stateful.pods"
local retention = require "wl.stateful.retention"
local revisions = require "wl.stateful.revisions"
local shared = require "spec.support.shared"
local stateful_set = require "stdlib.kinds.statefulset"
local status = require "wl.stateful.status"
local time = require "wl.schema.time"
local value = require "wl.value"

local LABELS = { foo = "bar" }

local function given(x) return x ~= value.null and x or nil end

local function template(image)
  return { metadata = { labels = LABELS },
    spec = { containers = { { name = "c", image = image } } } }
end

local function set_of(input)
  return {
    apiVersion = "apps/v1", kind = "StatefulSet",
    metadata = { name = input.name or "foo", namespace = "default", uid = input.uid or "uid-set",
      deletionTimestamp = input.deletionTimestamp and "2024-01-01T00:00:00Z" or nil },
    spec = {
      replicas = input.replicas, serviceName = input.serviceName or "",
      selector = { matchLabels = LABELS }, template = template "new",
      ordinals = input.ordinals or { start = input.start or 0 },
      podManagementPolicy = input.podManagementPolicy, minReadySeconds = input.minReadySeconds,
      updateStrategy = input.updateStrategy or { type = "RollingUpdate" },
      revisionHistoryLimit = 10,
    },
    status = value.table(input.status or {}),
  }
end

-- A revision of the set as it would be with another template.
local function add_revision(ctx, set, image, number)
  local one = value.table(set)
  one.spec.template = template(image)
  local name, sum =
    controller_revision.name(set.metadata.name, controller_revision.data(one.spec.template), 0)
  return ctx:add(history.new(one, number, name, controller_revision.HASH_LABEL, sum))
end

local function add_pod(ctx, set, one, names)
  return ctx:add {
    apiVersion = "v1", kind = "Pod",
    metadata = {
      name = one.name, namespace = "default", ownerReferences = { {
        apiVersion = "apps/v1", kind = "StatefulSet", name = set.metadata.name,
        uid = set.metadata.uid, controller = true, blockOwnerDeletion = true } },
      labels = { foo = "bar", [pods.NAME_LABEL] = one.name,
        [controller_revision.POD_LABEL] = names[one.revision] },
      deletionTimestamp = one.terminating and "2024-01-01T00:00:00Z" or nil,
    },
    spec = { containers = { { name = "c" } } },
    status = { phase = one.phase, conditions = { { type = "Ready",
      status = one.ready and "True" or "False", lastTransitionTime = one.readySince } } },
  }
end

local function world(input)
  local ctx = fake_ctx.new { now = time.parse(input.now or "2024-01-01T12:00:00Z") }
  local set = ctx:add(set_of(input.set))
  local old = not input.sameRevision and add_revision(ctx, set, "old", 1)
  local new = add_revision(ctx, set, "new", 2)
  local names = { current = (old or new).metadata.name, update = new.metadata.name,
    other = "foo-other" }
  set = ctx:edit(set, function(draft) draft.status.currentRevision = names.current end)
  for _, one in ipairs(input.pods) do
    add_pod(ctx, set, one, names)
  end
  return ctx, set, names
end

local function actions_of(ctx, names)
  local words, found = {}, {}
  for word, name in pairs(names) do
    words[name] = word ~= "current" and word or words[name] or word
  end
  for _, one in ipairs(ctx.writes) do
    if one.kind == "Pod" then
      local label = one.object.metadata.labels[controller_revision.POD_LABEL]
      found[#found + 1] = { verb = one.verb, pod = one.name, revision = words[label] }
    end
  end
  return found
end

local function by_pod(a, b) return a.pod < b.pod end

-- The cases have the counts before they are completed.
local function written(set, counts)
  counts.currentReplicas = math.max(counts.currentReplicas, 0)
  return status.complete(set, counts)
end

describe("StatefulSet", function()
  local function each(op, fn) shared.each("statefulset_cases", op, fn) end

  each("step", function(_, input, expected)
    local ctx, set, names = world(input)
    stateful_set.reconcile(ctx, set)
    local actions = actions_of(ctx, names)
    if input.set.podManagementPolicy == "Parallel" then
      table.sort(actions, by_pod)
      table.sort(expected.actions, by_pod)
    end
    assert.same({ table.unpack(expected.actions) }, actions)
    local result = ctx:stored(set).status
    for field, wanted in pairs(written(set, expected.status)) do
      assert.equal(wanted, result[field] or 0, field)
    end
  end)

  each("revisions", function(_, input, expected)
    local ctx = fake_ctx.new()
    local set = set_of { name = "foo", replicas = 3,
      status = { currentRevision = given(input.statusCurrentRevision),
        collisionCount = given(input.collisionCount) } }
    set.spec.template = template(input.setTemplate)
    set = ctx:add(set)
    for _, one in ipairs(input.revisions) do
      local revision = value.table(set)
      revision.spec.template = template(one.template)
      ctx:add(history.new(revision, one.revision, one.name, controller_revision.HASH_LABEL, "x"))
    end
    local found = assert(revisions.find(ctx, set, history.owned(ctx, set)))
    local known = {}
    for _, one in ipairs(input.revisions) do known[one.name] = true end
    for _, role in ipairs { "update", "current" } do
      local name = found[role].metadata.name
      assert.equal(known[expected[role]] and expected[role] or nil, known[name] and name or nil)
    end
    assert.equal(expected.updateRevisionNumber, found.update.revision)
    assert.equal(expected.collisionCount or 0, found.collisions)
  end)

  each("truncateHistory", function(_, input, expected)
    local live, list = {}, {}
    for i, name in ipairs(input.revisions) do
      list[i] = { metadata = { name = name }, revision = i }
    end
    for _, name in ipairs { given(input.current) or "", given(input.update) or "",
      table.unpack(input.podRevisions) } do
      live[name] = true
    end
    local gone, left = {}, {}
    for _, one in ipairs(revisions.expired(list, live, input.revisionHistoryLimit)) do
      gone[one.metadata.name] = true
    end
    for _, name in ipairs(input.revisions) do
      left[#left + 1] = not gone[name] and name or nil
    end
    assert.same({ table.unpack(expected.left) }, left)
  end)

  each("parseName", function(_, input, expected)
    local parent, ordinal = member.parse(input.podName)
    assert.same({ expected.parent, expected.ordinal }, { parent, ordinal })
  end)

  each("claimName", function(_, input, expected)
    assert.equal(expected.claim, generated_names.claim(input.template, input.set, input.ordinal))
  end)

  each("inRange", function(_, input, expected)
    local _, ordinal = member.parse(input.podName)
    assert.equal(expected.inRange, member.in_range(set_of(input), ordinal))
  end)

  each("maxUnavailable", function(_, input, expected)
    assert.equal(expected.value,
      (Pass.max_unavailable(given(input.maxUnavailable), input.replicas)))
  end)

  each("completeUpdate", function(_, input, expected)
    local set = { spec = { replicas = input.replicas, updateStrategy = {
      type = input.updateStrategyType,
      rollingUpdate = given(input.partition) and { partition = input.partition } } } }
    local counted = value.table(input.status)
    counted.currentRevision, counted.updateRevision = "old", "new"
    status.complete(set, counted)
    assert.equal(expected.currentRevisionMoved, counted.currentRevision == "new")
    assert.equal(expected.currentReplicas, counted.currentReplicas)
  end)

  each("statusChanged", function(_, input, expected)
    local old = input.old or input.oldStatus or (input.set or {}).status or {}
    local new = input.new or input.newStatus or input.status
    local changed = expected.changed
    if changed == nil then changed = expected.inconsistent end
    assert.equal(changed, status.differs(old, new))
  end)

  local function references_of(list)
    local found = {}
    for i, one in ipairs(list or {}) do
      found[i] = value.table(one)
      found[i].uid = one.uid or ""
    end
    return found
  end

  each("claimOwner", function(_, input, expected)
    local set = set_of(input.set)
    set.spec.persistentVolumeClaimRetentionPolicy = input.policy
    local pod = { apiVersion = "v1", kind = "Pod",
      metadata = { name = input.pod.name, uid = given(input.pod.uid) } }
    local owners = retention.owners(references_of(input.claimOwnerReferences), set, pod)
    assert.same(references_of(expected.ownerReferences), references_of(owners))
    assert.is_true(retention.holds(owners, set, pod))
  end)

  each("podIdentity", function(_, input, expected)
    local set = set_of(input)
    set.spec.template.metadata.labels = input.templateLabels
    set.spec.volumeClaimTemplates = {}
    for i, name in ipairs(input.volumeClaimTemplates or {}) do
      set.spec.volumeClaimTemplates[i] = { metadata = { name = name }, spec = {} }
    end
    set.status.currentReplicas = input.statusCurrentReplicas
    local names = { current = { metadata = { name = "old" } },
      update = { metadata = { name = "new" } } }
    names.current = input.sameRevision and names.update or names.current
    local roster, ctx = Roster.new(), fake_ctx.new()
    roster:refresh(ctx, set, { current = "old", update = "new", min_ready = 0, now = ctx.now })
    local one = Pass.new(ctx, set, names, roster):at(input.ordinal - (input.start or 0) + 1)
    local pod = pods.new(set, set.spec.template, one)
    local labels = pod.metadata.labels
    local revision = labels[controller_revision.POD_LABEL]
    labels[controller_revision.POD_LABEL] = nil
    local references = pod.metadata.ownerReferences
    references[1].uid = nil
    local claimed = {}
    for i, claim in ipairs(claims.of(set, input.ordinal)) do
      claimed[i] = { name = claim.volume, claimName = claim.claim }
    end
    assert.same(expected, {
      podName = pod.metadata.name, labels = labels, hostname = pod.spec.hostname,
      subdomain = pod.spec.subdomain, claims = claimed, ownerReferences = references,
      revision = revision == "new" and "update" or "current",
    })
    assert.is_true(claims.match(set, pod, input.ordinal))
  end)
end)
