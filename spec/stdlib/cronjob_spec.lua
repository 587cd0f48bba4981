-- SPDX-License-Identifier: MIT
local cron_jobs = require "wl.cron_job.jobs"
local generated_names = require "wl.generated_names"
local owner = require "wl.owner"
local schedule = require "wl.cron_job.schedule"
local shared = require "spec.support.shared"
local test = require "wl.test"
local time = require "wl.time"
local value = require "wl.value"

-- Kubernetes sleeps a little longer, for clocks that differ; here there is one.
local PADDING = 0.1

local function optional(x)
  if x == value.null then return nil end
  return x
end

local TEMPLATE = { spec = { template = { spec = { restartPolicy = "Never",
  containers = { { name = "main", image = "image" } } } } } }

local function cron_job(given)
  local status = value.table(value.of(optional(given.status) or {}))
  local active = {}
  for i, name in ipairs(status.active or {}) do
    active[i] = { apiVersion = "batch/v1", kind = "Job", namespace = "default", name = name,
      uid = "uid-of-" .. name }
  end
  status.active = #active > 0 and active or nil
  local spec = { jobTemplate = TEMPLATE }
  for field, x in pairs(given.spec) do spec[field] = optional(x) end
  return { apiVersion = "batch/v1", kind = "CronJob", spec = spec, status = status,
    metadata = { name = given.name or "mycronjob", namespace = "default", uid = "the-cron-job",
      creationTimestamp = optional(given.creationTimestamp),
      deletionTimestamp = optional(given.deletionTimestamp),
      finalizers = optional(given.deletionTimestamp) and { "foregroundDeletion" } or nil } }
end

local function job(given, of)
  local list, controlled = {}, optional(given.controlled) ~= false
  if optional(given.finished) then
    list[1] = { type = given.finished, status = "True",
      lastTransitionTime = optional(given.completionTime) }
  end
  return { apiVersion = "batch/v1", kind = "Job", spec = TEMPLATE.spec,
    metadata = { name = given.name, namespace = "default", uid = "uid-of-" .. given.name,
      ownerReferences = { { apiVersion = "batch/v1", kind = "CronJob", controller = true,
        name = controlled and of.metadata.name or "another",
        uid = controlled and of.metadata.uid or "another" } } },
    status = { startTime = optional(given.startTime), conditions = list,
      completionTime = optional(given.completionTime) } }
end

-- The controller works on a copy that may be old; here there is one state, the server's.
local function with_server_copy(given, input)
  local names = optional(input.serverCopyActive) or {}
  if #names > 0 then
    given = value.table(value.of(given))
    given.status = given.status or {}
    given.status.active = names
  end
  return given
end

-- What is in the way of the run that is due, whatever the case calls it.
local function in_the_way(given, main, input)
  local due = assert(schedule.of(main))
  local at = schedule.due(main, time.parse(input.now), due)
  given.name = generated_names.cron_job_job(main.metadata.name, at)
  return job(given, main)
end

local function objects_of(input)
  local main = cron_job(with_server_copy(input.cronJob, input))
  local objects, taken = { main }, optional(input.jobCreateError) == "AlreadyExists"
  for _, given in ipairs(input.jobs) do objects[#objects + 1] = job(given, main) end
  for _, given in ipairs(optional(input.apiJobs) or {}) do
    objects[#objects + 1] = (taken and in_the_way or job)(given, main, input)
  end
  return objects
end

local LIMITS = { "successfulJobsHistoryLimit", "failedJobsHistoryLimit" }

-- Limits that a case leaves out are none, where the API would fill them in; and
-- without clean-up there are none either.
local function without_limits(ctx, object, input)
  local spec = input.cronJob.spec
  return (ctx.store:change(ctx.server:id(object), function(draft)
    for _, field in ipairs(LIMITS) do
      if not optional(input.historyCleanup) or optional(spec[field]) == nil then
        draft.spec[field] = nil
      end
    end
  end))
end

local function reconcile(input)
  local fail = optional(input.jobCreateError) == "other" and { create = 1 }
    or optional(input.jobGetError) and { get = { from = 1 } } or nil
  local ctx, object = test.open { kind = "CronJob", now = input.now, fail = fail,
    key = "default/" .. (input.cronJob.name or "mycronjob"), objects = objects_of(input) }
  object = without_limits(ctx, object, input)
  local kind = ctx.server:kind "CronJob"
  local wait, message = kind.reconcile(ctx, object)
  ctx.result.status = ctx:by_uid("the-cron-job").status
  return ctx.result, wait, message
end

local function names_of(list)
  local found = {}
  for i, one in ipairs(list or {}) do found[i] = one.name or one.metadata.name end
  return found
end

-- A write that would change nothing is none.
local function compare_status(input, expected, result)
  if not expected.statusUpdate then return assert.same({}, result.statuses) end
  local status = result.status
  assert.same(expected.status.active, names_of(status.active), input.cronJob.name)
  assert.equal(optional(expected.status.lastScheduleTime), status.lastScheduleTime)
  assert.equal(optional(expected.status.lastSuccessfulTime), status.lastSuccessfulTime)
end

local function compare_jobs(expected, result)
  local created = {}
  for i, made in ipairs(result.created) do
    created[i] = { name = made.metadata.name,
      scheduledTimestamp = made.metadata.annotations[cron_jobs.SCHEDULED] }
  end
  assert.same(expected.created, created)
  assert.same(expected.deleted, names_of(result.deleted))
end

-- A Job that the controller's cache has not yet is plain to see here.
local function compare_events(input, expected, result)
  local events, unseen = {}, optional(input.apiJobs) ~= nil
  for _, event in ipairs(result.events) do
    if not (unseen and event.reason == "UnexpectedJob") then
      events[#events + 1] = { type = event.type, reason = event.reason }
    end
  end
  assert.same(expected.events, events)
end

describe("a CronJob's reconcile:", function()
  shared.each("cronjob_cases", "sync", function(_, input, expected)
    local result, wait, message = reconcile(input)
    compare_jobs(expected, result)
    -- What goes wrong is told; the cases do not say so.
    if not optional(expected.error) then compare_events(input, expected, result) end
    compare_status(input, expected, result)
    assert.equal(optional(expected.error) or false, message ~= nil)
    local requeue = optional(expected.requeueSeconds)
    if requeue then assert.near(requeue - PADDING, wait, 0.001) else assert.is_nil(wait) end
  end)
end)

describe("a CronJob's schedule:", function()
  local function open(input)
    local object = cron_job(input.cronJob)
    object.metadata.creationTimestamp = object.metadata.creationTimestamp
      or "0001-01-01T00:00:00Z"
    return object, time.parse(input.now), assert(schedule.of(object))
  end

  shared.each("cronjob_cases", "mostRecent", function(_, input, expected)
    local object, now, due = open(input)
    local at, since, missed, message =
      schedule.most_recent(object, now, due, input.includeStartingDeadline)
    if optional(expected.error) then return assert.truthy(message) end
    assert.equal(optional(expected.mostRecent), at and time.format(at))
    assert.equal(expected.earliest, time.format(since))
    assert.equal(expected.missed, missed)
  end)

  shared.each("cronjob_cases", "nextDuration", function(_, input, expected)
    local object, now, due = open(input)
    assert.near(expected.seconds - PADDING, schedule.wait(object, now, due), 0.001)
  end)

  -- A change wakes the controller, which sleeps anew: until the new next run.
  shared.each("cronjob_cases", "updateRequeue", function(_, input, expected)
    local within = optional(expected.requeueWithinSeconds)
    if not within then return end
    local object, now, due = open { cronJob = input.new, now = "2016-05-19T09:59:59Z" }
    assert.near(within - PADDING, schedule.wait(object, now, due), 0.001)
  end)
end)

describe("a CronJob's Jobs:", function()
  shared.each("cronjob_cases", "jobName", function(_, input, expected)
    assert.equal(expected.jobName,
      generated_names.cron_job_job(input.cronJobName, time.parse(input.scheduledTime)))
  end)

  shared.each("cronjob_cases", "jobFromTemplate", function(_, input, expected)
    local object = cron_job(input.cronJob)
    object.spec.jobTemplate = { metadata = input.templateMetadata, spec = TEMPLATE.spec }
    local metadata = cron_jobs.scheduled(object, time.parse(input.scheduledTime)).metadata
    assert.equal(expected.name, metadata.name)
    assert.same(expected.labels, metadata.labels)
    assert.same(expected.annotations, metadata.annotations)
    assert.equal(expected.creationTimestamp, metadata.creationTimestamp)
    local reference = metadata.ownerReferences[1]
    for field, x in pairs(expected.ownerReference[1]) do assert.equal(x, reference[field]) end
  end)

  shared.each("cronjob_cases", "sortByStart", function(_, input, expected)
    local list = {}
    for i, given in ipairs(input.jobs) do
      list[i] = { metadata = { name = given.name }, status = {
        startTime = optional(given.startTime) } }
    end
    assert.same(expected.order, names_of(cron_jobs.by_start(list)))
  end)

  -- A uid decides; where the cases have none, the names stand for them.
  shared.each("cronjob_cases", "mine", function(_, input, expected)
    local function uid_of(uid, name) return uid ~= "" and uid or name end
    local main = { metadata = { uid = uid_of(input.cronJob.uid, input.cronJob.name) } }
    local found = {}
    for _, given in ipairs(input.jobs) do
      local references = {}
      for i, one in ipairs(given.ownerReferences) do
        references[i] = { controller = optional(one.controller), uid = uid_of(one.uid, one.name) }
      end
      if given.namespace == input.cronJob.namespace
        and owner.controls(main, { metadata = { ownerReferences = references } }) then
        found[#found + 1] = given.name
      end
    end
    assert.same(expected.jobs, found)
  end)
end)
