-- SPDX-License-Identifier: MIT
--- RFC 3339 timestamps, as Kubernetes reads and writes them: in UTC, whole
-- seconds (or microseconds) only. Source: apimachinery apis/meta/v1 time.go.
local time = {}

-- Days since 1970-01-01 of a date in the Gregorian calendar, and back; the
-- year begins in March so that the leap day is its last.
local function days_of(year, month, day)
  if month <= 2 then year, month = year - 1, month + 12 end
  local era = year // 400
  local year_of_era = year - era * 400
  local day_of_year = (153 * (month - 3) + 2) // 5 + day - 1
  return era * 146097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year
    - 719468
end

local function date_of(days)
  days = days + 719468
  local era = days // 146097
  local doe = days - era * 146097
  local yoe = (doe - doe // 1460 + doe // 36524 - doe // 146096) // 365
  local doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
  local shifted = (5 * doy + 2) // 153
  local month = shifted < 10 and shifted + 3 or shifted - 9
  return yoe + era * 400 + (month <= 2 and 1 or 0), month, doy - (153 * shifted + 2) // 5 + 1
end

local LENGTHS = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 }

local function days_in(year, month)
  if month == 2 and year % 4 == 0 and (year % 100 ~= 0 or year % 400 == 0) then return 29 end
  return LENGTHS[month]
end

local function zone_seconds(zone)
  if zone == "Z" then return 0 end
  local sign, hours, minutes = zone:match("^([+-])(%d%d):(%d%d)$")
  if not sign or tonumber(hours) > 24 or tonumber(minutes) > 59 then return nil end
  return (sign == "-" and -1 or 1) * (tonumber(hours) * 3600 + tonumber(minutes) * 60)
end

--- Seconds since the epoch of a timestamp, and its microseconds.
-- @tparam string text such as "2024-01-01T00:00:00+01:00"
-- @treturn ?integer seconds; nil when the text is no RFC 3339 time
-- @treturn integer microseconds, 0 to 999999
function time.parse(text)
  local y, mo, d, h, mi, s, rest = text:match("^(%d%d%d%d)-(%d%d)-(%d%d)T(%d%d):(%d%d):(%d%d)(.*)$")
  if not y then return nil end
  y, mo, d = math.tointeger(y), math.tointeger(mo), math.tointeger(d)
  h, mi, s = math.tointeger(h), math.tointeger(mi), math.tointeger(s)
  local fraction, zone = rest:match("^[.,](%d+)(.+)$")
  local offset = zone_seconds(zone or rest)
  if not offset or mo < 1 or mo > 12 or d < 1 or d > days_in(y, mo) then return nil end
  if h > 23 or mi > 59 or s > 59 then return nil end
  local micros = math.tointeger(((fraction or "") .. "000000"):sub(1, 6))
  return days_of(y, mo, d) * 86400 + h * 3600 + mi * 60 + s - offset, micros
end

--- A timestamp from seconds since the epoch: "2024-01-01T00:00:00Z".
-- @tparam integer seconds
-- @tparam ?integer micros given: with six digits of microseconds
-- @treturn string
function time.format(seconds, micros)
  local y, mo, d = date_of(seconds // 86400)
  local rest = seconds % 86400
  local clock = ("%04d-%02d-%02dT%02d:%02d:%02d"):format(y, mo, d, rest // 3600,
    rest % 3600 // 60, rest % 60)
  return clock .. (micros and (".%06dZ"):format(micros) or "Z")
end

--- The form in which Kubernetes stores a timestamp.
-- @tparam string text
-- @tparam ?boolean micro keep microseconds (MicroTime)
-- @treturn ?string nil when the text is no RFC 3339 time
function time.canonical(text, micro)
  local seconds, micros = time.parse(text)
  return seconds and time.format(seconds, micro and micros or nil)
end

return time
