-- SPDX-License-Identifier: MIT
local claim = require "wl.claim"
local fake_ctx = require "spec.support.fake_ctx"
local replicas = require "wl.replicas"
local shared = require "spec.support.shared"
local time = require "wl.schema.time"
local value = require "wl.value"

local function given(x) return x ~= value.null and x or nil end

local function replica_set(case)
  return {
    apiVersion = "apps/v1", kind = "ReplicaSet",
    metadata = { name = case.name or "rs", namespace = "default", uid = "uid-this" },
    spec = {
      replicas = case.replicas, selector = given(case.selector),
      minReadySeconds = case.minReadySeconds,
      template = { metadata = { labels = case.templateLabels }, spec = {} },
    },
    status = { conditions = case.conditions },
  }
end

local function owner_of(name)
  return { { apiVersion = "apps/v1", kind = "ReplicaSet", name = name, uid = "uid-" .. name,
    controller = true, blockOwnerDeletion = true } }
end

local function pod(case, ready_since)
  local controller = case.controlledBy or "this"
  return {
    apiVersion = "v1", kind = "Pod",
    metadata = {
      name = case.name, namespace = "default", labels = case.labels,
      ownerReferences = controller ~= "nobody" and owner_of(controller) or nil,
      deletionTimestamp = (case.terminating or case.deletionTimestamp)
        and "2024-01-01T00:00:00Z" or nil,
    },
    spec = {},
    status = {
      phase = case.phase or "Running",
      conditions = { { type = "Ready", status = case.ready and "True" or "False",
        lastTransitionTime = ready_since } },
    },
  }
end

-- That test's pods became ready some tenths of a second after the moment that
-- is left of it here.
local function ready_since(case, one)
  if case.source.test == "TestReplicaSetAvailabilityCheck" and one.readySince then
    return (time.parse(one.readySince)) + 0.7
  end
  return one.readySince
end

local function world(case, input, pods)
  local ctx = fake_ctx.new { now = time.parse(input.now or "2024-01-01T12:00:00Z") }
  local object = ctx:add(replica_set(input.replicaSet))
  for _, one in ipairs(pods) do
    ctx:add(pod(one, ready_since(case, one)))
  end
  for i = 1, input.terminatingPods or 0 do
    ctx:add(pod { name = "terminating-" .. i, terminating = true, labels = { foo = "bar" } })
  end
  return ctx, object
end

local function without_observation(status)
  local copy = value.table(status)
  copy.observedGeneration = nil
  return copy
end

local function summaries(status)
  for _, condition in ipairs(status.conditions or {}) do
    condition.message, condition.lastTransitionTime = nil, nil
  end
  return status
end

describe("ReplicaSet", function()
  local function each(op, fn) shared.each("replicaset_cases", op, fn) end

  each("sync", function(case, input, expected)
    local ctx, object = world(case, input, input.pods)
    ctx.settled = not input.pendingExpectations
    replicas.reconcile(ctx, object, { burst = input.burstReplicas })
    assert.equal(expected.creates, ctx:count_writes("create", "Pod"))
    assert.equal(expected.deletes, ctx:count_writes("delete", "Pod"))
    assert.same(expected.status, summaries(without_observation(ctx:stored(object).status)))
  end)

  each("status", function(case, input, expected)
    local ctx, object = world(case, input, input.activePods)
    local seen = replicas.tally(ctx, object, ctx:owned(object, "Pod"))
    local failure = given(input.manageError)
    assert.same(expected.status,
      summaries(replicas.status(object, seen, failure, ctx:timestamp())))
  end)

  each("difference", function(_, input, expected)
    local create, delete =
      replicas.difference(input.replicaSet.replicas, input.activePods, input.burstReplicas)
    assert.equal(expected.creates, create)
    assert.equal(expected.deletes, delete)
  end)

  each("slowStart", function(_, input, expected)
    local calls = 0
    local successes, attempted = replicas.slow_start(input.count, function(n)
      local succeed = math.max(0, math.min(n, input.failAfterCalls - calls))
      calls = calls + n
      return succeed, succeed < n and "refused" or nil
    end)
    assert.equal(expected.calls, attempted)
    assert.equal(expected.calls, calls)
    assert.equal(expected.successes, successes)
  end)

  each("claim", function(_, input, expected)
    local ctx = fake_ctx.new()
    local object = ctx:add(replica_set {})
    if input.controllerDeleting then
      object = ctx:edit(object, function(draft)
        draft.metadata.deletionTimestamp = ctx:timestamp()
      end)
    end
    for _, one in ipairs(input.pods) do
      ctx:add(pod(one))
    end
    local labels = {}
    for key, text in input.selector:gmatch "([^,=]+)=([^,]*)" do
      labels[key] = text
    end
    assert(claim.sync(ctx, object, "Pod", { matchLabels = labels }, "active"))
    local claimed = {}
    for one in ctx:owned(object, "Pod"):each() do
      claimed[#claimed + 1] = one.metadata.name
    end
    assert.same(expected.claimed, claimed)
    assert.equal(expected.patches, #ctx.writes)
  end)

  each("sameController", function(_, input, expected)
    local ctx = fake_ctx.new()
    local subject
    for _, one in ipairs(input.all) do
      local object = replica_set { name = one.name }
      object.metadata.uid = "uid-" .. one.name
      local uid = given(one.ownerUID)
      if uid and not ctx:by_uid(uid) then
        ctx:add { kind = "Deployment", metadata = { name = "d" .. uid, uid = uid } }
      end
      object.metadata.ownerReferences = uid
        and { { kind = "Deployment", uid = uid, controller = true } } or nil
      object.metadata.deletionTimestamp = one.terminating and ctx:timestamp() or nil
      object = ctx:add(object)
      subject = one.name == input.of.name and object or subject
    end
    local names = {}
    for i, object in ipairs(replicas.siblings(ctx, subject)) do
      names[i] = object.metadata.name
    end
    assert.same(expected.same, names)
  end)
end)

describe("keeping replicas", function()
  local function web(fields)
    return replica_set {
      replicas = fields.replicas, selector = { matchLabels = { app = "web" } },
      templateLabels = { app = "web" }, minReadySeconds = fields.minReadySeconds,
    }
  end

  local function web_pod(name, fields)
    return pod({ name = name, labels = { app = "web" }, ready = true, phase = "Running",
      controlledBy = fields and fields.controlledBy }, fields and fields.since)
  end

  it("creates what is missing, and says so", function()
    local ctx = fake_ctx.new()
    local object = ctx:add(web { replicas = 3 })
    replicas.reconcile(ctx, object)
    assert.equal(3, ctx:count_writes("create", "Pod"))
    assert.equal(3, #ctx.events)
    local made = ctx:owned(object, "Pod"):first()
    assert.equal("SuccessfulCreate", ctx.events[1].reason)
    assert.equal("Created pod: " .. made.metadata.name, ctx.events[1].message)
    assert.equal("rs", ctx.events[1].about)
    assert.equal("web", made.metadata.labels.app)
  end)

  it("writes nothing when there is nothing to do", function()
    local ctx = fake_ctx.new()
    local object = ctx:add(web { replicas = 1 })
    ctx:add(web_pod "a")
    replicas.reconcile(ctx, object)
    local writes = #ctx.writes
    replicas.reconcile(ctx, ctx:stored(object))
    assert.equal(writes, #ctx.writes)
  end)

  it("stops creating at the first batch that fails, and notes it", function()
    local made = 0
    local ctx = fake_ctx.new { refuse = function()
      made = made + 1
      return made > 5 and "exceeded quota" or nil
    end }
    local object = ctx:add(web { replicas = 20 })
    local done, message = replicas.reconcile(ctx, object)
    assert.is_nil(done)
    assert.equal("exceeded quota", message)
    assert.equal(5, ctx:count_writes("create", "Pod"))
    assert.equal(6, made)
    local condition = ctx:stored(object).status.conditions[1]
    assert.same({ "ReplicaFailure", "True", "FailedCreate", "exceeded quota" },
      { condition.type, condition.status, condition.reason, condition.message })
    assert.equal("Error creating: exceeded quota", ctx.events[#ctx.events].message)
    ctx.refuse = nil
    replicas.reconcile(ctx, ctx:stored(object))
    assert.is_nil(ctx:stored(object).status.conditions)
  end)

  it("deletes the pods that are missed least", function()
    local ctx = fake_ctx.new()
    local object = ctx:add(web { replicas = 1 })
    ctx:add(web_pod("ready", { since = "2023-01-01T00:00:00Z" }))
    ctx:add(pod { name = "pending", labels = { app = "web" }, phase = "Pending" })
    replicas.reconcile(ctx, object)
    assert.equal("ready", ctx:owned(object, "Pod"):first().metadata.name)
    assert.equal("Deleted pod: pending", ctx.events[1].message)
  end)

  it("spares the node with fewer pods of the same Deployment", function()
    local ctx = fake_ctx.new()
    ctx:add { kind = "Deployment", metadata = { name = "web", uid = "uid-web" } }
    local by_web = { { kind = "Deployment", name = "web", uid = "uid-web", controller = true } }
    local set, sibling = web { replicas = 1 }, replica_set { name = "sibling" }
    sibling.metadata.uid = "uid-sibling"
    set.metadata.ownerReferences, sibling.metadata.ownerReferences = by_web, by_web
    local object = ctx:add(set)
    ctx:add(sibling)
    for i, node in ipairs { "n1", "n2" } do
      local one = web_pod("p" .. i, { since = "2023-01-01T00:00:00Z" })
      one.spec.nodeName = node
      ctx:add(one)
    end
    local other = web_pod("other", { controlledBy = "sibling" })
    other.spec.nodeName = "n2"
    ctx:add(other)
    replicas.reconcile(ctx, object)
    assert.equal("p1", ctx:owned(object, "Pod"):first().metadata.name)
  end)

  it("adopts orphans and releases strays in one pass", function()
    local ctx = fake_ctx.new()
    local object = ctx:add(web { replicas = 1 })
    ctx:add(web_pod("orphan", { controlledBy = "nobody" }))
    local stray = ctx:add(web_pod "stray")
    ctx:edit(stray, function(draft) draft.metadata.labels = { app = "debug" } end)
    replicas.reconcile(ctx, object)
    assert.equal(1, #ctx:owned(object, "Pod"))
    assert.equal("orphan", ctx:owned(object, "Pod"):first().metadata.name)
    assert.equal(0, ctx:count_writes("create", "Pod"))
  end)

  it("asks to be woken when the next pod becomes available", function()
    local ctx = fake_ctx.new { now = 1700000000 }
    local object = ctx:add(web { replicas = 2, minReadySeconds = 30 })
    ctx:add(web_pod("a", { since = time.format(1700000000 - 30) }))
    ctx:add(web_pod("b", { since = time.format(1700000000 - 10) }))
    assert.equal(20, replicas.reconcile(ctx, object))
    assert.equal(1, ctx:stored(object).status.availableReplicas)
    ctx.now = 1700000020
    assert.is_nil(replicas.reconcile(ctx, ctx:stored(object)))
    assert.equal(2, ctx:stored(object).status.availableReplicas)
  end)

  it("counts pods that carry all the template's labels", function()
    local ctx = fake_ctx.new()
    local set = web { replicas = 2 }
    set.spec.template.metadata.labels = { app = "web", track = "stable" }
    local object = ctx:add(set)
    ctx:add(web_pod "old")
    local full = web_pod "full"
    full.metadata.labels = { app = "web", track = "stable", extra = "x" }
    ctx:add(full)
    replicas.reconcile(ctx, object)
    assert.equal(1, ctx:stored(object).status.fullyLabeledReplicas)
  end)

  it("neither creates nor deletes while it is being deleted", function()
    local ctx = fake_ctx.new()
    local object = ctx:add(web { replicas = 3 })
    object = ctx:edit(object, function(draft)
      draft.metadata.deletionTimestamp = ctx:timestamp()
    end)
    replicas.reconcile(ctx, object)
    assert.equal(0, ctx:count_writes("create", "Pod"))
  end)
end)
