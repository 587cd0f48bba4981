-- SPDX-License-Identifier: MIT
--- How Jobs and CronJobs are described.
-- Source: k8s.io/kubectl/pkg/describe describeJob, describeCronJob.
local cells = require "wl.columns.cells"
local duration = require "wl.duration"
local parts = require "wl.describe.parts"
local template = require "wl.describe.template"
local time = require "wl.time"

local batch = {}

local function number(n, otherwise)
  return n and ("%d"):format(n) or otherwise or "<unset>"
end

-- Lines { title, text } whose text is there.
local function write_known(w, lines)
  for _, line in ipairs(lines) do
    if line[2] ~= nil and line[2] ~= "" then
      w:line(0, line[1] .. ":\t" .. tostring(line[2]))
    end
  end
end

local function condition_text(conditions)
  local texts = {}
  for i, condition in ipairs(conditions) do
    texts[i] = ("%s=%s"):format(condition.type, condition.status or "")
  end
  return table.concat(texts, ", ")
end

local function write_failure_policy(w, policy)
  if not policy then
    return
  end
  w:line(0, "Pod Failure Policy:")
  for i, rule in ipairs(policy.rules or {}) do
    w:line(1, ("Rule %d:\t%s"):format(i, rule.action))
    if rule.onExitCodes then
      local on = rule.onExitCodes
      w:line(2, ("On Exit Codes:\t%s%s %s"):format(
        on.containerName and on.containerName .. " " or "", on.operator,
        parts.bracketed(on.values)))
    end
    if rule.onPodConditions then
      w:line(2, "On Pod Conditions:\t" .. condition_text(rule.onPodConditions))
    end
  end
end

local function write_times(w, object)
  local status = object.status or {}
  local start = status.startTime and time.parse(status.startTime)
  local ended = status.completionTime and time.parse(status.completionTime)
  write_known(w, {
    { "Start Time", status.startTime and parts.moment(status.startTime) },
    { "Completed At", status.completionTime and parts.moment(status.completionTime) },
    { "Duration", start and ended and duration.format(ended - start) },
    { "Active Deadline Seconds", object.spec.activeDeadlineSeconds
      and number(object.spec.activeDeadlineSeconds) .. "s" },
  })
end

local function write_counts(w, status)
  if status.ready then
    w:line(0, ("Pods Statuses:\t%d Active (%d Ready) / %d Succeeded / %d Failed"):format(
      status.active or 0, status.ready, status.succeeded or 0, status.failed or 0))
  else
    w:line(0, ("Pods Statuses:\t%d Active / %d Succeeded / %d Failed"):format(
      status.active or 0, status.succeeded or 0, status.failed or 0))
  end
end

local function write_indexes(w, object)
  if object.spec.completionMode == "Indexed" then
    local status = object.status or {}
    w:line(0, "Completed Indexes:\t" .. cells.text(status.completedIndexes))
    write_known(w, { { "Failed Indexes", status.failedIndexes } })
  end
end

--- Describe a Job.
function batch.Job(w, object, ctx)
  local spec = object.spec
  parts.name(w, object)
  w:line(0, "Selector:\t" .. cells.selector(spec.selector))
  parts.labels_and_annotations(w, object)
  parts.controlled_by(w, object)
  write_known(w, {
    { "Parallelism", number(spec.parallelism) },
    { "Completions", number(spec.completions) },
    { "Completion Mode", spec.completionMode },
    { "Suspend", spec.suspend },
    { "Backoff Limit", spec.backoffLimit and number(spec.backoffLimit) },
    { "Backoff Limit Per Index", spec.backoffLimitPerIndex and number(spec.backoffLimitPerIndex) },
    { "TTL Seconds After Finished", spec.ttlSecondsAfterFinished
      and number(spec.ttlSecondsAfterFinished) },
  })
  write_times(w, object)
  write_counts(w, object.status or {})
  write_indexes(w, object)
  write_failure_policy(w, spec.podFailurePolicy)
  template.write(w, spec.template)
  parts.events(w, object, ctx)
end

local function active_jobs(status)
  local names = {}
  for i, job in ipairs(status.active or {}) do
    names[i] = job.name
  end
  return #names > 0 and table.concat(names, ", ") or "<none>"
end

--- Describe a CronJob.
function batch.CronJob(w, object, ctx)
  local spec, status = object.spec, object.status or {}
  local job = spec.jobTemplate.spec
  parts.name(w, object)
  parts.labels_and_annotations(w, object)
  write_known(w, {
    { "Schedule", spec.schedule },
    { "Time Zone", spec.timeZone },
    { "Concurrency Policy", spec.concurrencyPolicy },
    { "Suspend", cells.boolean(spec.suspend) },
    { "Successful Job History Limit", number(spec.successfulJobsHistoryLimit) },
    { "Failed Job History Limit", number(spec.failedJobsHistoryLimit) },
    { "Starting Deadline Seconds", spec.startingDeadlineSeconds
      and number(spec.startingDeadlineSeconds) .. "s" or "<unset>" },
    { "Selector", job.selector and cells.selector(job.selector) or "<unset>" },
    { "Parallelism", number(job.parallelism) },
    { "Completions", number(job.completions) },
    { "Active Deadline Seconds", job.activeDeadlineSeconds
      and number(job.activeDeadlineSeconds) .. "s" },
  })
  template.write(w, job.template)
  w:line(0, "Last Schedule Time:\t" .. parts.moment(status.lastScheduleTime))
  w:line(0, "Active Jobs:\t" .. active_jobs(status))
  parts.events(w, object, ctx)
end

return batch
