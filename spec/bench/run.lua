-- SPDX-License-Identifier: MIT
--- wlrun spec/bench/run.lua FILE... - run benches, print a line a figure.
--
-- A bench file returns a function. It is called with `bench`:
--   bench(name, value, unit)        print `bench NAME VALUE UNIT`
--   bench.seconds(fn, ...)          wall-clock seconds of one call
--   bench.best(times, fn, ...)      the shortest of several calls
--   bench.rate(name, n, unit, fn)   n things done by one call of fn, a second
--   bench.growth(name, small, large)  how many times more large is than small
--   bench.peak_megabytes()          the most memory resident so far
local host = require "wl.host"

local function significant(value)
  if math.type(value) == "integer" then
    return tostring(value)
  elseif value >= 100 then
    return ("%.0f"):format(value)
  end
  return ("%.3g"):format(value)
end

local bench = setmetatable({}, {
  __call = function(_, name, value, unit)
    print(("bench %s %s %s"):format(name, significant(value), unit))
    io.stdout:flush()
  end,
})

function bench.seconds(fn, ...)
  collectgarbage()
  local start = host.seconds()
  fn(...)
  return host.seconds() - start
end

function bench.best(times, fn, ...)
  local shortest = math.huge
  for _ = 1, times do
    shortest = math.min(shortest, bench.seconds(fn, ...))
  end
  return shortest
end

function bench.rate(name, n, unit, fn)
  bench(name, n / bench.best(3, fn), unit .. "/s")
end

function bench.growth(name, small, large)
  bench(name .. ".growth", large / small, "times")
end

function bench.peak_megabytes()
  return host.peak_memory() / 1e6
end

for _, file in ipairs(arg) do
  assert(loadfile(file))()(bench)
end
