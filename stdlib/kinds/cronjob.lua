-- SPDX-License-Identifier: MIT
--- CronJob: a Job each time its schedule says so.
--
-- A sync deletes history beyond its limits, sees which Jobs have ended, and
-- starts the run that is due: the most recent one only, whatever was missed
-- before it. A run that is too late is left out; while another is active the
-- concurrency policy decides. Then it sleeps until the next run.
-- Source: pkg/controller/cronjob.
local batch = require "wl.api.batch"
local jobs = require "wl.cron_job.jobs"
local kind = require "wl.kind"
local legacy = require "wl.api.legacy"
local prepare = require "wl.api.prepare"
local Run = require "wl.cron_job.run"
local schedule = require "wl.cron_job.schedule"

local function read_schedule(run)
  local due, message = schedule.of(run.cron_job)
  if due then return due end
  local spec = run.cron_job.spec
  if spec.timeZone and message:find("time zone", 1, true) then
    run:tell("Warning", "UnknownTimeZone", "invalid timeZone: %q: %s", spec.timeZone, message)
  else
    run:tell("Warning", "UnparseableSchedule", "unparseable schedule: %q : %s", spec.schedule,
      message)
  end
end

-- Returns whether to sleep until the next run; or nil, message, code.
local function start_due(run, due)
  local scheduled, many, problem = schedule.due(run.cron_job, run.ctx.now, due)
  if many then
    run:tell("Warning", "TooManyMissedTimes", "too many missed start times. "
      .. "Set or decrease .spec.startingDeadlineSeconds or check clock skew")
  elseif problem then
    run:tell("Warning", "InvalidSchedule", "invalid schedule: %s : %s",
      run.cron_job.spec.schedule, problem)
    return false
  end
  if not scheduled then return true end
  local chosen, more, code = run:choose(scheduled, due)
  if not chosen then return chosen == false or nil, more, code end
  local before = #run.active
  local started, message
  started, message, code = run:start(chosen)
  run.more = started and more and #run.active > before
  return started, message, code
end

local function sync(run)
  local seen, message, code = run:look_at_jobs()
  if not seen then return nil, message, code end
  local sleeps = run.cron_job.metadata.deletionTimestamp or run.cron_job.spec.suspend
  local due = not sleeps and read_schedule(run)
  if not due then return false end
  local goes_on
  goes_on, message, code = start_due(run, due)
  if not goes_on then return goes_on, message, code end
  return run.more and 0 or run:wait(due)
end

local function reconcile(ctx, cron_job)
  local run = Run.open(ctx, cron_job)
  run.dirty = jobs.trim_history(run)
  local wait, message, code = sync(run)
  local written, refusal, word = run:write()
  if not written then return nil, refusal, word end
  if message then return nil, message, code end
  ctx:settled()
  return wait or nil
end

return kind "CronJob" {
  api = "batch/v1",
  short = { "cj" },
  categories = { "all" },
  schema = batch.CronJob,
  legacy = legacy.CronJob,
  validation = require "wl.validate.cronjob",
  preparation = prepare.standard(batch.CronJob),
  owns = { { kind = "Job", changes = { "metadata.deletionTimestamp",
    "status.conditions[type=Complete].status", "status.conditions[type=Failed].status",
    "status.completionTime" } } },
  reconcile = reconcile,
}
