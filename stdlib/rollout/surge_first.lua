-- SPDX-License-Identifier: MIT
--- SurgeFirst: new pods first, as many as the surge allows; an available pod goes only when
-- another has taken its place.
--
--     strategy:
--       type: SurgeFirst
--       surgeFirst:
--         maxSurge: 25%
--         maxUnavailable: 25%      # only for pods that are not available anyway
--         countTerminating: true   # pods that are being deleted take up room, too
--
-- A rolling update uses both halves of its budget at once: it is at times short of
-- maxUnavailable pods without need. Here these are only spent where nothing else
-- goes on: when no room to surge is left, and pods are missing anyway. With
-- countTerminating there are never more pods on the nodes than wanted and surged,
-- those that take long to end included (`podReplacementPolicy` of KEP-3973).
local shrink = require "wl.rollout.shrink"
local strategy = require "wl.strategy"

local function terminating(view)
  local total = view.new.terminating
  for _, set in ipairs(view.old) do
    total = total + set.terminating
  end
  return total
end

local function room(view)
  local taken = view.total
  if view.params.countTerminating then
    taken = taken + math.max(terminating(view), view.old_pods - (view.total - view.new.replicas))
  end
  return math.max(0, view.replicas + view.surge - taken)
end

-- Available pods, but for those that are on their way out already.
local function staying(view)
  local total = math.min(view.new.available, view.new.replicas)
  for _, set in ipairs(view.old) do
    total = total + math.min(set.available, set.replicas)
  end
  return total
end

-- Those that are available and more than wanted; and those that are not available.
-- Without a surge, as many more as may be unavailable.
local function give_way(view)
  local available = staying(view)
  local least = view.replicas - (view.surge == 0 and view.unavailable or 0)
  local floor = view.replicas - view.unavailable
  local coming = view.new.replicas - view.new.available
  local sick = math.max(0, math.min(view.total - coming - floor, view.total - available))
  return (shrink.both(view.old, sick, math.max(0, available - least)))
end

return strategy "SurgeFirst" {
  kinds = { "Deployment" },
  params = {
    maxSurge = strategy.int_or_string { default = "25%" },
    maxUnavailable = strategy.int_or_string { default = "25%" },
    countTerminating = strategy.bool { default = false },
  },
  plan = function(view)
    local size = math.min(view.replicas, view.new.replicas + room(view))
    if size ~= view.new.replicas or not view.new.exists then
      return { new = size }
    end
    return { old = give_way(view) }
  end,
}
