-- SPDX-License-Identifier: MIT
--- How often a fault strikes, and for how long: "2 every 10m for 5m".
--
--     1 every 10m          once within each ten minutes, at a moment that is drawn
--     2 every 10m for 5m   twice, each time for five minutes
--     once at 3m           at this moment after the beginning
--     once at 3m for 30s
--     0.05                 the chance of each call, of faults of the API
local duration = require "wl.duration"

local spell = {}

local function fail(name, text)
  return nil, ('chaos: %s: write how often, as in "1 every 10m for 5m", "once at 3m" or, of faults '
    .. "of the API, a chance such as 0.05; got %s"):format(name, text)
end

local function seconds(text) return text ~= "" and duration.parse(text) or nil end

--- Read how often.
-- @tparam string name of the fault
-- @param given text or number
-- @treturn ?table count and every, or at, in seconds; last: how long; or chance; nil, message
function spell.parse(name, given)
  if type(given) == "number" then
    if given < 0 or given > 1 then return fail(name, tostring(given)) end
    return { chance = given }
  elseif type(given) ~= "string" then
    return fail(name, "a " .. type(given))
  end
  local rest, last = given:match "^(.-)%s+for%s+(%S+)$"
  local text = rest or given
  local count, every = text:match "^(%d+)%s+every%s+(%S+)$"
  local at = text:match "^once%s+at%s+(%S+)$"
  local found = { count = math.tointeger(tonumber(count)), every = every and seconds(every),
    at = at and seconds(at), last = last and seconds(last) }
  local is_good = (found.every and found.every > 0 and found.count > 0) or found.at
  if not is_good or last and not found.last then return fail(name, ("%q"):format(given)) end
  return found
end

return spell
