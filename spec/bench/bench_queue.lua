-- SPDX-License-Identifier: MIT
--- The work queue and the timers as scripts see them.
local queue = require "wl.queue"
local selector = require "wl.selector"
local timer = require "wl.timer"
local value = require "wl.value"

local CYCLES = 500000
local KEYS = 1000

local function keys_of(n)
  local keys = {}
  for i = 1, n do
    keys[i] = ("Deployment/default/web-%06d"):format(i)
  end
  return keys
end

-- Add, get and done of one key, over and over.
local function cycle(keys)
  local q = queue.new()
  for i = 1, CYCLES do
    local key = keys[i % #keys + 1]
    q:add(key, i)
    local got = q:get(i)
    q:done(got, i)
  end
end

local function set_and_fire()
  local t = timer.new()
  for i = 1, KEYS do
    t:add(i, i)
  end
  for _ = 1, CYCLES do
    local payload, due = t:pop(math.huge)
    t:add(due + payload % 97, payload)
  end
end

local function match(sel, labels)
  return function()
    for _ = 1, CYCLES do
      sel:matches(labels)
    end
  end
end

return function(bench)
  local few, many = keys_of(KEYS), keys_of(CYCLES)
  bench.rate("queue.lua.cycle", CYCLES, "cycles", function() cycle(few) end)
  bench.rate("queue.lua.cycle.new_keys", CYCLES, "cycles", function() cycle(many) end)
  bench.rate("timer.lua.cycle", CYCLES, "cycles", set_and_fire)
  local labels = value.of { app = "web", tier = "front", track = "stable" }
  local sel = selector.parse "app=web,tier in (front,back),!canary"
  bench.rate("selector.lua.match", CYCLES, "matches", match(sel, labels))
end
