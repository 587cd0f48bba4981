-- SPDX-License-Identifier: MIT
--- ttlSecondsAfterFinished: a Job that has ended is deleted after that time.
--
-- Source: pkg/controller/ttlafterfinished.
local conditions = require "wl.job.conditions"
local time = require "wl.time"

local ttl = {}

--- When a Job ended.
-- @param job
-- @treturn ?number seconds since the epoch; or nil, message
function ttl.finished_at(job)
  local type, condition = conditions.finished(job)
  local at = type and condition.lastTransitionTime and time.parse(condition.lastTransitionTime)
  if at then return at end
  return nil, type and ("unable to find the time when the Job %s/%s finished"):format(
    job.metadata.namespace, job.metadata.name) or "the Job has not finished"
end

--- Seconds until a Job that has ended is to be deleted.
-- @param job
-- @tparam number now
-- @treturn ?number 0 or less: now; or nil, message
function ttl.left(job, now)
  local at, message = ttl.finished_at(job)
  if not at then return nil, message end
  local seconds = job.spec.ttlSecondsAfterFinished
  if not seconds then return nil, "the Job has no ttlSecondsAfterFinished" end
  return at + seconds - now
end

--- Delete a Job that has ended, when it is time.
-- @param ctx
-- @param job
-- @treturn ?number seconds until then
function ttl.expire(ctx, job)
  if not job.spec.ttlSecondsAfterFinished or job.metadata.deletionTimestamp then return end
  local left, message = ttl.left(job, ctx.now)
  if not left then return nil, message, "InternalError" end
  if left > 0 then return left end
  local done, why, code = ctx:delete(job, { propagation = "Foreground" })
  if not done and code ~= "NotFound" then return nil, why, code end
end

return ttl
