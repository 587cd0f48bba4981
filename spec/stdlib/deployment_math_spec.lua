-- SPDX-License-Identifier: MIT
local advance = require "wl.rollout.advance"
local budget = require "wl.rollout.budget"
local fake_ctx = require "spec.support.fake_ctx"
local pod_template = require "wl.pod_template"
local proportion = require "wl.rollout.proportion"
local revision = require "wl.revision"
local rolling_update = require "stdlib.rollout.rolling_update"
local recreate = require "stdlib.rollout.recreate"
local Run = require "wl.rollout.run"
local sets = require "wl.rollout.sets"
local shared = require "spec.support.shared"
local shrink = require "wl.rollout.shrink"
local status = require "wl.rollout.status"
local steps = require "wl.rollout.steps"
local time = require "wl.schema.time"
local value = require "wl.value"

local NOW = time.parse "2026-11-23T12:00:00Z"

local function given(x) return x ~= value.null and x or nil end

-- ---- cases as objects ----

-- A deployment is given in short, some only as budget and size.
local function deployment(input)
  local case = given(input.deployment) or {
    replicas = input.replicas,
    strategy = { type = "RollingUpdate", rollingUpdate = {
      maxSurge = given(input.maxSurge), maxUnavailable = given(input.maxUnavailable) } },
  }
  return {
    apiVersion = "apps/v1", kind = "Deployment",
    metadata = {
      name = case.name or "foo", namespace = "default", uid = "uid-foo",
      annotations = case.annotations, deletionTimestamp = case.deletionTimestamp,
      generation = case.generation,
    },
    spec = {
      replicas = case.replicas, strategy = given(case.strategy) or { type = "RollingUpdate" },
      selector = given(case.selector), template = given(case.template) or {},
      progressDeadlineSeconds = given(case.progressDeadlineSeconds), paused = case.paused,
      minReadySeconds = case.minReadySeconds, revisionHistoryLimit = case.revisionHistoryLimit,
    },
    status = given(case.status) or {},
  }
end

local function size_notes(case)
  if not case.desiredAnnotation and not case.maxAnnotation then
    return given(case.annotations)
  end
  return {
    [revision.DESIRED] = case.desiredAnnotation and tostring(case.desiredAnnotation),
    [revision.MAX] = case.maxAnnotation and tostring(case.maxAnnotation),
  }
end

local function replica_set(case)
  local status_given = given(case.status)
    or { replicas = case.statusReplicas or case.replicas, availableReplicas = case.available }
  return {
    apiVersion = "apps/v1", kind = "ReplicaSet",
    metadata = {
      name = case.name, namespace = "default", uid = given(case.uid),
      labels = given(case.labels), annotations = size_notes(case),
      creationTimestamp = given(case.creationTimestamp)
        or case.ageHours and time.format(NOW - case.ageHours * 3600),
      deletionTimestamp = given(case.deletionTimestamp),
      generation = given(case.generation),
    },
    spec = {
      replicas = given(case.replicas) or 0, selector = given(case.selector),
      template = given(case.template) or {},
    },
    status = status_given,
  }
end

local function read(case) return given(case) and sets.read(replica_set(case)) or nil end

local function read_all(list)
  local objects, found = {}, {}
  for i, case in ipairs(given(list) or {}) do
    objects[i] = replica_set(case)
  end
  for i, object in ipairs(sets.oldest_first(objects)) do
    found[i] = sets.read(object)
  end
  return found
end

local function view_of(input)
  local object = deployment(input)
  local surge, unavailable = budget.of(object)
  return sets.view(read(input.newReplicaSet), read_all(input.oldReplicaSets), {
    replicas = object.spec.replicas, surge = surge, unavailable = unavailable, now = NOW,
  })
end

local function names(list)
  local found = {}
  for i, one in ipairs(list) do
    found[i] = one.name or one.metadata.name
  end
  table.sort(found)
  return found
end

-- ---- plans ----

local function planned(view)
  local held, complaint = budget.hold(rolling_update.plan(view), view)
  assert.is_nil(complaint)
  return held
end

-- What a plan changes: "new", "old" or nothing; the sets get their sizes.
local function carry_out(view, held)
  local scaled
  if held.new and held.new ~= view.new.replicas then
    view.new.replicas, scaled = held.new, "new"
  end
  for i, set in ipairs(view.old) do
    if set.replicas ~= held.old[i] then
      set.replicas, scaled = held.old[i], "old"
    end
  end
  return scaled
end

local function sizes_of(view)
  local sizes = { [view.new.name] = view.new.replicas }
  for _, set in ipairs(view.old) do
    sizes[set.name] = set.replicas
  end
  return sizes
end

-- Only the sizes that changed count.
local function assert_sizes(expected, list, sizes)
  for i, set in ipairs(list) do
    assert.equal(expected.sizes[set.name] or set.replicas, sizes[i], set.name)
  end
end

describe("Deployment arithmetic", function()
  local function each(op, fn) shared.each("deployment_math", op, fn) end

  each("resolve", function(_, input, expected)
    local surge, unavailable =
      budget.resolve(given(input.maxSurge), given(input.maxUnavailable), input.replicas)
    if expected.error then
      assert.is_nil(surge)
    else
      assert.same(expected, { surge = surge, unavailable = unavailable })
    end
  end)

  each("limits", function(_, input, expected)
    local object = deployment(input)
    local surge, unavailable = budget.of(object)
    local found = { maxUnavailable = unavailable, maxSurge = surge,
      minAvailable = object.spec.replicas - unavailable }
    for name, number in pairs(expected) do
      assert.equal(number, found[name], name)
    end
  end)

  each("newReplicas", function(_, input, expected)
    local view = view_of(input)
    view.total = sets.sum(read_all(input.allReplicaSets), "replicas")
    local strategy = deployment(input).spec.strategy.type == "Recreate" and recreate
      or rolling_update
    view.old = {}
    assert.equal(expected.replicas, strategy.plan(view).new or view.new.replicas)
  end)

  each("reconcileNew", function(_, input, expected)
    local view = view_of(input)
    if input.allReplicaSets then
      view.total = sets.sum(read_all(input.allReplicaSets), "replicas")
    end
    local size = rolling_update.plan(view).new or view.new.replicas
    assert.equal(expected.scaled, size ~= view.new.replicas)
    assert.equal(expected.sizes[view.new.name] or view.new.replicas, size)
  end)

  each("reconcileOld", function(_, input, expected)
    local view = view_of(input)
    view.replicas, view.surge = deployment(input).spec.replicas, -math.huge
    local asked = rolling_update.plan(view)
    view.surge = 0
    local held = asked.new == nil and budget.hold(asked, view) or { old = {} }
    local scaled = false
    for i, set in ipairs(view.old) do
      assert.equal(expected.sizes[set.name] or set.replicas, held.old[i] or set.replicas)
      scaled = scaled or (held.old[i] or set.replicas) ~= set.replicas
    end
    assert.equal(expected.scaled, scaled)
  end)

  each("cleanupUnhealthy", function(_, input, expected)
    local old = read_all(input.oldReplicaSets)
    local sizes, taken = shrink.unhealthy(old, input.maxCleanupCount)
    assert_sizes(expected, old, sizes)
    assert.equal(expected.scaled, taken)
  end)

  each("scaleDownOld", function(_, input, expected)
    local object, old = deployment(input), read_all(input.oldReplicaSets)
    local _, unavailable = budget.of(object)
    local available = sets.sum(read_all(input.allReplicaSets), "available")
    local sizes, taken = shrink.oldest(old, available - (object.spec.replicas - unavailable))
    assert_sizes(expected, old, sizes)
    assert.equal(expected.scaled, taken)
  end)

  each("rollout", function(_, input, expected)
    local view, found = view_of(input), {}
    repeat
      local all = { view.new, table.unpack(view.old) }
      view.total, view.available = sets.sum(all, "replicas"), sets.sum(all, "available")
      local scaled = carry_out(view, planned(view))
      if scaled then
        found[#found + 1] = { scaled = scaled, sizes = sizes_of(view) }
      end
      for _, set in ipairs(all) do
        local ready = set ~= view.new or input.ready ~= "never"
        set.available = ready and set.replicas or math.min(set.available, set.replicas)
      end
    until not scaled
    assert.same(expected.steps, found)
  end)

  each("proportionalScale", function(_, input, expected)
    local ctx = fake_ctx.new { now = NOW }
    local object = ctx:add(deployment(input))
    local surge, unavailable = budget.of(object)
    local run = setmetatable({ ctx = ctx, deployment = object, strategy = rolling_update,
      new = read(input.newReplicaSet), old = read_all(input.oldReplicaSets),
      replicas = object.spec.replicas, surge = surge, unavailable = unavailable }, Run)
    for _, set in ipairs(run:all()) do
      set.object = ctx:add(set.object)
    end
    assert(steps.resize(run))
    for _, set in ipairs(run:all()) do
      assert.equal(expected.sizes[set.name], set.replicas, set.name)
    end
  end)

  each("fraction", function(_, input, expected)
    local set = { replicas = input.rsReplicas,
      max = revision.count(given(input.replicaSetAnnotations), revision.MAX) }
    assert.equal(expected.delta, proportion.fraction(set, input.deploymentReplicas,
      input.deploymentMaxSurge, input.deploymentStatusReplicas))
  end)

  each("annotationInt", function(_, input, expected)
    local number = revision.count(given(input.annotations), input.key)
    assert.equal(expected.valid, number ~= nil)
    assert.equal(expected.value, number or 0)
  end)

  each("annotationsNeedUpdate", function(_, input, expected)
    assert.equal(expected.needsUpdate,
      not revision.is_sized(given(input.annotations), input.desired, input.max))
  end)

  each("replicaSetAnnotations", function(_, input, expected)
    local existing = given(input.replicaSetAnnotations) or {}
    local annotations = revision.annotations(existing, given(input.deploymentAnnotations),
      revision.parse(input.newRevision), input.revisionHistoryLimitInChars)
    if not input.alreadyExists then
      local surge = budget.of { spec = { replicas = input.replicas, strategy = input.strategy } }
      annotations = revision.sized(annotations, input.replicas, input.replicas + surge)
    end
    assert.same(expected.annotations, annotations)
    assert.equal(expected.changed, not value.equal(annotations, existing))
  end)

  -- ---- which set is which ----

  local function split(input)
    local objects = {}
    for i, case in ipairs(given(input.replicaSets) or {}) do
      objects[i] = replica_set(case)
    end
    return sets.split(objects, deployment(input).spec.template)
  end

  each("findNew", function(_, input, expected)
    local new = split(input)
    assert.equal(given(expected.new), new and new.name)
  end)

  each("findOld", function(_, input, expected)
    local _, old = split(input)
    table.sort(expected.allOld)
    table.sort(expected.oldWithPods)
    assert.same(expected.allOld, names(old))
    assert.same(expected.oldWithPods, names(sets.active(old)))
  end)

  each("activeOrLatest", function(_, input, expected)
    local only = sets.only(read(input.newReplicaSet), read_all(input.oldReplicaSets))
    assert.equal(given(expected.chosen), only and only.name)
  end)

  each("cleanup", function(_, input, expected)
    local expired = steps.expired(read_all(input.oldReplicaSets), input.revisionHistoryLimit)
    table.sort(expected.deleted)
    assert.same(expected.deleted, names(expired))
  end)

  each("templateEqual", function(_, input, expected)
    assert.equal(expected.equal, pod_template.equal(input.a, input.b))
    assert.equal(expected.equal, pod_template.equal(input.b, input.a))
  end)

  -- ---- the status ----

  -- A fraction below a microsecond counts as one.
  local function moment(text)
    if not given(text) then
      return 0
    end
    local seconds, micros = time.parse(text)
    if not seconds then
      return NOW
    end
    return text:find "%.0*[1-9]" and seconds + math.max(micros, 1) / 1e6 or seconds
  end

  local function summary(conditions)
    local found = {}
    for i, condition in ipairs(conditions or {}) do
      found[i] = { type = condition.type, status = condition.status, reason = condition.reason }
    end
    return found
  end

  local function calculated(input)
    return status.calculate(deployment(input), read(input.newReplicaSet),
      read_all(input.allReplicaSets), time.format(NOW))
  end

  each("status", function(_, input, expected)
    local found = calculated(input)
    found.conditions = summary(found.conditions)
    assert.same(expected.status, found)
  end)

  each("complete", function(_, input, expected)
    local object = deployment(input)
    local judged = given(input.newStatus) or object.status
    assert.equal(expected.complete, status.complete(object, judged))
  end)

  each("progressing", function(_, input, expected)
    assert.equal(expected.progressing, status.progressing(input.oldStatus, input.newStatus))
  end)

  each("timedOut", function(_, input, expected)
    assert.equal(expected.timedOut,
      status.timed_out(deployment(input), input.newStatus, moment(input.now)))
  end)

  each("requeueStuck", function(_, input, expected)
    local wait = status.check_in(deployment(input), input.newStatus, moment(input.now))
    assert.equal(expected.seconds, wait or -1)
  end)

  each("rolloutStatus", function(_, input, expected)
    local object, now = deployment(input), moment(input.now)
    local clock = { now = now, timestamp = time.format(now) }
    local found = status.rollout(object, read(input.newReplicaSet),
      read_all(input.allReplicaSets), clock).conditions
    assert.equal(#expected.conditions, #found)
    for i, wanted in ipairs(expected.conditions) do
      local before = {}
      for _, condition in ipairs(object.status.conditions or {}) do
        before = condition.type == wanted.type and condition or before
      end
      for _, field in ipairs { "type", "status", "reason" } do
        assert.equal(wanted[field], found[i][field])
      end
      for _, field in ipairs { "lastTransitionTime", "lastUpdateTime" } do
        local text = wanted[field]
        if text == "now" then
          text = clock.timestamp
        elseif text == "unchanged" then
          text = before[field]
        end
        assert.equal(text, found[i][field], wanted.type .. " " .. field)
      end
    end
  end)

  -- ---- with a ctx ----

  each("oldPodsRunning", function(_, input, expected)
    local ctx = fake_ctx.new { now = NOW }
    local function uid_of(case) return case and given(case.uid) end
    local new_uid = uid_of(given(input.newReplicaSet))
    local old = {}
    for i, case in ipairs(given(input.oldReplicaSets) or {}) do
      local object = replica_set { name = "old-" .. i, uid = uid_of(case) or "uid-old-" .. i,
        statusReplicas = case.statusReplicas, replicas = 0 }
      old[i] = sets.read(ctx:add(object))
    end
    -- Pods that are grouped under some other owner belong to an old set too.
    for uid, pods in pairs(given(input.podsByOwnerUID) or {}) do
      if uid ~= new_uid and not ctx:by_uid(uid) then
        old[#old + 1] = sets.read(ctx:add(replica_set { name = uid, uid = uid,
          statusReplicas = 0, replicas = 0 }))
      end
      for i, pod in ipairs(pods) do
        ctx:add { kind = "Pod", status = { phase = pod.phase }, metadata = {
          name = uid .. i, ownerReferences = { { uid = uid, controller = true } } } }
      end
    end
    assert.equal(expected.oldPodsRunning, advance.old_pods { ctx = ctx, old = old } > 0)
  end)

  -- Not equal to nothing, but written as nothing: what the API leaves out.
  local function written(object)
    local found = value.table(object.status)
    found.conditions = found.conditions and summary(found.conditions)
    return found
  end

  local function as_case(write)
    local resources = { Deployment = "deployments", ReplicaSet = "replicasets" }
    return {
      verb = write.verb == "status" and "update" or write.verb,
      resource = resources[write.kind],
      subresource = write.verb == "status" and "status" or nil,
      name = write.kind == "Deployment" and write.name or nil,
      status = write.verb == "status" and written(write.object) or nil,
    }
  end

  each("sync", function(_, input, expected)
    local ctx = fake_ctx.new { now = NOW }
    local object = deployment(input)
    object.metadata.generation = object.metadata.generation or 0
    object = ctx:add(object)
    for _, case in ipairs(given(input.replicaSets) or {}) do
      ctx:add(replica_set(case))
    end
    local _, message = require("stdlib.kinds.deployment").reconcile(ctx, object)
    assert.equal(expected.error, message ~= nil)
    assert.equal(#expected.writes, #ctx.writes)
    for i, wanted in ipairs(expected.writes) do
      local found = as_case(ctx.writes[i])
      for field, x in pairs(wanted) do
        if found[field] ~= nil then
          assert.same(x, found[field], field)
        end
      end
    end
  end)
end)
