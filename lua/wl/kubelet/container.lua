-- SPDX-License-Identifier: MIT
--- One container's states, as the kubelet reports them.
--
-- The functions change a container status, a plain table, in place. Moments
-- are seconds; in the status they stand as timestamps, and all that is needed
-- to go on is in the status: nothing is remembered elsewhere.
-- Source: pkg/kubelet/kuberuntime, pkg/kubelet/images.
local duration = require "wl.duration"
local time = require "wl.time"

local container = {}

local FIRST_BACKOFF, LAST_BACKOFF = 10, 300 -- seconds
local FORGOTTEN_AFTER = 600 -- seconds of running, after which backoff starts anew

--- The status of a container that has not been started.
-- @param spec of the container
-- @tparam string reason why it waits
-- @treturn table
function container.waiting(spec, reason)
  return { name = spec.name, image = spec.image or "", imageID = "", ready = false,
           restartCount = 0, started = false, state = { waiting = { reason = reason } },
           lastState = {} }
end

--- @treturn ?number when the run began that goes on now
function container.started_at(status)
  local running = status.state.running
  return running and time.parse(running.startedAt)
end

--- @treturn ?table how the container ended, if it has and waits for nothing
function container.ended(status)
  return status.state.terminated
end

--- Is it waiting to be started again after a failure?
function container.in_backoff(status)
  local waiting = status.state.waiting
  return waiting ~= nil and waiting.reason == "CrashLoopBackOff"
end

--- Start it, for the first time or again.
function container.start(status, at)
  local before = status.state.terminated
  if before then
    status.lastState = { terminated = before }
  end
  if before or container.in_backoff(status) then
    status.restartCount = status.restartCount + 1
  end
  status.state = { running = { startedAt = time.format(at) } }
  status.started, status.ready = false, false
  status.imageID = status.image
end

--- End it.
-- @tparam table how `{ code, reason, message }`
function container.stop(status, at, how)
  local began = status.state.running and status.state.running.startedAt or time.format(at)
  status.state = { terminated = { exitCode = how.code, reason = how.reason, message = how.message,
                                  startedAt = began, finishedAt = time.format(at) } }
  status.started, status.ready = false, false
end

--- Does it run another image than its spec says?
-- @param spec of the container
-- @treturn boolean
function container.is_outdated(spec, status)
  return status.state.running ~= nil and status.image ~= (spec.image or "")
end

--- End it, to be started again from the image that its spec says: without back-off.
-- @param spec of the container
-- @tparam table how `{ code, reason }`
function container.replace(spec, status, at, how)
  container.stop(status, at, how)
  status.lastState = { terminated = status.state.terminated }
  status.state = { waiting = { reason = "ContainerCreating" } }
  status.restartCount = status.restartCount + 1
  status.image, status.imageID = spec.image or "", ""
end

--- When one that was replaced ended.
-- @treturn ?number
function container.replaced_at(status)
  local waiting = status.state.waiting
  local ended = waiting and waiting.reason == "ContainerCreating" and status.lastState.terminated
  return ended and time.parse(ended.finishedAt) or nil
end

-- The first restart is at once; then 10 s, doubling, at most 5 min. The wait
-- before the run that has just ended is the time between the two runs.
local function backoff_after(status)
  local ended = status.state.terminated
  local previous = status.lastState.terminated
  if not previous then
    return status.restartCount == 0 and 0 or FIRST_BACKOFF
  end
  local began, finished = time.parse(ended.startedAt), time.parse(ended.finishedAt)
  if finished - began > FORGOTTEN_AFTER then
    return 0
  end
  local waited = began - time.parse(previous.finishedAt)
  return math.max(FIRST_BACKOFF, math.min(2 * waited, LAST_BACKOFF))
end

--- What becomes of a container that has ended and is to run again: it waits in
-- CrashLoopBackOff, or may start at once.
-- @treturn boolean may it start at once?
function container.back_off(status)
  local seconds = backoff_after(status)
  if seconds == 0 then
    return true
  end
  status.lastState = { terminated = status.state.terminated }
  status.state = { waiting = {
    reason = "CrashLoopBackOff",
    message = ("back-off %s restarting failed container=%s"):format(duration.go(seconds),
      status.name),
  } }
  return false
end

--- When a container in CrashLoopBackOff starts again.
-- @treturn number
function container.restarts_at(status)
  local text = status.state.waiting.message:match "^back%-off (%S+) "
  return time.parse(status.lastState.terminated.finishedAt) + duration.parse(text)
end

return container
