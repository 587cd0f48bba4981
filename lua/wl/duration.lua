-- SPDX-License-Identifier: MIT
--- Durations: "5m", "1h30m", "500ms", "2d" as seconds, and seconds as text.
--
--     duration.parse "1h30m"      --> 5400
--     duration.format(150)        --> "2m30s", as kubectl prints an age
--     duration.go(5400)           --> "1h30m0s", as Go prints it in messages
--
-- The grammar is that of Go's time.ParseDuration, and days and weeks besides
-- (24 hours, 7 days). A number of seconds is an integer where it is whole.
local duration = {}

-- In nanoseconds, so that sums of parts are exact.
local UNITS = {
  ns = 1, us = 1000, ["µs"] = 1000, ["μs"] = 1000, ms = 1000000,
  s = 1000000000, m = 60 * 1000000000, h = 3600 * 1000000000,
  d = 86400 * 1000000000, w = 7 * 86400 * 1000000000,
}
local SECOND = UNITS.s
local MINUTE, HOUR, DAY, YEAR = 60, 3600, 86400, 365 * 86400

local function invalid(text)
  return nil, ("%q is not a duration, write it as in \"90s\", \"1h30m\", \"2d\""):format(text),
    "Invalid"
end

-- The nanoseconds of a part such as "5", "25", an hour; nil when they are too
-- many. A double is exact enough for what a fraction of a unit adds.
local function part_of(whole, fraction, unit)
  local n = math.tointeger(tonumber(whole == "" and "0" or whole))
  if not n or n >= math.maxinteger // unit then
    return nil
  end
  return n * unit + math.floor(tonumber("0." .. fraction) * unit + 0.5)
end

local function sum_of(text)
  local total, at = 0, 1
  while at <= #text do
    local whole, fraction, name, after = text:match("^(%d*)%.?(%d*)([^%d%.]+)()", at)
    local unit = name and UNITS[name]
    if not unit or whole .. fraction == "" then
      return nil
    end
    local part = part_of(whole, fraction, unit)
    if not part or part > math.maxinteger - total then
      return nil
    end
    total, at = total + part, after
  end
  return total
end

local function seconds_of(nanoseconds)
  if nanoseconds % SECOND == 0 then
    return nanoseconds // SECOND
  end
  return nanoseconds / SECOND
end

--- A text as seconds.
-- @tparam string text
-- @treturn ?number seconds; or nil
-- @treturn ?string message
-- @treturn ?string code
function duration.parse(text)
  if type(text) ~= "string" then
    error("a duration is a string, not a " .. type(text), 2)
  end
  local sign, rest = text:match "^([+-]?)(.*)$"
  if rest == "0" then
    return 0
  end
  local total = rest ~= "" and sum_of(rest)
  if not total then
    return invalid(text)
  end
  return seconds_of(sign == "-" and -total or total)
end

--- The seconds of a duration that a script gave: a text, or seconds already.
-- Raises at the script's line when it is neither.
-- @tparam string|number given
-- @tparam ?integer level of the caller to blame, as in error; 2 is the caller
-- @treturn number seconds
function duration.seconds(given, level)
  if type(given) == "number" and given == given then
    return given
  end
  local seconds, message
  if type(given) == "string" then
    seconds, message = duration.parse(given)
  end
  if not seconds then
    error(message or "a duration is seconds or a text such as \"1h30m\"", level or 2)
  end
  return seconds
end

local function truncated(number)
  return math.tointeger(number < 0 and math.ceil(number) or math.floor(number))
end

-- "3h" or "3h5m": the smaller unit only where it is not zero.
local function two(n, unit, rest, small)
  return rest == 0 and ("%d%s"):format(n, unit) or ("%d%s%d%s"):format(n, unit, rest, small)
end

--- An age as kubectl prints it: two units while they matter, then one.
-- (k8s.io/apimachinery/pkg/util/duration.HumanDuration)
-- @tparam number seconds
-- @treturn string
function duration.format(seconds)
  local s = truncated(seconds)
  if s < -1 then
    return "<invalid>"
  elseif s < 2 * MINUTE then
    return ("%ds"):format(math.max(s, 0))
  elseif s < 10 * MINUTE then
    return two(s // MINUTE, "m", s % MINUTE, "s")
  elseif s < 3 * HOUR then
    return ("%dm"):format(s // MINUTE)
  elseif s < 8 * HOUR then
    return two(s // HOUR, "h", s // MINUTE % 60, "m")
  elseif s < 2 * DAY then
    return ("%dh"):format(s // HOUR)
  elseif s < 8 * DAY then
    return two(s // DAY, "d", s // HOUR % 24, "h")
  elseif s < 2 * YEAR then
    return ("%dd"):format(s // DAY)
  elseif s < 8 * YEAR then
    return two(s // YEAR, "y", s // DAY % 365, "d")
  end
  return ("%dy"):format(s // YEAR)
end

--- An age in one unit. (duration.ShortHumanDuration of the same package)
-- @tparam number seconds
-- @treturn string
function duration.short(seconds)
  local s = truncated(seconds)
  if s < -1 then
    return "<invalid>"
  elseif s < MINUTE then
    return ("%ds"):format(math.max(s, 0))
  elseif s < HOUR then
    return ("%dm"):format(s // MINUTE)
  elseif s < DAY then
    return ("%dh"):format(s // HOUR)
  elseif s < YEAR then
    return ("%dd"):format(s // DAY)
  end
  return ("%dy"):format(s // YEAR)
end

-- n / 10^places without trailing zeros.
local function decimal(n, places)
  local scale = math.tointeger(10 ^ places)
  local fraction = ("%0" .. places .. "d"):format(n % scale):gsub("0+$", "")
  return ("%d"):format(n // scale) .. (fraction ~= "" and "." .. fraction or "")
end

local function below_a_second(n)
  if n == 0 then
    return "0s"
  elseif n < UNITS.us then
    return ("%dns"):format(n)
  elseif n < UNITS.ms then
    return decimal(n, 3) .. "µs"
  end
  return decimal(n, 6) .. "ms"
end

--- A duration as Go prints it, which is how it stands in many messages of
-- Kubernetes ("back-off 5m0s restarting failed container"). (time.Duration.String)
-- @tparam number seconds
-- @treturn string
function duration.go(seconds)
  local exact = math.type(seconds) == "integer" and seconds * SECOND
    or math.floor(seconds * SECOND + 0.5)
  local sign, n = exact < 0 and "-" or "", math.abs(math.tointeger(exact))
  if n < SECOND then
    return sign .. below_a_second(n)
  end
  local text = decimal(n % UNITS.m, 9) .. "s"
  if n >= UNITS.m then
    text = ("%dm"):format(n // UNITS.m % 60) .. text
  end
  if n >= UNITS.h then
    text = ("%dh"):format(n // UNITS.h) .. text
  end
  return sign .. text
end

return duration
