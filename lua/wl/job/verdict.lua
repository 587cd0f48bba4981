-- SPDX-License-Identifier: MIT
--- Is a Job at its end, and how?
--
-- In this order: what was decided before; a pod whose failure fails the Job;
-- too many failures; too much time; too many failed indexes; enough indexes.
-- Source: pkg/controller/job/job_controller.go `syncJob`.
local conditions = require "wl.job.conditions"
local failure_policy = require "wl.job.failure_policy"
local indexes = require "wl.job.indexes"
local retry = require "wl.job.retry"
local success_policy = require "wl.job.success_policy"
local time = require "wl.time"

local verdict = {}

local function failure(run, reason, message)
  return conditions.new("FailureTarget", reason, message, run:timestamp())
end

-- ---- what was decided before ----

local function decided(run)
  local met = conditions.holds(run.status.conditions, "SuccessCriteriaMet")
  if met then return met end
  local target = conditions.find(run.status.conditions, "FailureTarget")
  return target and conditions.new("Failed", target.reason, target.message, run:timestamp())
end

-- ---- failures ----

local function by_pod(run)
  local message_of_policy = retry.failure(run)
  if message_of_policy then return failure(run, "RetryPolicy", message_of_policy) end
  local policy = run.spec.podFailurePolicy
  if not policy then return nil end
  for pod in run.pods:batch("finished"):each() do
    if pod.status.phase == "Failed" then
      local action, message = failure_policy.judge(policy, pod)
      if action == "FailJob" then return failure(run, "PodFailurePolicy", message) end
    end
  end
end

local function restarts_of(pod)
  local n = 0
  for _, list in ipairs { "initContainerStatuses", "containerStatuses" } do
    for _, status in ipairs(pod.status[list] or {}) do n = n + (status.restartCount or 0) end
  end
  return n
end

--- With restartPolicy OnFailure containers start again in their pods: all their
-- restarts together count.
-- @param spec of the Job
-- @param pods iterator of pods
-- @treturn boolean
function verdict.too_many_restarts(spec, pods)
  if spec.template.spec.restartPolicy ~= "OnFailure" then return false end
  local n = 0
  for pod in pods do
    if pod.status and (pod.status.phase == "Running" or pod.status.phase == "Pending") then
      n = n + restarts_of(pod)
    end
  end
  return n >= math.max(spec.backoffLimit, 1)
end

local function by_count(run)
  if run.failed > run.spec.backoffLimit
    or run.pods:count "consumes" > 0
    and verdict.too_many_restarts(run.spec, run.pods:each "consumes") then
    return failure(run, "BackoffLimitExceeded", "Job has reached the specified backoff limit")
  end
end

-- ---- time ----

local function by_time(run)
  local limit, since = run.spec.activeDeadlineSeconds, run.status.startTime
  if not limit or not since or run.spec.suspend then return nil end
  local left = limit - (run.ctx.now - time.parse(since))
  if left <= 0 then
    return failure(run, "DeadlineExceeded", "Job was active longer than specified deadline")
  end
  run:again(left)
end

-- ---- indexes ----

local function by_failed_indexes(run)
  if not run.per_index then return nil end
  local failed, most = indexes.total(run.failed_indexes), run.spec.maxFailedIndexes
  if most and failed > most then
    return failure(run, "MaxFailedIndexesExceeded",
      "Job has exceeded the specified maximal number of failed indexes")
  elseif failed > 0 and failed + indexes.total(run.succeeded_indexes) >= run.completions then
    return failure(run, "FailedIndexes", "Job has failed indexes")
  end
end

local function by_success(run)
  local rule = run.is_indexed
    and success_policy.met(run.spec.successPolicy, run.completions, run.succeeded_indexes)
  if rule then
    return conditions.new("SuccessCriteriaMet", "SuccessPolicy",
      ("Matched rules at index %d"):format(rule), run:timestamp())
  end
end

--- The condition that ends a Job, before its pods are gone.
-- @param run
-- @treturn ?table condition: FailureTarget, SuccessCriteriaMet, or Failed; nil: it goes on
function verdict.find(run)
  return decided(run) or by_pod(run) or by_count(run) or by_time(run) or by_failed_indexes(run)
    or by_success(run)
end

--- Has it all the completions it wants, with nothing running?
-- @treturn ?table condition
function verdict.completed(run)
  local enough = run.completions and run.succeeded >= run.completions
    or not run.completions and run.succeeded > 0
  if enough and run.active == 0 then
    return conditions.new("SuccessCriteriaMet", "CompletionsReached",
      "Reached expected number of succeeded pods", run:timestamp())
  end
end

return verdict
