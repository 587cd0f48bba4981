-- SPDX-License-Identifier: MIT
--- RollingUpdate: replace old pods by new ones a few at a time.
--
-- First the new set grows into the room above `replicas` that maxSurge leaves.
-- When there is none, old sets shrink as far as maxUnavailable allows: pods
-- that are not available first, as they are no loss, then those of the oldest
-- set. Each step is one or the other; what becomes available brings the next.
--
-- With maxSurge 0 it goes down before up, with maxUnavailable 0 up before down.
-- Source: pkg/controller/deployment/rolling.go.
local shrink = require "wl.rollout.shrink"
local strategy = require "wl.strategy"

-- Also where the new set has more pods than are wanted now.
local function grow(view)
  local room = math.max(0, view.replicas + view.surge - view.total)
  return math.min(view.replicas, view.new.replicas + room)
end

local function give_way(view)
  local least = view.replicas - view.unavailable
  local coming = view.new.replicas - view.new.available
  local spare = view.total - least - coming
  if spare <= 0 then
    return nil
  end
  return (shrink.both(view.old, spare, view.available - least))
end

return strategy "RollingUpdate" {
  plan = function(view)
    local size = grow(view)
    if size ~= view.new.replicas or not view.new.exists then
      return { new = size }
    end
    return { old = give_way(view) }
  end,
}
