-- SPDX-License-Identifier: MIT
--- rollout-budget: a Deployment never makes more pods than maxSurge allows, and never
-- takes away an available pod that maxUnavailable wants to stay.
--
-- Pods that fail by themselves break no promise: only what the controller does counts.
local budget = require "wl.rollout.budget"
local owner = require "wl.owner"
local promise = require "wl.promise"

local function deployment_of(ctx, set)
  local above = set and owner.controller(set)
  return above and above.kind == "Deployment" and ctx:by_uid(above.uid) or nil
end

local function name_of(object) return object.metadata.namespace .. "/" .. object.metadata.name end

-- A pod was made: are there too many?
local function pod(ctx, old, now)
  local above = not old and now and owner.controller(now)
  local set = above and above.kind == "ReplicaSet" and ctx:by_uid(above.uid)
  local deployment = deployment_of(ctx, set)
  if not deployment then return nil end
  local active = 0
  for set in ctx:owned(deployment, "ReplicaSet"):each() do
    active = active + ctx:owned(set, "Pod"):count "active"
  end
  local most = (deployment.spec.replicas or 1) + budget.of(deployment)
  if active > most then
    return ("Deployment %s has %d pods, maxSurge allows %d"):format(name_of(deployment), active,
      most)
  end
end

-- How many available pods stay when sets have these sizes.
local function kept(ctx, deployment, changed, size)
  local total = 0
  for set in ctx:owned(deployment, "ReplicaSet"):each() do
    local wanted = set.metadata.uid == changed.metadata.uid and size or set.spec.replicas or 1
    total = total + math.min((set.status or {}).availableReplicas or 0, wanted)
  end
  return total
end

-- A set was made smaller: do enough stay?
local function replica_set(ctx, old, now)
  if not old or not now or (now.spec.replicas or 1) >= (old.spec.replicas or 1) then return nil end
  local deployment = deployment_of(ctx, now)
  if not deployment or deployment.spec.strategy.type == "Recreate" then return nil end
  local _, unavailable = budget.of(deployment)
  local least = (deployment.spec.replicas or 1) - unavailable
  local after = kept(ctx, deployment, now, now.spec.replicas or 1)
  if after < least and after < kept(ctx, deployment, now, old.spec.replicas or 1) then
    return ("Deployment %s keeps %d available pods, maxUnavailable wants %d"):format(
      name_of(deployment), after, least)
  end
end

return promise "rollout-budget" {
  about = "a Deployment's rollout keeps to maxSurge and maxUnavailable",
  writes = { Pod = pod, ReplicaSet = replica_set },
}
