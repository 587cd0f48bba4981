-- SPDX-License-Identifier: MIT
--- When a CronJob is due: which run it should have started last, how many it has
-- missed, and how long until the next.
--
-- Source: pkg/controller/cronjob/utils.go.
local cron = require "wl.cron"
local time = require "wl.time"

local schedule = {}

--- The annotation that says what becomes of local times that the clock skips or
-- repeats: "Kubernetes" (the default), "Skip", "Once" or "Shift". Kubernetes
-- itself does not know it.
schedule.DST = "wlrun.dev/dst-policy"

local MANY = 100 -- missed runs of which people are told

-- ---- reading ----

local known, count = {}, 0

local function parse(text, tz, dst)
  local key = table.concat({ text, tz or "", dst or "" }, "\0")
  if not known[key] then
    local parsed, message, code = cron.parse(text, { tz = tz, dst = dst })
    if not parsed then return nil, message, code end
    if count == 10000 then known, count = {}, 0 end
    known[key], count = parsed, count + 1
  end
  return known[key]
end

--- The schedule of a CronJob.
-- @param cron_job
-- @return cron; or nil, message, code
function schedule.of(cron_job)
  local spec = cron_job.spec
  local dst = (cron_job.metadata.annotations or {})[schedule.DST]
  -- A zone in the schedule itself goes before the field, as it does in Kubernetes.
  local tz = not spec.schedule:find("TZ=", 1, true) and spec.timeZone or nil
  return parse(spec.schedule, tz, dst)
end

-- ---- deciding ----

local function earliest(cron_job, now, deadline)
  local status = cron_job.status or {}
  local since = status.lastScheduleTime or cron_job.metadata.creationTimestamp
  local at = since and time.parse(since) or now
  local limit = deadline and cron_job.spec.startingDeadlineSeconds
  return limit and math.max(at, now - limit) or at
end

-- The last firing up to now. Missed runs are estimated from the first two, then
-- followed one by one.
local function last_until(due, first, step, now, missed)
  local at, found = first + (missed - 2) * step, nil
  while true do
    at = due:next(at)
    if not at or at > now then return found end
    found = at
  end
end

--- The run that should have started last.
-- @param cron_job
-- @tparam number now
-- @param due the schedule
-- @tparam boolean deadline whether runs too late to start are left out
-- @treturn ?number its moment; nil: none since then
-- @treturn number since when runs are looked for
-- @treturn string how many there were: "none" (or one), "few", "many"
-- @treturn ?string message: the schedule cannot be followed
function schedule.most_recent(cron_job, now, due, deadline)
  local since = earliest(cron_job, now, deadline)
  local first = due:next(since)
  local second = first and due:next(first)
  if first and now < first then return nil, since, "none" end
  if second and now < second then return first, since, "none" end
  if not second then
    return nil, since, "none", "time difference between two schedules is less than 1 second"
  end
  local step = second - first
  local missed = math.floor((now - first) / step) + 1
  return last_until(due, first, step, now, missed), since, missed > MANY and "many" or "few"
end

--- The run to start now, if there is one.
-- @param cron_job
-- @tparam number now
-- @param due the schedule
-- @treturn ?number its moment
-- @treturn boolean whether so many were missed that people should know
-- @treturn ?string message: the schedule cannot be followed
function schedule.due(cron_job, now, due)
  local at, _, missed, message = schedule.most_recent(cron_job, now, due, true)
  return at, at ~= nil and missed == "many", message
end

--- The runs that were due and have not started, the oldest first: of very many the
-- latest.
-- @param cron_job
-- @tparam number now
-- @param due the schedule
-- @treturn {number,...} moments
function schedule.all_due(cron_job, now, due)
  local since = earliest(cron_job, now, true)
  local last = schedule.most_recent(cron_job, now, due, true)
  local list = due:between(since + 1, now + 1, MANY)
  if last and #list == MANY then
    local span = list[MANY] - list[1] -- twice that, as firings need not be evenly spaced
    list = due:between(math.max(since + 1, last - 2 * span), now + 1, MANY * MANY)
  end
  return { table.unpack(list, math.max(1, #list - MANY + 1)) }
end

--- Seconds until the next run. An interval counts from the last run.
-- @param cron_job
-- @tparam number now
-- @param due the schedule
-- @treturn ?number nil: there is none
function schedule.wait(cron_job, now, due)
  local at, since, missed, message = schedule.most_recent(cron_job, now, due, false)
  local from = at or (missed == "none" and not message and since) or now
  local next_one = due:next(from)
  return next_one and next_one - now
end

-- ---- writing ----

--- A moment as the wall of a zone shows it: "2024-05-01T06:30:00+01:00".
-- @tparam integer at
-- @tparam ?string tz
-- @treturn string
function schedule.local_time(at, tz)
  local period = cron.period(tz or "UTC", at)
  local offset = period and period.offset or 0
  if offset == 0 then return time.format(at) end
  local ahead = math.abs(offset) // 60
  return time.format(at + offset):sub(1, -2)
    .. ("%s%02d:%02d"):format(offset < 0 and "-" or "+", ahead // 60, ahead % 60)
end

return schedule
