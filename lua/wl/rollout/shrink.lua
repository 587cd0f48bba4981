-- SPDX-License-Identifier: MIT
--- Which of the old ReplicaSets give up pods.
--
-- Both functions take a list of sets, the oldest first, each with the numbers
-- `replicas` and `available`, and how many pods to take at most. They return
-- the sizes to have then, in the same order, and how many pods that takes.
-- Source: pkg/controller/deployment/rolling.go.
local shrink = {}

local function take(sets, most, spare)
  local sizes, taken = {}, 0
  for i, set in ipairs(sets) do
    local count = math.max(0, math.min(spare(set), most - taken))
    sizes[i], taken = set.replicas - count, taken + count
  end
  return sizes, taken
end

--- Take the pods that are not available, so that they do not hold up the rest.
-- @tparam table sets
-- @tparam integer most
-- @treturn table sizes
-- @treturn integer taken
function shrink.unhealthy(sets, most)
  return take(sets, most, function(set) return set.replicas - set.available end)
end

--- Take from the oldest set until it is empty, then from the next.
-- @tparam table sets
-- @tparam integer most
-- @treturn table sizes
-- @treturn integer taken
function shrink.oldest(sets, most)
  return take(sets, most, function(set) return set.replicas end)
end

--- Take `healthy` pods from what is left when up to `unhealthy` pods that are
-- not available have gone.
-- @tparam table sets
-- @tparam integer unhealthy
-- @tparam integer healthy
-- @treturn table sizes
-- @treturn integer taken
function shrink.both(sets, unhealthy, healthy)
  local sizes, first = shrink.unhealthy(sets, unhealthy)
  local left = {}
  for i, size in ipairs(sizes) do
    left[i] = { replicas = size, available = sets[i].available }
  end
  local last, second = shrink.oldest(left, healthy)
  return last, first + second
end

return shrink
