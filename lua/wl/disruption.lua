-- SPDX-License-Identifier: MIT
--- How many of the pods that a PodDisruptionBudget covers may be evicted now.
--
-- Computed from the pods as they are: a pod that is Ready is healthy. How many
-- there should be is asked of the pods' controllers; for a controller without a
-- scale nothing is guessed, and nothing may be evicted.
-- Source: pkg/controller/disruption.
local intstr = require "wl.intstr"
local owner = require "wl.owner"

local disruption = {}

local SCALED = { ReplicaSet = true, ReplicationController = true, StatefulSet = true,
                 Deployment = true }

-- The controller whose scale counts: a Deployment's, for its ReplicaSets.
local function scaled_controller(ctx, pod)
  local reference = owner.controller(pod)
  local controller = reference and ctx:by_uid(reference.uid)
  while controller do
    local above = owner.controller(controller)
    local higher = above and ctx:by_uid(above.uid)
    if not higher then
      return controller
    end
    controller = higher
  end
  return nil
end

local function expected_of(ctx, pods)
  local seen, expected = {}, 0
  for _, group in ipairs(pods:group_by "metadata.ownerReferences[controller=true].uid") do
    local controller = scaled_controller(ctx, group.batch[1])
    if not controller or not SCALED[controller.kind] then
      return nil, "found no controllers for pod " .. group.batch[1].metadata.name
    end
    local uid = controller.metadata.uid
    if not seen[uid] then
      seen[uid] = true
      expected = expected + (controller.spec.replicas or 1)
    end
  end
  return expected
end

-- How many must stay healthy, and how many there should be.
local function desired_of(ctx, spec, pods)
  if spec.maxUnavailable ~= nil then
    local expected, why = expected_of(ctx, pods)
    if not expected then
      return nil, why
    end
    return math.max(0, expected - intstr.resolve(spec.maxUnavailable, expected, true)), expected
  elseif type(spec.minAvailable) == "string" then
    local expected, why = expected_of(ctx, pods)
    if not expected then
      return nil, why
    end
    return intstr.resolve(spec.minAvailable, expected, true), expected
  end
  return spec.minAvailable or 0, #pods
end

--- The budget as it stands.
-- @param ctx the controller surface
-- @param budget a PodDisruptionBudget
-- @treturn ?table `{ allowed, healthy, desired, expected }`; nil when it cannot be told
-- @treturn ?string why not
function disruption.budget(ctx, budget)
  local pods = ctx:matching("Pod", budget.metadata.namespace, budget.spec.selector)
  local desired, expected = desired_of(ctx, budget.spec, pods:batch "active")
  if not desired then
    return nil, expected
  end
  local healthy = pods:count "ready"
  local allowed = expected > 0 and math.max(0, healthy - desired) or 0
  return { allowed = allowed, healthy = healthy, desired = desired, expected = expected }
end

return disruption
