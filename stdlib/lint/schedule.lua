-- SPDX-License-Identifier: MIT
--- A schedule that never fires, or that a change of the clock makes fire twice or
-- not at all.
--
-- The clock changes of the two years from the beginning of 2024 are looked at: rules
-- of summer time stay for years. A schedule of every hour is not concerned.
local cron = require "wl.cron"
local rule = require "wl.lint.rule"
local schedule = require "wl.cron_job.schedule"
local time = require "wl.time"

local FROM, TO = time.parse "2024-01-01T00:00:00Z", time.parse "2026-01-01T00:00:00Z"
local MOST = 5000 -- firings that are looked at around one change

local function wall_text(moment) return time.format(moment):sub(1, 16):gsub("T", " ") end

local function changes(zone)
  local list, before = {}, cron.period(zone, FROM)
  while before.to and before.to < TO do
    local after = cron.period(zone, before.to)
    if after.offset ~= before.offset then
      list[#list + 1] = { at = before.to, before = before.offset,
        by = after.offset - before.offset }
    end
    before = after
  end
  return list
end

-- The local times of the schedule that the clock skips (by > 0) or shows twice.
local function struck(plain, change)
  local wall = change.at + change.before
  local from, to = wall + math.min(change.by, 0), wall + math.max(change.by, 0)
  return plain:between(from, to, MOST)
end

local function check_changes(entry, text, zone, report)
  local plain, told = cron.parse(text, {}), {}
  for _, change in ipairs(changes(zone)) do
    local walls = struck(plain, change)
    local skipped = change.by > 0
    if walls[1] and not told[skipped] then
      told[skipped] = true
      report(entry, "spec.schedule", ("%s in %s %s"):format(wall_text(walls[1]), zone,
        skipped and "does not exist, as the clock is put forward: no run that day"
        or "comes twice, as the clock is put back: two runs"),
        "choose a time that no clock change touches, or another timeZone (Etc/UTC)")
    end
  end
end

local function check(entry, report)
  local spec = entry.object.spec
  local zone = spec.timeZone or "UTC"
  local parsed = cron.parse(spec.schedule, { tz = zone })
  if not parsed then return end
  local policy = (entry.object.metadata.annotations or {})[schedule.DST] or "Kubernetes"
  if not parsed:next(FROM) then
    report(entry, "spec.schedule", ("%q never fires: there is no such day"):format(spec.schedule),
      "check day of month against month", "error")
  elseif policy == "Kubernetes" and not parsed:each_hour() then
    check_changes(entry, spec.schedule, zone, report)
  end
end

return rule "schedule" {
  about = "a schedule that never fires, or fires twice or not at all at a clock change",
  severity = "warning",
  check = function(model, report)
    for entry in model:each "CronJob" do check(entry, report) end
  end,
}
