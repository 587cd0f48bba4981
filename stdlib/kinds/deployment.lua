-- SPDX-License-Identifier: MIT
--- Deployment: keeps ReplicaSets, one for each template it has had, and moves
-- the pods from the old ones to the new one as its strategy says.
--
-- The ReplicaSets hold all there is to know: the revision, and the size that
-- the Deployment last gave them, are annotations on them. A sync does one thing
-- and writes the status; what becomes of it brings the next sync.
-- Source: pkg/controller/deployment.
local advance = require "wl.rollout.advance"
local apps = require "wl.api.apps"
local kind = require "wl.kind"
local legacy = require "wl.api.legacy"
local new_set = require "wl.rollout.new_set"
local prepare = require "wl.api.prepare.workload"
local rollback = require "wl.rollout.rollback"
local Run = require "wl.rollout.run"
local selector = require "wl.selector"
local steps = require "wl.rollout.steps"

-- Such a Deployment would take over what is not its own.
local function refuse(ctx, deployment)
  ctx:event(deployment, "Warning", "SelectingAll",
    "This deployment is selecting all pods. A non-empty selector is required.")
  local generation = deployment.metadata.generation
  if ((deployment.status or {}).observedGeneration or 0) < generation then
    ctx:update_status(deployment, function(draft) draft.observedGeneration = generation end)
  end
end

local function sync(run)
  local deployment = run.deployment
  if deployment.metadata.deletionTimestamp then
    return run:perform(new_set.follow, steps.write_status)
  elseif deployment.spec.paused and rollback.target(deployment) then
    return run:perform(steps.note_pause, new_set.follow, steps.resize, steps.write_status)
  elseif deployment.spec.paused then
    return run:perform(steps.note_pause, new_set.follow, steps.resize, steps.clean_up,
      steps.write_status)
  elseif rollback.target(deployment) then
    return run:perform(steps.note_pause, new_set.follow, rollback.step)
  elseif steps.is_resized(run) then
    return run:perform(steps.note_pause, new_set.follow, steps.resize, steps.write_status)
  end
  return run:perform(steps.note_pause, new_set.follow, advance.step, steps.write_progress,
    advance.restore)
end

local function reconcile(ctx, deployment)
  if selector.from(deployment.spec.selector or {}):kind() == "everything" then
    return refuse(ctx, deployment)
  end
  local strategy = ctx:policy("rollout", deployment.spec.strategy.type)
  if not strategy then
    return nil, "unexpected deployment strategy type: " .. deployment.spec.strategy.type, "Invalid"
  end
  local run, message, code = Run.open(ctx, deployment, strategy)
  if not run then
    return nil, message, code
  end
  local done
  done, message, code = sync(run)
  if not done then
    return nil, message, code
  end
  return run.requeue
end

return kind "Deployment" {
  api = "apps/v1",
  short = { "deploy" },
  categories = { "all" },
  schema = apps.Deployment,
  legacy = legacy.Deployment,
  validation = require "wl.validate.deployment",
  preparation = prepare.deployment,
  owns = { "ReplicaSet" },
  reconcile = reconcile,
}
