-- SPDX-License-Identifier: MIT
--- One step of a rollout, as the Deployment's strategy plans it.
--
-- Source: pkg/controller/deployment `rolling.go`, `recreate.go`.
local auto = require "wl.rollout.auto"
local budget = require "wl.rollout.budget"
local drained = require "wl.rollout.drained"
local hash = require "wl.hash"
local new_set = require "wl.rollout.new_set"
local pod_template = require "wl.pod_template"
local policy = require "wl.policy"
local scripted = require "wl.rollout.scripted"
local sets = require "wl.rollout.sets"
local status = require "wl.rollout.status"
local steps = require "wl.rollout.steps"

local advance = {}

--- Pods of old sets that are not finished; one that is being deleted exists.
-- @tparam table run
-- @treturn integer
function advance.old_pods(run)
  local existing = 0
  for _, set in ipairs(run.old) do
    local pods = run.ctx:owned(set.object, "Pod")
    existing = existing + math.max(set.current,
      #pods - pods:count("phase", "Succeeded") - pods:count("phase", "Failed"))
  end
  return existing
end

local function revision_of(run)
  return run.new and run.new.hash
    or hash.template(run.deployment.spec.template, (run.deployment.status or {}).collisionCount)
end

local function new_pods(run)
  return function()
    return run.ctx:owned(run.new.object, "Pod"):each()
  end
end

local function view_of(run)
  local view = sets.view(run.new, run.old, {
    replicas = run.replicas,
    surge = run.surge,
    unavailable = run.unavailable,
    old_pods = advance.old_pods(run),
    exclusive = run.strategy.exclusive,
    params = run.deployment.spec.strategy[run.strategy.block],
    now = run.ctx.now,
    stable = run.strategy.script and scripted.stable(run.deployment),
  })
  if run.strategy.script or auto.deadline(run.deployment) then
    view.revision = revision_of(run)
    scripted.complete(run.ctx, run.deployment, view,
      { label = pod_template.HASH, pods = new_pods(run) })
  end
  return view
end

local function sooner(a, b) return a and b and math.min(a, b) or a or b end

--- What the strategy plans for a run, held to the budget.
-- @tparam table run
-- @treturn ?table `new`, `old` (sizes), `sets` (that `old` is about), `requeue`,
--   `message`; or nil, message, code
function advance.plan(run)
  local view = view_of(run)
  local asked, message, reason = policy.call(run.ctx, run.strategy, run.deployment, "plan", view)
  if not asked then
    return nil, message, reason
  end
  local held, complaint = budget.hold(asked, view)
  policy.held(run.ctx, run.deployment, held, complaint)
  if complaint then
    run.ctx:event(run.deployment, "Warning", "RolloutBudget",
      ("Strategy %s: %s"):format(run.strategy.name, complaint))
  end
  if not held then
    return nil, complaint, "Invalid"
  end
  held.sets, held.requeue, held.message = view.old, asked.requeue, asked.message
  held.rollout = asked.rollout
  if not run.strategy.script and view.deadline then
    held.rollout = auto.watch(view, run.strategy.name)
    held.requeue = sooner(held.requeue, held.rollout.requeue)
  end
  return held
end

local function carry_out(run, held)
  local size = drained.size(run, held)
  if size and run.new then
    local done, message, code = run:scale_to(run.new, size)
    if not done then
      return nil, message, code
    end
  end
  for i, set in ipairs(held.sets) do
    local done, message, code = run:scale_to(set, held.old[i])
    if not done then
      return nil, message, code
    end
  end
  return true
end

-- Until a script is at its end it may want to go back.
local function is_under_way(held)
  return held.rollout ~= nil and held.rollout.record.phase ~= "Healthy"
end

-- The set is made with the size that the first plan gives it; what to do next
-- to it is planned anew.
local function plan_with_new_set(run)
  local held, message, code = advance.plan(run)
  if not held or run.new or not held.new then
    return held, message, code
  end
  local created
  created, message, code = new_set.create(run, held.new)
  if not created then
    return nil, message, code
  end
  return advance.plan(run)
end

--- Make the new set if it is time to, and size the sets. Once the rollout is
-- complete, sets beyond the history limit go.
-- @tparam table run
-- @treturn ?boolean true; or nil, message, code
function advance.step(run)
  local held, message, code = plan_with_new_set(run)
  if not held then
    return nil, message, code
  end
  run.requeue, run.message = held.requeue, held.message
  if held.rollout then
    run.record, run.waits = held.rollout.record, held.rollout.waits
  end
  local done
  done, message, code = scripted.follow(run.ctx, run.deployment, held.rollout, pod_template.HASH)
  if done then
    done, message, code = carry_out(run, held)
  end
  if not done then
    return nil, message, code
  end
  local complete = status.complete(run.deployment, run.deployment.status or {})
  return not complete or run.scaled or is_under_way(held) or steps.clean_up(run)
end

--- Put the last healthy template back where `autoRollback` wants that.
-- @tparam table run
-- @treturn ?boolean true; or nil, message, code
function advance.restore(run)
  if run.strategy.script or not run.record then
    return true
  end
  return auto.restore(run.ctx, run.deployment, run.record)
end

return advance
