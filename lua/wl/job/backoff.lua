-- SPDX-License-Identifier: MIT
--- How long a Job waits before it replaces a pod that failed: 10 s, 20 s, 40 s
-- ... at most 10 min, counted from the end of the latest failure. A success
-- begins anew.
--
-- The failures since the last success are remembered per controller; after a
-- restart they are counted again from the pods that are still there.
-- Source: pkg/controller/job/backoff_utils.go.
local time = require "wl.time"

local backoff = {}

backoff.BASE, backoff.MAX = 10, 600 -- seconds

local NEVER = -math.huge -- the moment of what says none: long ago

-- ---- when a pod ended ----

local function parse(text) return text and time.parse(text) or nil end

-- nil when one has not ended; `latest` when there is none.
local function latest_end(statuses, latest)
  for _, status in ipairs(statuses or {}) do
    local ended = status.state and status.state.terminated
    local at = ended and parse(ended.finishedAt)
    if not at then return nil end
    latest = math.max(latest or at, at)
  end
  return latest
end

local function not_ready_since(pod)
  for _, condition in ipairs(pod.status and pod.status.conditions or {}) do
    if condition.type == "Ready" and condition.status == "False" then
      return parse(condition.lastTransitionTime)
    end
  end
end

local function deleted_at(pod)
  local at = parse(pod.metadata.deletionTimestamp)
  return at and at - (pod.metadata.deletionGracePeriodSeconds or 0)
end

--- When a pod ended: its last container did, sidecars included.
-- @param pod
-- @treturn number seconds since the epoch
function backoff.finished_at(pod)
  local status = pod.status or {}
  local last = latest_end(status.containerStatuses)
  local at = last
  if last or #(status.containerStatuses or {}) == 0 then
    at = latest_end(status.initContainerStatuses, last)
  end
  return at or not_ready_since(pod) or deleted_at(pod)
    or parse(pod.metadata.creationTimestamp) or NEVER
end

-- ---- waiting ----

--- Seconds still to wait.
-- @tparam integer failures since the last success
-- @tparam ?number latest moment of the last of them
-- @tparam number now
-- @tparam ?number base seconds after the first
-- @tparam ?number max seconds
-- @treturn number 0: no longer
function backoff.remaining(failures, latest, now, base, max)
  if failures == 0 then return 0 end
  base, max = base or backoff.BASE, max or backoff.MAX
  local delay = math.min(base * 2.0 ^ (failures - 1), max)
  return math.max(0, delay - (now - (latest or NEVER)))
end

-- ---- the record ----

local function ends(pods)
  local list = {}
  for i, pod in ipairs(pods) do list[i] = backoff.finished_at(pod) end
  table.sort(list)
  return list
end

--- What becomes of a record when more pods have ended.
-- @tparam table record failures, latest
-- @tparam {pod,...} succeeded newly
-- @tparam {pod,...} failed newly
-- @treturn table a new record
function backoff.record(record, succeeded, failed)
  local failures = ends(failed)
  if #succeeded == 0 then
    return { failures = record.failures + #failures, latest = failures[#failures] or record.latest }
  end
  local ends_of_success, count = ends(succeeded), 0
  for i = #failures, 1, -1 do
    if failures[i] <= ends_of_success[#ends_of_success] then break end
    count = count + 1
  end
  return { failures = count, latest = count > 0 and failures[#failures] or nil }
end

local function recount(counted)
  local succeeded, failed = {}, {}
  for pod in counted:each() do
    local list = pod.status.phase == "Succeeded" and succeeded or failed
    list[#list + 1] = pod
  end
  return backoff.record({ failures = 0 }, succeeded, failed)
end

--- The record of a Job before this reconcile.
-- @param ctx
-- @param job
-- @tparam function counted returns the batch of finished pods counted before
-- @treturn table record
function backoff.recall(ctx, job, counted)
  return ctx.memory[ctx.key or job.metadata.uid] or recount(counted())
end

--- Remember the record of a Job; nil forgets it.
function backoff.remember(ctx, job, record)
  ctx.memory[ctx.key or job.metadata.uid] = record
end

return backoff
