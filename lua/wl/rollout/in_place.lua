-- SPDX-License-Identifier: MIT
--- Strategies for pods that are replaced one for one: those of a StatefulSet, by
-- ordinal, and those of a DaemonSet, by node.
--
-- A strategy says how many pods shall be of the new template; which, and how many
-- at a time, is the kind's own matter. Kubernetes' own strategies are the kinds'
-- own matter altogether.
--
-- A smaller share than before takes no pods back: only an abort does, all of them.
-- What is left of an earlier rollout that was not finished, and is available, stays
-- until this one comes to it; what is not available is made anew at once.
local auto = require "wl.rollout.auto"
local controller_revision = require "wl.controller_revision"
local policy = require "wl.policy"
local record = require "wl.rollout.record"
local scripted = require "wl.rollout.scripted"

local in_place = {}

local OWN = { RollingUpdate = true, OnDelete = true }

--- The strategy of an object, when it is not one of the kind's own.
-- @param ctx
-- @param object a StatefulSet or DaemonSet
-- @treturn ?table see `wl.strategy`; nil: one of the kind's own; or nil, message, code
function in_place.strategy(ctx, object)
  local name = object.spec.updateStrategy.type
  if OWN[name] then
    return nil
  end
  local found = ctx:policy("rollout", name)
  if not found then
    return nil, ("unexpected update strategy type: %s"):format(name), "Invalid"
  end
  return found
end

--- What the manifest gives a strategy: its own block.
function in_place.params(object, strategy)
  return object.spec.updateStrategy[strategy.block]
end

--- maxSurge and maxUnavailable of a strategy that is not the kind's own.
-- @treturn table with either, or none
function in_place.budget(object, strategy)
  local given, own = in_place.params(object, strategy) or {}, strategy.budget or {}
  return { maxSurge = given.maxSurge or own.maxSurge,
    maxUnavailable = given.maxUnavailable or own.maxUnavailable }
end

--- Is an object's rollout on its way back to the stable revision?
-- @param object
-- @tparam string revision the new one
-- @treturn boolean
function in_place.is_going_back(object, revision)
  local kept = (object.status or {}).rollout
  return record.is_aborted(kept) and kept.revision == revision
end

local NONE = {}

local function view_of(ctx, object, strategy, counts)
  local view = {
    in_place = true, replicas = counts.replicas, surge = counts.surge or 0,
    unavailable = counts.unavailable, total = counts.total, available = counts.available,
    new = { exists = true, hash = counts.revision, replicas = counts.updated,
      current = counts.updated, ready = counts.updated_available,
      available = counts.updated_available, terminating = 0 },
    old = {}, old_pods = math.max(0, counts.total - counts.updated), exclusive = false,
    params = strategy.block and in_place.params(object, strategy), now = ctx.now,
    domains = counts.domains,
  }
  local left, available = view.old_pods, math.max(0, counts.available - counts.updated_available)
  if left > 0 then
    view.old[1] = { exists = true, hash = counts.stable, replicas = left, current = left,
      ready = available, available = available, terminating = 0 }
  end
  if strategy.script or auto.deadline(object) then
    view.revision = counts.revision
    scripted.complete(ctx, object, view,
      { label = controller_revision.POD_LABEL, pods = counts.pods })
  end
  return view
end

--- Watch over the progress of a strategy that is one of the kind's own.
-- @param ctx
-- @param object
-- @tparam table counts as for `plan`
-- @treturn ?table record, requeue; nil where it does not go back by itself
function in_place.watch(ctx, object, counts)
  local name = object.spec.updateStrategy.type
  if not auto.deadline(object) or name == "OnDelete" then
    return nil
  end
  return auto.watch(view_of(ctx, object, NONE, counts), name)
end

--- What a strategy plans, once what follows from it besides pods is done.
-- @param ctx
-- @param object
-- @tparam table strategy
-- @tparam table counts replicas (wanted), updated, updated_available, total, available,
--   unavailable and surge (the budget), revision and stable (hashes), domains, pods()
-- @treturn ?table new (how many pods shall be new), back (true: none, and those that are
--   go back), domains (those whose pods may be new; nil: all), record, requeue; or nil,
--   message, code
function in_place.plan(ctx, object, strategy, counts)
  local view = view_of(ctx, object, strategy, counts)
  local asked, message, reason = policy.call(ctx, strategy, object, "plan", view)
  if not asked then
    return nil, message, reason
  end
  local rollout = asked.rollout or {}
  local plan = { new = math.min(asked.new or counts.updated, counts.replicas),
    requeue = asked.requeue, record = rollout.record,
    back = record.is_aborted(rollout.record), domains = rollout.goal and rollout.goal.domains }
  local complaint = asked.new and asked.new > counts.replicas
    and ("more pods (%d) than there are to be (%d)"):format(asked.new, counts.replicas) or nil
  policy.held(ctx, object, plan, complaint)
  if complaint then
    ctx:event(object, "Warning", "RolloutBudget", ("Strategy %s: %s"):format(strategy.name,
      complaint))
  end
  local done, code
  done, message, code = scripted.follow(ctx, object, asked.rollout, controller_revision.POD_LABEL)
  if not done then
    return nil, message, code
  end
  return plan
end

return in_place
