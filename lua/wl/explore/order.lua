-- SPDX-License-Identifier: MIT
--- The order in which controllers work: other orders of what happens at the same time, and
-- controllers that are slow for a while.
--
-- An order has a number; 0 is the usual one. Odd ones are random walks: any piece of work
-- may be put off for a moment. Even ones slow single controllers down, each for a stretch of
-- the run, as priorities that change a few times do (PCT).
local rng = require "wl.rng"

local order = {}

local PUT_OFF = 0.15       -- the chance of a piece of work, in a random walk
local MOMENT = 0.003       -- seconds that it is put off at most
local SLOWED = 3           -- controllers that are slowed down
local STRETCH = 120        -- seconds of the run in which that begins
local LASTS = 20           -- seconds
local SLOW = { 0.1, 2 }    -- seconds that each piece of its work waits

local function random_walk(random)
  return function()
    if random:number() < PUT_OFF then return random:number() * MOMENT end
  end
end

local function between(random, low, high) return low + random:number() * (high - low) end

local function slow_controllers(cluster, random)
  local names, slowed = cluster.controllers:names(), {}
  names[#names + 1], names[#names + 2] = "kubelet", "default-scheduler"
  for i = 1, SLOWED do
    local from = cluster.started + random:number() * STRETCH
    slowed[i] = { name = names[random:integer(1, #names)], from = from,
      to = from + random:number() * LASTS, by = between(random, SLOW[1], SLOW[2]) }
  end
  return function(entry)
    local now = cluster:now()
    for _, one in ipairs(slowed) do
      if now >= one.from and now < one.to and entry.ctx.writer == one.name then
        return one.by
      end
    end
  end
end

--- Have a cluster's controllers work in an order.
-- @param cluster new
-- @tparam integer number of the order
function order.apply(cluster, number)
  if number == 0 then return end
  local random = rng.new(number, "order")
  cluster.controllers:postpone(number % 2 == 1 and random_walk(random)
    or slow_controllers(cluster, random))
end

return order
