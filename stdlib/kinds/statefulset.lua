-- SPDX-License-Identifier: MIT
--- StatefulSet: pods with names that stay, each with its own storage, one after another.
--
-- A sync looks at the pods that are wanted, from the lowest ordinal up; then at
-- those that are too many, from the highest down; and only when all of that is as
-- it should be does the rollout go on, again from the highest down. Under
-- OrderedReady each step waits for the one before: so a pod that never gets ready
-- holds up everything, a rollout too, until somebody repairs or deletes it. Under
-- Parallel nothing waits but the rollout.
-- Source: pkg/controller/statefulset.
local apps = require "wl.api.apps"
local auto = require "wl.rollout.auto"
local claim = require "wl.claim"
local claims = require "wl.stateful.claims"
local history = require "wl.revision_history"
local kind = require "wl.kind"
local legacy = require "wl.api.legacy"
local member = require "wl.stateful.member"
local open = require "wl.stateful.open"
local pods = require "wl.stateful.pods"
local prepare = require "wl.api.prepare"
local revisions = require "wl.stateful.revisions"
local status = require "wl.stateful.status"

-- Seconds after which claims that are on their way out are looked at again.
local CLAIM_WAIT = 1

-- ---- the pods that are wanted ----

-- One that has ended is deleted, and made anew when it is gone.
local function finish(pass, one)
  if one.terminating then
    return false
  end
  local done, message, code = pass:delete(one)
  if not done then
    return nil, message, code
  end
  return false
end

-- In order, the next one has to wait until this one is available.
local function keep(pass, one)
  if member.finished(one) then
    return finish(pass, one)
  elseif not one.pod then
    local created, message, code = pass:create(one)
    return created and not pass.ordered, message, code
  elseif one.phase == "Pending" then
    local done, message, code = claims.ensure(pass.ctx, pass.set, one)
    if not done then
      return nil, message, code
    end
  end
  if pass.ordered and member.unavailable(one) then
    return false
  end
  return pods.mend(pass.ctx, pass.set, one)
end

-- ---- the pods that are too many ----

local function hand_over_claims(pass, one)
  return claims.retain(pass.ctx, pass.set, one.pod, one.ordinal)
end

-- One that is not available may go only if it is the first such of all: it is not
-- going to get better by waiting.
local function retire(pass, one)
  if one.terminating then
    return false
  elseif pass.ordered and not one.available and not pass.roster:is_first_blocked(one) then
    return false
  end
  local done, message, code = pass:delete(one)
  if not done then
    return nil, message, code
  end
  return not pass.ordered
end

-- ---- the rollout ----

-- One at a time, and not before all above it are available.
local function update_next(pass, lowest)
  local one = pass:next_outdated(lowest)
  if not one then
    return true
  end
  return pass:replace(one)
end

-- As many at a time as may be unavailable.
local function update_some(pass, lowest, budget)
  local most, message, code = pass.max_unavailable(budget, pass.set.spec.replicas or 1)
  if not most then
    return nil, message, code
  end
  for _, one in ipairs(pass:all_outdated(lowest, most - pass:count_unavailable())) do
    local done
    done, message, code = pass:replace(one)
    if not done then
      return nil, message, code
    end
  end
  return true
end

-- As a strategy in steps has it: down to its partition; or all the way back.
local function update_in_steps(pass)
  local lowest = pass.back and 1 or pass.partition + 1
  if pass.max then
    return update_some(pass, lowest, pass.max)
  end
  return update_next(pass, lowest)
end

-- A pod that holds up all others, and is not of the revision that it should be,
-- will not get better by waiting.
local function recover(pass)
  local at = pass.roster:first_blocked()
  local one = at and pass.roster:at(at)
  if not one or one.terminating or one.revision == pass:wanted(one.ordinal).metadata.name then
    return true
  end
  local done, message, code = pass:replace(one)
  if not done then
    return nil, message, code
  end
  return false
end

-- Under OnDelete a pod stays as it is until somebody deletes it.
local function update(pass)
  if pass.partition then
    return update_in_steps(pass)
  end
  local strategy = pass.set.spec.updateStrategy
  if strategy.type == "OnDelete" then
    return true
  end
  local rolling = strategy.rollingUpdate or {}
  local lowest = (rolling.partition or 0) + 1
  if rolling.maxUnavailable then
    return update_some(pass, lowest, rolling.maxUnavailable)
  end
  return update_next(pass, lowest)
end

-- ---- a sync ----

local function work(pass)
  local done, message, code = true, nil, nil
  if pass.recovers then
    done, message, code = recover(pass)
  end
  if done then
    done, message, code = pass:each_wanted(keep)
  end
  if done then
    done, message, code = pass:each_surplus(hand_over_claims)
  end
  if done then
    done, message, code = pass:each_surplus(retire)
  end
  if done then
    done, message, code = update(pass)
  end
  return done, message, code
end

local function claim_pods(ctx, set)
  return claim.sync(ctx, set, "Pod", set.spec.selector, nil,
    function(pod) return member.belongs(set, pod) end)
end

local function write_status(pass, collisions)
  local set, counted = pass.set, pass:status()
  counted.observedGeneration, counted.collisionCount = set.metadata.generation, collisions
  counted.currentReplicas = math.max(counted.currentReplicas, 0)
  counted.rollout = pass.record
  status.complete(set, counted, pass.is_over)
  if not status.differs(set.status or {}, counted) then
    return true
  end
  return pass.ctx:update_status(set, status.written(counted, (set.status or {}).conditions))
end

local function forget_old_revisions(pass, all)
  local live = {}
  for _, one in ipairs(all) do
    live[one.metadata.name] = pass.roster:uses(one.metadata.name)
  end
  live[pass.current.metadata.name], live[pass.update.metadata.name] = true, true
  return history.delete(pass.ctx, revisions.expired(all, live, pass.set.spec.revisionHistoryLimit))
end

local function sync(ctx, set, all)
  local found, message, code = revisions.find(ctx, set, all)
  if not found then
    return nil, message, code
  end
  local pass, done
  pass, message, code = open(ctx, set, found)
  if not pass then
    return nil, message, code
  end
  done = true
  if set.metadata.deletionTimestamp == nil then
    done, message, code = work(pass)
  end
  local written, refusal, refusal_code = write_status(pass, found.collisions)
  local forgotten, problem, problem_code = forget_old_revisions(pass, all)
  if done == nil or not written or not forgotten then
    return nil, message or refusal or problem, code or refusal_code or problem_code
  elseif pass.restores then
    done, message, code = auto.restore(ctx, set, pass.record)
  end
  return done ~= nil and pass or nil, message, code
end

local function sooner(a, b) return a and b and math.min(a, b) or a or b end

local function next_look(pass)
  local due = pass.roster:next_due()
  local next_one = sooner(pass.waits_for_claims and CLAIM_WAIT or nil, due and due - pass.ctx.now)
  return sooner(next_one, pass.requeue)
end

local function reconcile(ctx, set)
  local all, message, code = history.claimed(ctx, set)
  if not all then
    return nil, message, code
  end
  local claimed, pass
  claimed, message, code = claim_pods(ctx, set)
  if not claimed then
    return nil, message, code
  end
  pass, message, code = sync(ctx, set, all)
  if not pass then
    return nil, message, code
  end
  return next_look(pass)
end

return kind "StatefulSet" {
  api = "apps/v1",
  short = { "sts" },
  categories = { "all" },
  schema = apps.StatefulSet,
  legacy = legacy.StatefulSet,
  validation = require "wl.validate.statefulset",
  preparation = prepare.standard(apps.StatefulSet),
  owns = { "Pod", "ControllerRevision" },
  reconcile = reconcile,
}
