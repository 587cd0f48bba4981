-- SPDX-License-Identifier: MIT
--- Job: pods that run until enough of them have succeeded.
--
-- A sync looks at what has ended, decides whether the Job is at its end, keeps
-- as many pods running as are wanted, and counts what has ended, each pod once.
-- A pod that failed is replaced after a delay that doubles. What decides about
-- the end stands in the status before the pods are gone, the end itself after.
-- A Job may wait for others (wl.job.dependencies).
-- Source: pkg/controller/job, pkg/controller/ttlafterfinished.
local batch = require "wl.api.batch"
local backoff = require "wl.job.backoff"
local claim = require "wl.job.claim"
local conditions = require "wl.job.conditions"
local cron_jobs = require "wl.cron_job.jobs"
local dependencies = require "wl.job.dependencies"
local facet = require "wl.facet"
local kind = require "wl.kind"
local manage = require "wl.job.manage"
local orphans = require "wl.job.orphans"
local plain = require "wl.job.plain"
local prepare = require "wl.api.prepare.batch"
local Run = require "wl.job.run"
local tracking = require "wl.job.tracking"
local ttl = require "wl.job.ttl"
local verdict = require "wl.job.verdict"

-- The Job is at its end: nothing of it may run. While something could not be
-- stopped the end is not declared.
local function stop(run)
  local message, code = manage.stop(run)
  if run.active > 0 then run.ends = nil end
  return message, code
end

local function note_suspension(run)
  local now = run:timestamp()
  if run.spec.suspend then
    local changed = conditions.ensure(run.status,
      conditions.new("Suspended", "JobSuspended", "Job suspended", now))
    if changed then
      run.ctx:event(run.job, "Normal", "Suspended", "Job suspended")
      run.status.startTime = nil
    end
    return changed
  end
  local changed = conditions.ensure(run.status,
    conditions.new("Suspended", "JobResumed", "Job resumed", now, "False"))
  if changed then
    run.ctx:event(run.job, "Normal", "Resumed", "Job resumed")
    run.status.startTime = now -- the deadline counts from here
  end
  return changed
end

local function go_on(run)
  local message, code
  local may_act = not run.job.metadata.deletionTimestamp
  if may_act then message, code = manage.pods(run) end
  run.ends = verdict.completed(run)
  local changed = not run.ends and may_act and note_suspension(run)
  return message, code, changed
end

local function sync(run)
  run.ends = verdict.find(run)
  local seen, before = tracking.candidates(run, run.ends), run.job.status or {}
  local message, code, changed = (run.ends and stop or go_on)(run)
  local dirty = changed or run.active ~= (before.active or 0) or run.ready ~= before.ready
    or run.terminating ~= before.terminating
  run.status.active = run.active > 0 and run.active or nil
  run.status.ready, run.status.terminating = run.ready, run.terminating
  local counted, why, word = tracking.count(run, seen, dirty, function()
    backoff.remember(run.ctx, run.job, run.backoff)
  end)
  if not counted then return nil, why, word end
  if message then return nil, message, code end
  if run:is_settled() then run.ctx:settled() end
  return run.requeue
end

local function put_away(ctx, job)
  backoff.remember(ctx, job, nil)
  ctx:settled()
  return ttl.expire(ctx, job)
end

local function sync_in_full(ctx, job, pods)
  local run, message, code = Run.open(ctx, job, pods)
  if not run then return nil, message, code end
  if not run.spec.suspend then run.status.startTime = run.status.startTime or run:timestamp() end
  local wait, why, word = sync(run)
  if why or not conditions.finished(run.job) then return wait, why, word end
  return put_away(ctx, run.job)
end

local function reconcile(ctx, job)
  if job.spec.managedBy and job.spec.managedBy ~= claim.CONTROLLER then return end
  if conditions.finished(job) then return put_away(ctx, job) end
  local pods = ctx:owned(job, "Pod")
  local claimed, message, code = claim.sync(ctx, job, pods)
  if not claimed then return nil, message, code end
  local waits
  job, waits, code = dependencies.check(ctx, job)
  if not job then return nil, waits, code end
  if waits then return end
  local outcome, now
  outcome, now, message, code = plain.sync(ctx, job, pods)
  if not outcome then return sync_in_full(ctx, job, pods) end
  if not now then return nil, message, code end
  if outcome == "ended" then return put_away(ctx, now) end
end

return kind "Job" {
  api = "batch/v1",
  categories = { "all" },
  schema = batch.Job,
  validation = require "wl.validate.job",
  preparation = prepare.job,
  varying = { { "metadata", "name" }, { "metadata", "uid" }, { "metadata", "ownerReferences" },
    { "metadata", "annotations", cron_jobs.SCHEDULED, free = true } },
  dependents = "OrphanDependents",
  owns = { { kind = "Pod", changes = { "metadata.deletionTimestamp", "metadata.finalizers",
    "metadata.labels", "metadata.annotations", "status.phase",
    "status.conditions[type=Ready].status = True", "status.containerStatuses[*].restartCount",
    "status.initContainerStatuses[*].restartCount" } } },
  facets = {
    { "failed", facet.equals("status.conditions[type=Failed].status", "True") },
    { "complete", facet.equals("status.conditions[type=Complete].status", "True") },
    { "finished", facet.any { "failed", "complete" } },
    { "completed", facet.time("status.completionTime", "complete") },
    { "waiting", facet.equals("status.conditions[type=DependenciesMet].status", "False") },
  },
  watches = { { kind = "Job", map = dependencies.waiting_for, while_any = "waiting" } },
  setup = function(ctx)
    orphans.watch(ctx)
    claim.watch(ctx)
    table.insert(ctx.server.admit, dependencies.admission(ctx.server))
  end,
  reconcile = reconcile,
}
