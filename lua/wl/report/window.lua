-- SPDX-License-Identifier: MIT
--- The stretch of time in which something happens to a thing: what its picture shows.
local window = {}

local MARGIN = 0.1 -- of the length, after the last change

local function widen(found, t)
  if not t then return end
  found.from, found.to = math.min(found.from or t, t), math.max(found.to or t, t)
end

local function widen_by_series(found, series)
  widen(found, series.times[1])
  widen(found, series.times[#series.times])
end

local function widen_by_bars(found, list)
  for _, one in ipairs(list) do
    widen(found, one.created or one.start)
    widen(found, one.start)
    widen(found, one.stop)
  end
end

--- From the first change to a little after the last, and not after the story's end.
-- @tparam table story
-- @tparam table thing a rollout, a job or a CronJob of it
-- @treturn table from and to, in seconds since the beginning
function window.of(story, thing)
  local found = {}
  widen(found, thing.start)
  widen(found, thing.stop)
  widen_by_bars(found, thing.pods or thing.runs or {})
  for _, layer in ipairs(thing.layers or {}) do widen_by_series(found, layer.pods) end
  if thing.available then
    widen_by_series(found, thing.available)
    widen_by_series(found, thing.wanted)
  end
  local from = found.from or story.from
  local to = math.min(story.to, (found.to or story.to) + MARGIN * ((found.to or from) - from))
  return { from = math.floor(from), to = math.max(math.ceil(to), math.floor(from) + 1) }
end

return window
