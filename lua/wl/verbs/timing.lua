-- SPDX-License-Identifier: MIT
--- Verbs about time.
local duration = require "wl.duration"
local time = require "wl.time"

local timing = {}

--- Let time pass: run "10m". @tparam number|string length seconds or a duration
function timing.run(cluster, length)
  if length == nil then cluster:run_until_quiet() else cluster:run(length) end
end

--- Virtual seconds since the run began.
function timing.now(cluster) return cluster:now() - cluster.started end

--- Do something at a moment: at("30s", f) counts from the beginning of the run;
-- at("2024-01-01T00:05:00Z", f) is that moment.
-- @return a handle with stop()
function timing.at(cluster, when, call)
  if type(call) ~= "function" then error("at: a moment and a function expected", 3) end
  local seconds = type(when) == "string" and time.parse(when)
    or cluster.started + duration.seconds(when, 3)
  if seconds < cluster:now() then
    error(("at: %s is in the past: it is %s after the beginning; use after(\"...\", f) to count from now")
      :format(tostring(when), duration.format(timing.now(cluster))), 3)
  end
  local handle = cluster:at(seconds, call)
  return { stop = function() return cluster:cancel(handle) end }
end

--- Do something so long from now. @return a handle with stop()
function timing.after(cluster, wait, call)
  if type(call) ~= "function" then error("after: a duration and a function expected", 3) end
  local handle = cluster:at(cluster:now() + duration.seconds(wait, 3), call)
  return { stop = function() return cluster:cancel(handle) end }
end

--- Do something again and again, the first time one period from now.
-- @return a handle with stop()
function timing.every(cluster, period, call)
  if type(call) ~= "function" then error("every: a duration and a function expected", 3) end
  local seconds = duration.seconds(period, 3)
  if seconds <= 0 then error("every: the period must be above zero", 3) end
  local handle
  local function again()
    handle = cluster:at(cluster:now() + seconds, function()
      again()
      call()
    end)
  end
  again()
  return { stop = function() return cluster:cancel(handle) end }
end

return timing
