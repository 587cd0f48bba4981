-- SPDX-License-Identifier: MIT
--- What a Job's retry policy makes of its failed pods. Kubernetes has none: a Job
-- without `spec.retry` goes by its podFailurePolicy and an exponential delay.
--
-- The policy is asked once for each failed pod that is to be counted. What follows
-- from it stands in `status.retry`, written with the count itself:
--
--   notBefore   no pod is started before this moment
--   waiting     of an Indexed Job with backoffLimitPerIndex, the same for each index
--   recent      when pods failed, the latest last; at most 100
--   message     what the policy said last
local backoff = require "wl.job.backoff"
local names = require "wl.job.names"
local owner = require "wl.owner"
local policy = require "wl.policy"
local time = require "wl.time"

local retry = {}

local MOST_RECENT = 100

-- ---- what the policy sees ----

local function failed_container(pod)
  local status = pod.status or {}
  for _, list in ipairs { status.containerStatuses or {}, status.initContainerStatuses or {} } do
    for _, one in ipairs(list) do
      local ended = one.state and one.state.terminated
      if ended and ended.exitCode ~= 0 then return one.name, ended end
    end
  end
end

local function since(text, at) return text and math.max(0, at - time.parse(text)) or 0 end

-- When pods of this Job and of those with the same controller failed, in order.
local function recent_of(ctx, job)
  local above, jobs = owner.controller(job), {}
  local found = above and ctx:by_uid(above.uid)
  if found then
    for one in ctx:owned(found, "Job"):each() do jobs[#jobs + 1] = one end
  else
    jobs[1] = job
  end
  local times = {}
  for _, one in ipairs(jobs) do
    for _, text in ipairs(((one.status or {}).retry or {}).recent or {}) do
      times[#times + 1] = time.parse(text)
    end
  end
  table.sort(times)
  return times
end

local function view_of(run, pod, failures, total, recent)
  local container, ended = failed_container(pod)
  local at = backoff.finished_at(pod)
  return {
    failures = failures, total = total, recent = recent, failed_at = at, now = run.ctx.now,
    exit_code = ended and ended.exitCode, container = container,
    reason = (pod.status or {}).reason or ended and ended.reason,
    index = run.is_indexed and names.index(pod.metadata.annotations[names.INDEX]) or nil,
    ran = since((pod.status or {}).startTime, at), since_start = since(run.status.startTime, at),
    params = run.spec.retry[run.retry.policy.block],
  }
end

-- ---- asking ----

-- A number is a delay, a word an action.
local function in_full(said)
  if type(said) == "number" then return { action = "retry", after = said } end
  return type(said) == "string" and { action = said } or said
end

local function decide(run, pod, nth, recent)
  local index_failures = run.per_index and names.failures(pod) + 1
  local total = (run.status.failed or 0) + #run.uncounted_failed + nth
  local said, message, reason = policy.call(run.ctx, run.retry.policy, run.job, "decide",
    view_of(run, pod, index_failures or total, total, recent))
  if not said then return nil, message, reason end
  return in_full(said)
end

local function by_end(batch)
  local list = {}
  for pod in batch:each() do list[#list + 1] = pod end
  table.sort(list, function(a, b)
    local x, y = backoff.finished_at(a), backoff.finished_at(b)
    if x ~= y then return x < y end
    return a.metadata.uid < b.metadata.uid
  end)
  return list
end

-- ---- noting ----

local function later(text, at)
  return text and time.parse(text) > at and text or time.format(math.ceil(at))
end

local function note_wait(run, pod, at)
  local noted = run.status.retry
  if not run.per_index then
    noted.notBefore = later(noted.notBefore, at)
    return
  end
  local index = names.index(pod.metadata.annotations[names.INDEX])
  noted.waiting = noted.waiting or {}
  for _, one in ipairs(noted.waiting) do
    if one.index == index then
      one.notBefore = later(one.notBefore, at)
      return
    end
  end
  table.insert(noted.waiting, { index = index, notBefore = later(nil, at) })
end

local function note(run, pod, decision)
  local noted, at = run.status.retry, backoff.finished_at(pod)
  noted.message = decision.message
  if decision.action == "retry" and (decision.after or 0) > 0 then
    note_wait(run, pod, at + decision.after)
  end
  noted.recent = noted.recent or {}
  table.insert(noted.recent, time.format(at))
  if #noted.recent > MOST_RECENT then table.remove(noted.recent, 1) end
end

-- ---- for a sync ----

--- Ask about the pods of a sync that have failed and are not counted yet.
-- @param run
-- @treturn ?boolean true; or nil, message, code: nothing is to be done in this sync
function retry.judge(run)
  local given = run.spec.retry
  if not given then return true end
  local chosen = run.ctx:policy("retry", given.type)
  if not chosen then
    return nil, ("there is no retry policy %q"):format(given.type), "Invalid"
  end
  run.retry = { policy = chosen, decisions = {} }
  run.status.retry = run.status.retry or {}
  local recent = #run.new_failed > 0 and recent_of(run.ctx, run.job)
  local most = recent and math.max(MOST_RECENT, #recent)
  for nth, pod in ipairs(by_end(run.new_failed)) do
    recent[#recent + 1] = backoff.finished_at(pod)
    if #recent > most then table.remove(recent, 1) end
    local decision, message, reason = decide(run, pod, nth, recent)
    if not decision then return nil, message, reason end
    run.retry.decisions[pod.metadata.uid] = decision
    note(run, pod, decision)
  end
  return true
end

--- What the policy said about a pod.
-- @param run
-- @param pod
-- @treturn ?string "retry", "fail", "ignore", "fail_index"; nil: it was not asked
-- @treturn ?string its message
function retry.action(run, pod)
  local decision = run.retry and run.retry.decisions[pod.metadata.uid]
  if decision then return decision.action, decision.message end
end

--- Seconds until another pod may be started.
-- @param run
-- @tparam ?integer index
-- @treturn ?number nil: no retry policy decides about that
function retry.wait(run, index)
  if not run.retry then return nil end
  local noted = run.status.retry
  local text = noted.notBefore
  if index then
    text = nil
    for _, one in ipairs(noted.waiting or {}) do
      if one.index == index then text = one.notBefore end
    end
  end
  return text and math.max(0, time.parse(text) - run.ctx.now) or 0
end

--- Why a pod's failure fails the Job.
-- @param run
-- @treturn ?string nil: none does
function retry.failure(run)
  if not run.retry then return nil end
  for pod in run.new_failed:each() do
    local action, message = retry.action(run, pod)
    if action == "fail" then
      return message or ("Retry policy %s gives up after pod %s/%s"):format(run.retry.policy.name,
        pod.metadata.namespace, pod.metadata.name)
    end
  end
end

return retry
