-- SPDX-License-Identifier: MIT
--- When a CronJob runs: its five fields and its time zone.
-- (pkg/apis/batch/validation, github.com/robfig/cron/v3: ParseStandard)
local schedule = {}

-- ---------------------------------------------------------------------------
-- The five fields
-- ---------------------------------------------------------------------------

local function numbered(words, first)
  local numbers = {}
  for i, word in ipairs(words) do numbers[word] = i - 1 + first end
  return numbers
end

local MONTHS = numbered({
  "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
}, 1)
local DAYS = numbered({ "sun", "mon", "tue", "wed", "thu", "fri", "sat" }, 0)

local FIELDS = {
  { low = 0, high = 59, names = {} }, { low = 0, high = 23, names = {} },
  { low = 1, high = 31, names = {} }, { low = 1, high = 12, names = MONTHS },
  { low = 0, high = 6, names = DAYS },
}

local function number(text)
  local n = text:find("^[+-]?%d+$") and math.tointeger(tonumber(text))
  if not n then
    return nil, ('failed to parse int from %s: strconv.Atoi: parsing "%s": invalid syntax')
      :format(text, text)
  end
  if n < 0 then return nil, ("negative number (%d) not allowed: %s"):format(n, text) end
  return n
end

local function number_or_name(text, names)
  local n = names[text:lower()]
  if n then return n end
  return number(text)
end

-- First and last of "*", "5" or "1-5", or nil and what is wrong.
local function bounds(text, field, part)
  if text == "*" or text == "?" then return field.low, field.high end
  local first, last = text:match("^([^-]*)%-([^-]*)$")
  if not first and text:find("-", 1, true) then return nil, "too many hyphens: " .. part end
  local low, message = number_or_name(first or text, field.names)
  if not low or not last then return low, low or message end
  local high
  high, message = number_or_name(last, field.names)
  if not high then return nil, message end
  return low, high
end

local BELOW = "beginning of range (%d) below minimum (%d): %s"
local ABOVE = "end of range (%d) above maximum (%d): %s"

-- What is wrong with one part of a field, such as "1-5/2", or nil.
local function part_fault(part, field)
  local range, step = part, nil
  if part:find("/", 1, true) then
    range, step = part:match("^([^/]*)/([^/]*)$")
    if not range then return "too many slashes: " .. part end
  end
  local low, high = bounds(range, field, part)
  if not low then return high end
  local by, message = 1, nil
  if step then by, message = number(step) end
  if not by then return message end
  if step and not range:find("-", 1, true) then high = math.max(high, field.high) end
  if low < field.low then return BELOW:format(low, field.low, part) end
  if high > field.high then return ABOVE:format(high, field.high, part) end
  if low > high then
    return ("beginning of range (%d) beyond end of range (%d): %s"):format(low, high, part)
  end
  if by == 0 then return "step of range should be a positive number: " .. part end
end

local function fields_fault(text)
  local count = 0
  local faults
  for word in text:gmatch("%S+") do
    count = count + 1
    local field = FIELDS[count]
    for part in (field and word or ""):gmatch("[^,]+") do
      faults = faults or part_fault(part, field)
    end
  end
  if count ~= #FIELDS then
    return ("expected exactly 5 fields, found %d: [%s]"):format(count,
      text:gsub("%s+", " "):match("^ ?(.-) ?$"))
  end
  return faults
end

-- ---------------------------------------------------------------------------
-- Durations: "@every 1h30m"
-- ---------------------------------------------------------------------------

local UNITS = { ns = true, us = true, ["µs"] = true, ms = true, s = true, m = true, h = true }

local function is_duration(text)
  local rest = text:match("^[+-]?(.+)$")
  if rest == "0" then return true end
  while rest and rest ~= "" do
    local whole, fraction, unit, tail = rest:match("^(%d*)%.?(%d*)([^%d%.]+)(.*)$")
    if not unit or whole .. fraction == "" or not UNITS[unit] then return false end
    rest = tail
  end
  return rest == ""
end

local NAMED = {
  ["@yearly"] = true, ["@annually"] = true, ["@monthly"] = true, ["@weekly"] = true,
  ["@daily"] = true, ["@midnight"] = true, ["@hourly"] = true,
}

local function named_fault(text)
  local duration = text:match("^@every (.*)$")
  if duration then
    if is_duration(duration) then return nil end
    return ('failed to parse duration %s: time: invalid duration "%s"'):format(text, duration)
  end
  return not NAMED[text] and "unrecognized descriptor: " .. text or nil
end

-- ---------------------------------------------------------------------------
-- Time zones
-- ---------------------------------------------------------------------------

local ZONES = { "/usr/share/zoneinfo/", "/usr/lib/zoneinfo/", "/usr/share/lib/zoneinfo/" }

-- A zone is a file of the system's database that starts with its mark.
local function is_zone_file(name)
  for _, directory in ipairs(ZONES) do
    local file = io.open(directory .. name, "rb")
    local mark = file and file:read(4)
    if file then file:close() end
    if mark == "TZif" then return true end
  end
  return false
end

local function zone_fault(name)
  if name == "" or name == "UTC" or name == "Local" then return nil end
  if name:find("..", 1, true) or name:find("^/") or name:find("\\", 1, true) then
    return "time: invalid location name"
  end
  return not is_zone_file(name) and "unknown time zone " .. name or nil
end

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
  local fault = zone_fault(name)
  if fault then errors:invalid(path, name, fault) end
end

-- ---------------------------------------------------------------------------
-- The whole
-- ---------------------------------------------------------------------------

local function after_zone(text)
  local zone, rest = text:match("^C?R?O?N?_?TZ=([^ ]*) (.*)$")
  if not zone then return nil, "provided bad location " .. text end
  local fault = zone_fault(zone)
  if fault then return nil, ("provided bad location %s: %s"):format(zone, fault) end
  return rest:match("^%s*(.-)%s*$")
end

--- What is wrong with a schedule, or nil.
function schedule.fault(text)
  if text == "" then return "empty spec string" end
  if text:find("^TZ=") or text:find("^CRON_TZ=") then
    local rest, message = after_zone(text)
    if not rest then return message end
    text = rest
  end
  if text:sub(1, 1) == "@" then return named_fault(text) end
  return fields_fault(text)
end

--- A schedule.
-- @param zone        the CronJob's timeZone, or nil
-- @param allow_zone  whether the schedule may name one: it does already
function schedule.check(errors, path, text, zone, allow_zone)
  local fault = schedule.fault(text)
  if fault then errors:invalid(path, text, fault) end
  if not text:find("TZ", 1, true) then return end
  if not allow_zone then
    errors:invalid(path, text, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead")
  elseif zone ~= nil then
    errors:invalid(path, text, "cannot use both timeZone field and TZ or CRON_TZ in schedule")
  end
end

return schedule
