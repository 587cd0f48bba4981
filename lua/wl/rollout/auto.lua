-- SPDX-License-Identifier: MIT
--- Going back without being told: `autoRollback: true` beside a strategy's type.
--
-- A rollout that makes no progress for as long as its deadline allows is turned
-- back: one in steps to its stable revision; one of any other strategy by putting
-- the template of the last healthy revision back, as `rollout undo` does. Progress
-- is one more new pod available, or one old pod less, than ever before.
--
-- The deadline is the Deployment's progressDeadlineSeconds; StatefulSets and
-- DaemonSets have one beside the strategy's type. What waits for time, people or a
-- measurement has none.
local duration = require "wl.duration"
local goal = require "wl.rollout.goal"
local record = require "wl.rollout.record"

local auto = {}

local DEFAULT = 600

--- The seconds without progress after which an object's rollout goes back.
-- @param object
-- @treturn ?number nil: it does not
function auto.deadline(object)
  local spec = object.spec
  local strategy = spec.strategy or spec.updateStrategy or {}
  if not strategy.autoRollback then
    return nil
  end
  return spec.progressDeadlineSeconds or strategy.progressDeadlineSeconds or DEFAULT
end

-- It grows with each pod that comes or goes as it should.
local function height(view)
  local old = 0
  for _, set in ipairs(view.old) do
    old = old + set.replicas
  end
  return view.new.available - old
end

--- Note progress, and turn a rollout back that has made none for too long.
-- @tparam table view with `deadline`; without one nothing is done
-- @tparam table now the record, changed
-- @tparam ?integer step before this sync
-- @treturn ?number seconds until it must be looked at again
function auto.judge(view, now, step)
  if not view.deadline then
    return nil
  elseif now.phase ~= "Progressing" then
    now.progressedAt, now.reached = nil, nil
    return nil
  end
  local reached = height(view)
  if not now.progressedAt or now.step ~= step or reached > (now.reached or reached) then
    now.progressedAt, now.reached = record.stamp(view.now), reached
  end
  local left = record.seconds(now.progressedAt) + view.deadline - view.now
  if left > 0 then
    return left
  end
  now.abortedAt, now.phase = record.stamp(view.now), "Degraded"
  now.message = ("no progress for %s"):format(duration.format(view.deadline))
    .. (now.message and ": " .. now.message or "")
end

--- The record of a rollout that is not in steps.
-- @tparam table view
-- @tparam string strategy name
-- @treturn table as a plan's `rollout`
function auto.watch(view, strategy)
  local now = record.open(view, strategy)
  if goal.is_reached(view, { new = view.replicas, old = 0 }) then
    now.stable, now.phase, now.message = now.revision, "Healthy", nil
    now.progressedAt, now.reached, now.abortedAt = nil, nil, nil
  elseif record.is_settled(now) then
    now.phase = now.phase or "Progressing"
  elseif not record.is_aborted(now) then
    now.phase = "Progressing"
    return { record = now, requeue = auto.judge(view, now, now.step) }
  end
  return { record = now }
end

local function revision_of(rollout, ctx, object, hash)
  for _, one in ipairs(rollout.revisions(ctx, object) or {}) do
    if one.name == hash or one.hash == hash then
      return one.revision
    end
  end
end

--- Put the template of the stable revision back, of a rollout that is not in steps.
-- @param ctx
-- @param object
-- @tparam table now its record
-- @treturn ?boolean true; or nil, message, code
function auto.restore(ctx, object, now)
  if not record.is_aborted(now) or record.is_settled(now) then
    return true
  end
  local rollout = require "wl.rollout"
  object = ctx:by_uid(object.metadata.uid)
  local number = revision_of(rollout, ctx, object, now.stable)
  if not number then
    ctx:event(object, "Warning", "RolloutRollbackFailed",
      ("Revision %s is not there any more"):format(now.stable))
    return true
  end
  local done, message, code = rollout.undo(ctx, object, number)
  if not done then
    return nil, message, code
  end
  ctx:event(object, "Warning", "RolloutRolledBack",
    ("Rolled back to revision %d: %s"):format(number, now.message))
  return true
end

return auto
