-- SPDX-License-Identifier: MIT
--- What is kept of a rollout between syncs: the field `rollout` of the status.
--
--     strategy    the one that goes on
--     revision    hash of the template that is rolled out
--     stable      hash of the last one that was all there and available
--     phase       Progressing; Paused: it waits for time, people or a measurement;
--                 Aborted, Degraded: it goes back, because somebody or because
--                 something wanted that; Healthy
--     message     what it waits for, or why
--     step        number of the step that it is at
--     steps       those it came to: call, startedAt, finishedAt, result
--     abortedAt   when it turned back
--     progressedAt, reached   when it came further than ever, and how far: see wl.rollout.auto
--     full        true: people want it to the end without waiting
--     services    the Services that it switched: name, revision
--     request     what people asked for since: promote, promote-full, abort, retry
--
-- Another template begins another record, which keeps only what is stable.
local time = require "wl.time"
local value = require "wl.value"

local record = {}

--- A moment as it is noted: a wait that begins at it never ends too early.
-- @tparam number seconds
-- @treturn string
function record.stamp(seconds) return time.format(math.ceil(seconds)) end

--- Seconds of a noted moment.
function record.seconds(stamp) return (time.parse(stamp)) end

-- Of a rollout that nobody has kept a record of: the old revision that most of
-- the available pods have, the newest of several.
local function most_available(view)
  local found
  for _, set in ipairs(view.old) do
    if set.available > 0 and (not found or set.available >= found.available) then
      found = set
    end
  end
  return found and found.hash
end

local ANSWERS = {}

function ANSWERS.abort(now, stamp)
  now.abortedAt, now.phase, now.message, now.full = stamp, "Aborted", "aborted by hand", nil
end

function ANSWERS.retry(now)
  if now.abortedAt then
    now.abortedAt, now.steps, now.full = nil, nil, nil
    now.progressedAt, now.reached = nil, nil
  end
end

ANSWERS["promote-full"] = function(now)
  now.full, now.abortedAt, now.progressedAt, now.reached = true, nil, nil, nil
end

-- What people asked for is done once.
local function answer(now, stamp)
  local asked = now.request
  now.request = nil
  if asked and ANSWERS[asked] and not record.is_settled(now) then
    ANSWERS[asked](now, stamp)
  end
  return asked == "promote"
end

--- The record to go on with.
-- @tparam table view see `wl.strategy`
-- @tparam string strategy name
-- @treturn table it, free to be changed
-- @treturn boolean whether people want the present gate opened
function record.open(view, strategy)
  local now = view.record and value.table(view.record) or {}
  if now.revision ~= view.revision then
    now = { stable = now.stable, services = now.services }
  end
  now.strategy, now.revision = strategy, view.revision
  now.stable = now.stable or most_available(view)
  return now, answer(now, record.stamp(view.now))
end

--- Is there nothing to be careful about: is this the stable revision, or the first?
-- @treturn boolean
function record.is_settled(now) return now.stable == nil or now.stable == now.revision end

--- Is a stored record that of a rollout that goes back?
-- @param now
-- @treturn boolean
function record.is_aborted(now) return now ~= nil and now.abortedAt ~= nil end

return record
