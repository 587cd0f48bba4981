-- SPDX-License-Identifier: MIT
--- The Jobs of a CronJob: those that run, those that are history, and new ones.
--
-- Source: pkg/controller/cronjob/cronjob_controllerv2.go, utils.go.
local conditions = require "wl.job.conditions"
local generated_names = require "wl.generated_names"
local outdated = require "wl.outdated"
local owner = require "wl.owner"
local schedule = require "wl.cron_job.schedule"
local time = require "wl.time"
local value = require "wl.value"

local jobs = {}

--- The annotation with the moment for which a Job was made.
jobs.SCHEDULED = "batch.kubernetes.io/cronjob-scheduled-timestamp"

-- ---- making one ----

local function like_template(cron_job)
  local template = cron_job.spec.jobTemplate
  local metadata = template.metadata or {}
  return {
    apiVersion = "batch/v1", kind = "Job",
    metadata = { namespace = cron_job.metadata.namespace, labels = metadata.labels,
      annotations = metadata.annotations and value.table(metadata.annotations) or {} },
    spec = template.spec,
  }
end

--- The Job of a run. Its name comes from its moment, so that no run starts twice.
-- @param cron_job
-- @tparam integer scheduled seconds since the epoch
-- @treturn table
function jobs.scheduled(cron_job, scheduled)
  local job = like_template(cron_job)
  job.metadata.name = generated_names.cron_job_job(cron_job.metadata.name, scheduled)
  job.metadata.creationTimestamp = time.format(scheduled)
  job.metadata.annotations[jobs.SCHEDULED] =
    schedule.local_time(scheduled, cron_job.spec.timeZone)
  job.metadata.ownerReferences = { owner.reference(cron_job) }
  return job
end

--- A Job that somebody starts by hand, as `kubectl create job --from=cronjob/...`.
-- @param cron_job
-- @tparam string name
-- @treturn table
function jobs.manual(cron_job, name)
  local job = like_template(cron_job)
  job.metadata.name = name
  job.metadata.annotations["cronjob.kubernetes.io/instantiate"] = "manual"
  local reference = owner.reference(cron_job)
  reference.blockOwnerDeletion = nil
  job.metadata.ownerReferences = { reference }
  return job
end

-- ---- the list of those that run ----

--- The place of a Job in a list of references. @treturn ?integer
function jobs.place(active, uid)
  for i, reference in ipairs(active) do
    if reference.uid == uid then return i end
  end
end

--- A reference for status.active.
-- @param job
-- @treturn table
function jobs.reference(job)
  return { apiVersion = job.apiVersion, kind = job.kind, namespace = job.metadata.namespace,
    name = job.metadata.name, uid = job.metadata.uid,
    resourceVersion = job.metadata.resourceVersion }
end

--- Delete a Job.
-- @param run
-- @param job
-- @treturn boolean whether that worked
function jobs.delete(run, job)
  local done, message, code =
    run.ctx:delete(job, { propagation = "Background" })
  if not done and code ~= "NotFound" then
    run.ctx:event(run.cron_job, "Warning", "FailedDelete", "Deleted job: " .. message)
    return false
  end
  local place = jobs.place(run.active, job.metadata.uid)
  if place then table.remove(run.active, place) end
  run.ctx:event(run.cron_job, "Normal", "SuccessfulDelete", "Deleted job " .. job.metadata.name)
  return true
end

-- ---- history ----

local function start_of(job)
  local status = job.status
  return status and status.startTime
end

--- Jobs in the order in which they started; those that did not come last.
-- @tparam {job,...} list sorted in place
-- @treturn {job,...} list
function jobs.by_start(list)
  local starts, names = {}, {}
  for _, job in ipairs(list) do
    starts[job], names[job] = start_of(job), job.metadata.name
  end
  table.sort(list, function(a, b)
    local x, y = starts[a], starts[b]
    if x == y then return names[a] < names[b] end
    return x ~= nil and (y == nil or x < y)
  end)
  return list
end

-- The place of the Job that started first; nil: more than one may have.
local function first_started(list)
  local place, first = 1, start_of(list[1])
  for i = 2, #list do
    local at = start_of(list[i])
    if not first or not at or at == first then return nil end
    if at < first then place, first = i, at end
  end
  return place
end

local function trim(run, how, facet, limit)
  local list, changed = {}, false
  if not limit or run.owned:count(facet) <= limit then return false end
  for _, one in ipairs(run:jobs()) do
    if one.how == how then list[#list + 1] = one.job end
  end
  local only = #list == limit + 1 and first_started(list)
  if only then return jobs.delete(run, list[only]) end
  jobs.by_start(list)
  for i = 1, #list - limit do
    changed = jobs.delete(run, list[i]) or changed
  end
  return changed
end

-- Those that have ended, for a history policy.
local function items(run)
  local list, how = {}, {}
  for _, one in ipairs(run:jobs()) do
    if one.how then list[#list + 1], how[one.job.metadata.uid] = one.job, one.how end
  end
  for i, job in ipairs(jobs.by_start(list)) do
    local _, condition = conditions.finished(job)
    list[i] = { name = job.metadata.name, job = job, failed = how[job.metadata.uid] == "Failed",
      at = time.parse(condition.lastTransitionTime or job.metadata.creationTimestamp) }
  end
  return list
end

--- Delete the oldest Jobs that have ended, down to the history limits; or those that the
-- history policy does not keep.
-- @param run
-- @treturn boolean whether any was deleted
function jobs.trim_history(run)
  local spec, changed = run.cron_job.spec, false
  local gone = outdated.items(run.ctx, run.cron_job, function() return items(run) end)
  for _, item in ipairs(gone or {}) do changed = jobs.delete(run, item.job) or changed end
  if gone then return changed end
  changed = trim(run, "Complete", "complete", spec.successfulJobsHistoryLimit)
  return trim(run, "Failed", "failed", spec.failedJobsHistoryLimit) or changed
end

return jobs
