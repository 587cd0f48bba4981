-- SPDX-License-Identifier: MIT
--- Verbs about time.
local duration = require "wl.duration"
local reference = require "wl.verbs.reference"
local time = require "wl.time"

local timing = {}

--- Let time pass: run "10m". Without a length: until nothing changes any more.
-- @param cluster
-- @tparam ?number|string length seconds or a duration
function timing.run(cluster, length)
  if length == nil then
    cluster:run_until_quiet()
  else
    cluster:run(reference.seconds("run", length))
  end
end

--- Virtual seconds since the run began.
function timing.now(cluster)
  local seconds = cluster:now() - cluster.started
  return math.tointeger(seconds) or seconds
end

local function handle_of(cluster, handle)
  return { stop = function() return cluster:cancel(handle) end }
end

--- Do something at a moment: at("30s", f) counts from the beginning of the run;
-- at("2024-01-01T00:05:00Z", f) is that moment.
-- @return a handle with stop()
function timing.at(cluster, when, call)
  reference.callback("at", call, 'at("30s", function() ... end)')
  local moment = type(when) == "string" and time.parse(when)
    or cluster.started + reference.seconds("at", when)
  if moment < cluster:now() then
    reference.misuse("at: %s is in the past: it is %s after the beginning; "
      .. "use after(\"...\", f) to count from now", tostring(when),
      duration.format(timing.now(cluster)))
  end
  return handle_of(cluster, cluster:at(moment, call))
end

--- Do something so long from now. @return a handle with stop()
function timing.after(cluster, wait, call)
  reference.callback("after", call, 'after("30s", function() ... end)')
  return handle_of(cluster, cluster:at(cluster:now() + reference.seconds("after", wait), call))
end

--- Do something again and again, the first time one period from now.
-- @return a handle with stop()
function timing.every(cluster, period, call)
  reference.callback("every", call, 'every("10s", function() ... end)')
  local seconds = reference.seconds("every", period)
  if seconds <= 0 then reference.misuse "every: the period must be above zero" end
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
