-- SPDX-License-Identifier: MIT
--- The commonest syncs of the commonest Jobs, decided from counts alone.
--
-- Without indexes, policies and deadlines, and while nothing has been counted yet,
-- a Job either starts what is missing, or its only pod has succeeded and ends it.
-- Writes and events are those of wl.job.run and wl.job.tracking, in their order:
-- stopped between any two, those go on. Everything else is left to them.
-- Source: pkg/controller/job/job_controller.go `syncJob`.
local Run = require "wl.job.run"
local conditions = require "wl.job.conditions"
local manage = require "wl.job.manage"
local names = require "wl.job.names"
local tracking = require "wl.job.tracking"
local verdict = require "wl.job.verdict"

local plain = {}

local NO_FAILURES = { failures = 0 }

local function is_plain(job)
  local spec = job.spec
  return spec.completionMode ~= "Indexed" and not spec.suspend and not spec.manualSelector
    and not spec.podFailurePolicy and spec.podReplacementPolicy ~= "Failed" and not spec.retry
    and not spec.activeDeadlineSeconds and spec.template.spec.restartPolicy ~= "OnFailure"
    and job.metadata.deletionTimestamp == nil
end

-- Has nothing been counted or decided yet?
local function is_fresh(status)
  if status.conditions or status.succeeded or status.failed or status.completionTime then
    return false
  end
  local uncounted = status.uncountedTerminatedPods
  return not uncounted or not uncounted.succeeded and not uncounted.failed
end

local function open(ctx, job, pods, succeeded)
  local spec = job.spec
  return setmetatable({ ctx = ctx, job = job, spec = spec, pods = pods,
    completions = spec.completions, succeeded = succeeded, active = pods:count "active",
    ready = pods:count "ready", terminating = 0, backoff = NO_FAILURES }, Run)
end

local function status_of(run, before)
  return { active = run.active > 0 and run.active or nil, ready = run.ready, terminating = 0,
    startTime = before.startTime or run:timestamp(), uncountedTerminatedPods = {} }
end

-- ---- nothing has ended ----

local function differs(run, before)
  return run.active ~= (before.active or 0) or run.ready ~= before.ready
    or before.terminating ~= 0
end

local function start(run, before)
  local message, code = manage.pods(run)
  if differs(run, before) then
    local written, why, word = run.ctx:update_status(run.job, status_of(run, before))
    if not written then return nil, why, word end
    run.job = written
  end
  if message then return nil, message, code end
  if run:is_settled() then run.ctx:settled() end
  return run.job
end

-- ---- its only pod has succeeded ----

local function complete(run, before, pod)
  local ctx, status, met = run.ctx, status_of(run, before), verdict.completed(run)
  status.conditions = { met }
  status.uncountedTerminatedPods = { succeeded = { pod.metadata.uid } }
  local written, message, code = ctx:update_status(run.job, status)
  if not written then return nil, message, code end
  local _
  _, message, code = tracking.release(ctx, run.pods:batch())
  if message then return nil, message, code end
  local now = run:timestamp()
  status.conditions[2] = conditions.new("Complete", met.reason, met.message, now)
  status.uncountedTerminatedPods, status.succeeded, status.completionTime = {}, 1, now
  written, message, code = ctx:update_status(written, status)
  if not written then return nil, message, code end
  ctx:event(written, "Normal", "Completed", "Job completed")
  return written
end

-- ---- choosing ----

local NOTHING = {}

--- Sync a Job, if that is as simple as described above.
-- @param ctx
-- @param job
-- @param pods the live set of its pods
-- @treturn ?string "goes on", or "ended" when the Job has; nil: it was not that simple
-- @return the Job as it is now; or nil, message, code
function plain.sync(ctx, job, pods)
  local before, completions = job.status or NOTHING, job.spec.completions
  if not is_fresh(before) or not is_plain(job) or pods:count "terminating" > 0 then
    return nil
  end
  if pods:count "finished" == 0 then
    local run = open(ctx, job, pods, 0)
    if completions == 0 or run.active > manage.wanted(run) then return nil end
    return "goes on", start(run, before)
  end
  local pod = #pods == 1 and (completions or 1) == 1 and pods:first "succeeded"
  if not pod or not names.is_tracked(pod) then return nil end
  return "ended", complete(open(ctx, job, pods, 1), before, pod)
end

return plain
