-- SPDX-License-Identifier: MIT
--- The rules that a Job's reconcile is made of, one by one.
local Run = require "wl.job.run"
local backoff = require "wl.job.backoff"
local claim = require "wl.job.claim"
local conditions = require "wl.job.conditions"
local failure_policy = require "wl.job.failure_policy"
local generated_names = require "wl.generated_names"
local indexes = require "wl.job.indexes"
local job_cases = require "spec.support.job_cases"
local manage = require "wl.job.manage"
local names = require "wl.job.names"
local orphans = require "wl.job.orphans"
local pods = require "wl.job.pods"
local replicas = require "wl.replicas"
local shared = require "spec.support.shared"
local success_policy = require "wl.job.success_policy"
local test = require "wl.test"
local time = require "wl.time"
local tracking = require "wl.job.tracking"
local ttl = require "wl.job.ttl"
local verdict = require "wl.job.verdict"

local optional = job_cases.optional
local NOW = "2024-01-01T12:00:00Z"
local NOW_SECONDS = time.parse(NOW)

local function moment(seconds_ago) return time.format_micro(NOW_SECONDS - seconds_ago) end

-- A run of a Job with these pods. What is not said is as a Job has it.
local function open(spec, status, given)
  local job = { name = "j", status = status, spec = { completions = 5, parallelism = 5,
    backoffLimit = 6 } }
  for field, x in pairs(spec) do job.spec[field] = x end
  local objects = { job_cases.job(job) }
  for i, pod in ipairs(given or {}) do
    pod.name = optional(pod.name) or pod.uid or "pod-" .. i
    objects[#objects + 1] = job_cases.pod(pod)
  end
  local ctx, object = test.open { kind = "Job", key = "default/j", now = NOW, objects = objects }
  return Run.open(ctx, object, ctx:owned(object, "Pod")), ctx
end

local function indexed(fields, previous, given)
  local spec = { completionMode = "Indexed" }
  for field, x in pairs(fields) do spec[field] = x end
  return open(spec, previous, given)
end

describe("a set of indexes:", function()
  shared.each("job_indexed", "parse", function(_, input, expected)
    local set = indexes.parse(input.text, input.completions)
    assert.equal(expected.canonical, indexes.text(set))
    assert.equal(expected.total, indexes.total(set))
  end)

  shared.each("job_indexed", "compress", function(_, input, expected)
    assert.equal(expected.text, indexes.text(indexes.of(input.indexes)))
  end)

  shared.each("job_indexed", "has", function(_, input, expected)
    assert.equal(expected.contains, indexes.has(indexes.parse(input.indexes, 1000), input.index))
  end)
end)

describe("an Indexed Job:", function()
  local function tracked(input)
    for _, pod in ipairs(input.pods) do
      if pod.trackingFinalizer == nil then pod.trackingFinalizer = input.trackingFinalizer end
    end
    return input.pods
  end

  shared.each("job_indexed", "succeeded", function(_, input, expected)
    local run = indexed({ completions = input.completions },
      { completedIndexes = input.previous }, tracked(input))
    assert.equal(expected.completedIndexes, indexes.text(run.succeeded_indexes))
    assert.equal(expected.alreadyInStatus, indexes.text(run.succeeded_before))
  end)

  shared.each("job_indexed", "failed", function(_, input, expected)
    local run = indexed(input.job, { failedIndexes = optional(input.previousFailedIndexes) },
      input.pods)
    assert.equal(expected.failedIndexes, indexes.text(run.failed_indexes))
  end)

  shared.each("job_indexed", "isIndexFailed", function(_, input, expected)
    local run = indexed(input.job, nil, { input.pod })
    assert.equal(expected.indexFailed, #run.failed_indexes > 0)
  end)

  shared.each("job_indexed", "firstPending", function(_, input, expected)
    local fields = { completions = input.completions }
    if optional(input.failedIndexes) then fields.backoffLimitPerIndex = 1 end
    local run = indexed(fields, { completedIndexes = input.completedIndexes,
      failedIndexes = optional(input.failedIndexes) }, input.activePods)
    assert.same(expected.indexes, manage.pending_indexes(run, input.count))
  end)

  local function described(list)
    local found = {}
    for i, pod in ipairs(list) do
      local index = (pod.metadata.annotations or {})[names.INDEX]
      found[i] = ("%s %s"):format(index or "-", pod.status.phase)
    end
    table.sort(found)
    return found
  end

  local function wanted(list)
    local found = {}
    for i, pod in ipairs(list) do found[i] = ("%s %s"):format(pod.index, pod.phase) end
    table.sort(found)
    return found
  end

  shared.each("job_indexed", "duplicates", function(_, input, expected)
    local run, ctx = indexed({ completions = input.completions, parallelism = #input.pods }, nil,
      input.pods)
    manage.pods(run)
    assert.same(wanted(expected.remove), described(ctx.result.deleted))
    local kept = {}
    for pod in run.pods:each "active" do kept[#kept + 1] = pod end
    local created = #ctx.result.created
    assert.same(wanted(expected.keep), described(table.move(kept, 1, #kept - created, 1, {})))
  end)

  shared.each("job_indexed", "name", function(_, input, expected)
    assert.equal(expected.generateName,
      generated_names.indexed_pod_prefix(input.jobName, input.index))
  end)

  shared.each("job_indexed", "readFailureCount", function(_, input, expected)
    assert.equal(expected.count, names.failures { metadata = {
      annotations = optional(input.annotations) } })
  end)

  shared.each("job_indexed", "failureCount", function(_, input, expected)
    local replaced = optional(input.podBeingReplaced)
    local counted, ignored = pods.failure_counts(job_cases.job { name = "j", spec = input.job },
      replaced and job_cases.pod(replaced))
    assert.equal(expected.failureCount, counted)
    assert.equal(expected.ignoredFailureCount, ignored)
  end)

  shared.each("job_indexed", "delayedDeletion", function(_, input, expected)
    for _, uid in ipairs(optional(input.finalizerRemovalInFlight) or {}) do
      for _, pod in ipairs(input.pods) do
        if (pod.uid or pod.name) == uid then pod.trackingFinalizer = false end
      end
    end
    local run = indexed(input.job, { failedIndexes = optional(input.failedIndexes) }, input.pods)
    local kept = {}
    for _, pod in pairs(run.held_back) do kept[#kept + 1] = pod.metadata.name end
    table.sort(kept)
    assert.same(expected.keptPods, kept)
  end)
end)

describe("a Job's backoff:", function()
  local function ended_at(ms)
    local list = {}
    for i, at in ipairs(ms) do
      list[i] = job_cases.pod { name = "p", containerStatuses = { { terminated = {
        exitCode = 0, finishedAt = moment(-at / 1000) } } } }
    end
    return list
  end

  shared.each("job_backoff", "record", function(_, input, expected)
    local before = { failures = input.previousFailures, latest = NOW_SECONDS - 1e6 }
    local record = backoff.record(before, ended_at(input.succeededAtMs), ended_at(input.failedAtMs))
    assert.equal(expected.failuresAfterLastSuccess, record.failures)
    if optional(expected.lastFailureAtMs) then
      assert.near(expected.lastFailureAtMs, (record.latest - NOW_SECONDS) * 1000, 0.01)
    end
  end)

  shared.each("job_backoff", "finishTime", function(_, input, expected)
    local given = input.pod
    local pod = job_cases.pod(given)
    pod.metadata.creationTimestamp = optional(given.creationTimestamp)
    assert.equal(expected.finishedAt, time.format(backoff.finished_at(pod)))
  end)

  shared.each("job_backoff", "remaining", function(_, input, expected)
    local left = backoff.remaining(input.failures, -input.secondsSinceLastFailure, 0,
      input.baseSeconds, input.maxSeconds)
    assert.near(expected.remainingSeconds, left, 1e-6)
  end)

  local function failed_pod(given)
    return job_cases.pod { name = "p", phase = "Failed",
      annotations = { [names.FAILURES] = given.failureCountAnnotation },
      containerStatuses = { { terminated = { exitCode = 1,
        finishedAt = moment(given.secondsSinceFailure) } } } }
  end

  shared.each("job_backoff", "readyIndexes", function(_, input, expected)
    local held_back = {}
    for index, given in pairs(optional(input.lastFailedPodByIndex) or {}) do
      held_back[math.tointeger(tonumber(index))] = failed_pod(given)
    end
    local ready, wait = manage.ready_indexes(input.indexesToAdd, held_back, NOW_SECONDS)
    assert.same(expected.indexes, ready)
    assert.equal(expected.remainingSeconds, wait)
  end)

  shared.each("job_backoff", "remainingPerIndex", function(_, input, expected)
    local given = optional(input.lastFailedPod) or input.failureCountAnnotation and input
    local pod = given and failed_pod(given)
    local left = pod and backoff.remaining(names.failures(pod) + names.ignored(pod) + 1,
      backoff.finished_at(pod), NOW_SECONDS, input.baseSeconds, input.maxSeconds) or 0
    assert.near(expected.remainingSeconds, left, 1e-6)
  end)

  shared.each("job_backoff", "onFailureLimit", function(_, input, expected)
    local list, i = {}, 0
    for n, pod in ipairs(input.pods) do
      local statuses = {}
      for k, restarts in ipairs(pod.restarts) do statuses[k] = { restartCount = restarts } end
      list[n] = { status = { phase = pod.phase, containerStatuses = statuses } }
    end
    local spec = { backoffLimit = input.backoffLimit, template = { spec = {
      restartPolicy = input.restartPolicy } } }
    assert.equal(expected.exceeded, verdict.too_many_restarts(spec, function()
      i = i + 1
      return list[i]
    end))
  end)
end)

describe("podFailurePolicy:", function()
  shared.each("job_pod_failure_policy", nil, function(_, input, expected)
    local given = input.pod
    given.name = "pod"
    local pod = job_cases.pod(given)
    -- A container that nobody named has no name.
    for _, field in ipairs { "containerStatuses", "initContainerStatuses" } do
      for i, one in ipairs(optional(given[field]) or {}) do
        pod.status[field][i].name = optional(one.name)
      end
    end
    local action, message, details = failure_policy.judge({ rules = optional(input.rules) }, pod)
    assert.equal(optional(expected.action), action)
    assert.equal(expected.countsTowardsBackoff,
      failure_policy.counts({ rules = optional(input.rules) }, pod))
    local fails = optional(expected.failJob)
    if fails then
      assert.truthy(message)
      assert.equal(optional(fails.container), details.container)
      assert.equal(optional(fails.exitCode), details.exit_code)
      assert.equal(fails.ruleIndex, details.rule)
      if optional(fails.condition) then assert.equal(fails.condition, details.condition) end
    end
  end)
end)

describe("successPolicy:", function()
  shared.each("job_success_policy", nil, function(_, input, expected)
    local policy = optional(input.rules) and { rules = input.rules } or nil
    local rule = success_policy.met(policy, input.completions,
      indexes.parse(input.completedIndexes, input.completions))
    assert.equal(expected.met, rule ~= nil)
    assert.equal(optional(expected.ruleIndex), rule)
  end)
end)

describe("how pods are seen:", function()
  local function since(input)
    if optional(input.readyStatus) ~= "True" then return nil end
    local seconds = optional(input.readyForSeconds)
    return seconds and NOW_SECONDS - seconds or NOW_SECONDS
  end

  shared.each("job_tracking", "available", function(_, input, expected)
    local ready = optional(input.readyStatus) == "True"
    local known = optional(input.readyForSeconds) ~= nil or input.minReadySeconds == 0
    local available = ready and known
      and replicas.available_in(since(input), input.minReadySeconds, NOW_SECONDS) == nil
    assert.equal(expected.available, available)
  end)

  shared.each("job_tracking", "nextCheck", function(_, input, expected)
    local wait = optional(input.readyForSeconds)
      and replicas.available_in(since(input), input.minReadySeconds, NOW_SECONDS)
    assert.equal(optional(expected.seconds), wait or nil)
  end)

  -- The soonest of several, less the time since they were looked at.
  shared.each("job_tracking", "nextCheckOfPods", function(_, input, expected)
    local soonest
    for _, pod in ipairs(input.pods) do
      local least = optional(pod.minReadySeconds) or optional(input.minReadySeconds) or 0
      local wait = optional(pod.readyForSeconds)
        and replicas.available_in(since(pod), least, NOW_SECONDS)
      if wait and (not soonest or wait < soonest) then soonest = wait end
    end
    local looked = optional(input.lookedAtSecondsAgo) or 0
    assert.equal(optional(expected.seconds), soonest and math.max(0, soonest - looked))
  end)

  shared.each("job_tracking", "active", function(_, input, expected)
    local run = open({}, nil, { { phase = input.phase ~= "" and input.phase or nil,
      deletionTimestamp = input.beingDeleted and NOW or nil, trackingFinalizer = true } })
    assert.equal(expected.active, run.active == 1)
  end)
end)

describe("counting what has ended:", function()
  -- A pod that runs untracked when the Job ends is one that is being deleted.
  local function seen(pod)
    pod.trackingFinalizer = pod.tracked
    if pod.phase == "Running" and not pod.tracked then pod.deletionTimestamp = NOW end
    return pod
  end

  local function reduced(status)
    local found = job_cases.status(status)
    found.uncountedTerminatedPods = status.uncountedTerminatedPods
    if found.completionTime then found.completionTime = "set" end
    for i, condition in ipairs(found.conditions or {}) do
      found.conditions[i] = { type = condition.type, status = condition.status }
    end
    return found
  end

  shared.each("job_tracking", "trackStatus", function(_, input, expected)
    local list, spec = {}, { completions = optional(input.jobSpec.completions) or false }
    for i, pod in ipairs(input.pods) do list[i] = seen(pod) end
    for field, x in pairs(input.jobSpec) do spec[field] = optional(x) end
    spec.completions = spec.completions or nil
    local run, ctx = open(spec, input.status, list)
    ctx.fail = optional(input.podPatchFails) and { update = { from = 1 } } or {}
    local finishing = optional(input.finishing)
    run.ends = finishing and conditions.new(finishing.type, "", "", NOW, finishing.status)
    local done = tracking.count(run, tracking.candidates(run, run.ends), false, function() end)
    local statuses = {}
    for i, status in ipairs(ctx.result.statuses) do statuses[i] = reduced(status) end
    assert.same(expected.statusUpdates, statuses)
    assert.equal(expected.finalizerPatches, #ctx.result.patched + (ctx.result.refused.update or 0))
    assert.equal(expected.error, done == nil)
  end)

  shared.each("job_tracking", "podsForJob", function(_, input, expected)
    local given = { name = "test_job", deletionTimestamp = input.jobBeingDeleted and NOW or nil,
      spec = { completions = 1, parallelism = 1, backoffLimit = 6 } }
    local objects = { job_cases.job(given) }
    for _, pod in ipairs(input.pods) do
      local by = optional(pod.controller)
      objects[#objects + 1] = job_cases.pod { name = pod.name, labels = pod.labels,
        phase = optional(pod.phase), deletionTimestamp = pod.beingDeleted and NOW or nil,
        trackingFinalizer = pod.tracked, controlledBy = by == "test_job" and "job"
          or by and "other" or "nobody" }
    end
    local ctx, job = test.open { kind = "Job", key = "default/test_job", now = NOW,
      objects = objects }
    assert(claim.sync(ctx, job, ctx:owned(job, "Pod")))
    local own, tracked, released = {}, {}, {}
    for pod in ctx:owned(job, "Pod"):each() do
      own[#own + 1] = pod.metadata.name
      if names.is_tracked(pod) then tracked[#tracked + 1] = pod.metadata.name end
    end
    for _, pod in ipairs(ctx.result.patched) do
      if not pod.metadata.ownerReferences then released[#released + 1] = pod.metadata.name end
    end
    table.sort(own)
    assert.same(expected.pods, own)
    if optional(expected.trackedAfter) then assert.same(expected.trackedAfter, tracked) end
    if optional(expected.released) then assert.same(expected.released, released) end
  end)

  shared.each("job_tracking", "orphanFinalizer", function(_, input, expected)
    local objects, given = {}, optional(input.job)
    if given and input.jobExists then
      local list = {}
      for i, type in ipairs(optional(given.finished) or {}) do
        list[i] = { type = type, status = "True" }
      end
      local job = job_cases.job { name = "j", spec = { completions = 1, parallelism = 1,
        backoffLimit = 6, managedBy = given.managedBy }, status = { conditions = list } }
      job.metadata.uid = given.uid
      objects[1] = job
    end
    local pod = job_cases.pod { name = "pod", phase = "Running", trackingFinalizer = true,
      controlledBy = "nobody" }
    pod.metadata.ownerReferences = optional(input.owner) and { input.owner } or nil
    objects[#objects + 1] = pod
    local ctx, stored = test.open { kind = "Pod", key = "default/pod", now = NOW,
      objects = objects }
    assert.equal(expected.finalizerRemoved, orphans.is_left(ctx, stored))
  end)
end)

describe("a Job that has ended:", function()
  shared.each("job_tracking", "ttl", function(_, input, expected)
    local list = {}
    if input.finished then
      list[1] = { type = optional(input.how) or "Complete", status = "True",
        lastTransitionTime = optional(input.finishedSecondsAgo)
          and time.format(NOW_SECONDS - input.finishedSecondsAgo) }
    end
    local job = { metadata = { namespace = "default", name = "j" },
      spec = { ttlSecondsAfterFinished = optional(input.ttlSeconds) },
      status = { conditions = list } }
    local left = ttl.left(job, NOW_SECONDS)
    assert.equal(optional(expected.error) or false, left == nil)
    for _, seconds in pairs(expected) do
      if math.type(seconds) then assert.equal(seconds, left) end
    end
  end)

  shared.each("job_tracking", "finishTime", function(_, input, expected)
    local at = ttl.finished_at { metadata = { namespace = "default", name = "j" }, spec = {},
      status = { conditions = optional(input.conditions) } }
    if optional(expected.error) then return assert.is_nil(at) end
    for _, text in pairs(expected) do
      if type(text) == "string" then assert.equal(text, time.format(at)) end
    end
  end)
end)
