-- SPDX-License-Identifier: MIT
--- rollout-budget: a Deployment never wants more pods than maxSurge allows, and never
-- takes away an available pod that maxUnavailable wants to stay.
--
-- Pods that fail by themselves break no promise: only what the controller does counts.
-- The pods that its ReplicaSets want are counted: old ones that wait to be deleted come on
-- top, here as in Kubernetes.
local budget = require "wl.rollout.budget"
local owner = require "wl.owner"
local promise = require "wl.promise"

local function deployment_of(ctx, set)
  local above = set and owner.controller(set)
  return above and above.kind == "Deployment" and ctx:by_uid(above.uid) or nil
end

local function budget_of(ctx, deployment)
  return budget.of(deployment, ctx:policy("rollout", deployment.spec.strategy.type))
end

local function name_of(object) return object.metadata.namespace .. "/" .. object.metadata.name end

-- A set was made, or made larger: are too many wanted?
local function too_many(ctx, deployment)
  local wanted = 0
  for set in ctx:owned(deployment, "ReplicaSet"):each() do
    wanted = wanted + (set.spec.replicas or 1)
  end
  local most = (deployment.spec.replicas or 1) + budget_of(ctx, deployment)
  if wanted > most then
    return ("Deployment %s wants %d pods, maxSurge allows %d"):format(name_of(deployment), wanted,
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
local function too_few(ctx, deployment, old, now)
  if deployment.spec.strategy.type == "Recreate" then return nil end
  local _, unavailable = budget_of(ctx, deployment)
  local least = (deployment.spec.replicas or 1) - unavailable
  local after = kept(ctx, deployment, now, now.spec.replicas or 1)
  if after < least and after < kept(ctx, deployment, now, old.spec.replicas or 1) then
    return ("Deployment %s keeps %d available pods, maxUnavailable wants %d"):format(
      name_of(deployment), after, least)
  end
end

local function replica_set(ctx, old, now)
  local before, after = old and old.spec.replicas or 0, now and now.spec.replicas or 0
  local deployment = now and before ~= after and deployment_of(ctx, now)
  if not deployment then return nil end
  if after > before then return too_many(ctx, deployment) end
  return too_few(ctx, deployment, old, now)
end

return promise "rollout-budget" {
  about = "a Deployment's rollout keeps to maxSurge and maxUnavailable",
  writes = { ReplicaSet = replica_set },
}
