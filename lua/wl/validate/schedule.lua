-- SPDX-License-Identifier: MIT
--- When a CronJob runs: its schedule and its time zone.
-- (pkg/apis/batch/validation)
local cron = require "wl.cron"

local schedule = {}

local function is_zone_part(part)
  return part ~= "." and part ~= ".." and part:sub(1, 1) ~= "-"
    and #part <= 14 and part:find("^[%a%d%.%-_+]+$") ~= nil
end

--- A time zone by its name in the database; absent is fine.
function schedule.zone(errors, path, name)
  if name == nil then return end
  if name == "" then
    return errors:invalid(path, name, "timeZone must be nil or non-empty string")
  end
  for part in (name .. "/"):gmatch("([^/]*)/") do
    if not is_zone_part(part) then
      return errors:invalid(path, name, "unknown time zone " .. name)
    end
  end
  if name:lower() == "local" then
    errors:invalid(path, name,
      "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones")
  end
  local found, fault = cron.period(name, 0)
  if not found then errors:invalid(path, name, fault) end
end

--- A schedule.
-- @param zone        the CronJob's timeZone, or nil
-- @param allow_zone  whether the schedule may name one: it does already
function schedule.check(errors, path, text, zone, allow_zone)
  local parsed, fault = cron.parse(text)
  if not parsed then errors:invalid(path, text, fault) end
  if not text:find("TZ", 1, true) then return end
  if not allow_zone then
    errors:invalid(path, text, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead")
  elseif zone ~= nil then
    errors:invalid(path, text, "cannot use both timeZone field and TZ or CRON_TZ in schedule")
  end
end

return schedule
