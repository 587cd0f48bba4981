-- SPDX-License-Identifier: MIT
--- Replacements before evictions: `surgeBeforeDrain: true` beside a Deployment's
-- strategy type. Kubernetes does not have it.
--
-- For each of its pods on a node that is cordoned there is one pod more, within
-- maxSurge, as long as it is there. A PodDisruptionBudget that lets no pod go
-- (minAvailable as many as are wanted) holds the drain up until the replacement is
-- available; without one, pods are evicted before that. During a rollout the surge
-- belongs to the rollout.
local owner = require "wl.owner"

local drained = {}

local function is_here(pod, set)
  local controller = owner.controller(pod)
  local phase = pod.status and pod.status.phase
  return controller ~= nil and controller.uid == set.object.metadata.uid
    and pod.metadata.deletionTimestamp == nil and phase ~= "Succeeded" and phase ~= "Failed"
end

local function count(ctx, set)
  local total = 0
  for node in ctx:watching("Node", "cordoned"):each() do
    for pod in ctx:on_node(node.metadata.name, "Pod"):each() do
      total = total + (is_here(pod, set) and 1 or 0)
    end
  end
  return total
end

-- Nothing but the new set, which has all its pods.
local function is_steady(run, held)
  for _, set in ipairs(held.sets) do
    if set.replicas > 0 then return false end
  end
  return run.new ~= nil and (held.new or run.new.replicas) >= run.replicas
end

--- The size of the new set, with what its drained pods add to it.
-- @tparam table run see wl.rollout.run
-- @tparam table held what the strategy may do
-- @treturn ?integer as `held.new`
function drained.size(run, held)
  if not run.deployment.spec.strategy.surgeBeforeDrain or not is_steady(run, held) then
    return held.new
  end
  return run.replicas + math.min(count(run.ctx, run.new), run.surge)
end

return drained
