-- SPDX-License-Identifier: MIT
--- Opening a pass over a StatefulSet's members: what there is, and what its
-- strategy wants of it, where that is not one of Kubernetes' own.
local Pass = require "wl.stateful.pass"
local Roster = require "wl.stateful.roster"
local in_place = require "wl.rollout.in_place"

local function refresh(ctx, set, roster, found, wanted)
  roster:refresh(ctx, set, { generation = set.metadata.generation, now = ctx.now,
    current = found.current.metadata.name, update = wanted.metadata.name,
    min_ready = set.spec.minReadySeconds or 0 })
  return roster
end

-- Rosters of sets that are gone go when a new one is made.
local function roster_of(ctx, set, found, wanted)
  ctx.rosters = ctx.rosters or {}
  local rosters, uid = ctx.rosters, set.metadata.uid
  if not rosters[uid] then
    for other in pairs(rosters) do
      rosters[other] = ctx:by_uid(other) and rosters[other] or nil
    end
    rosters[uid] = Roster.new()
  end
  return refresh(ctx, set, rosters[uid], found, wanted)
end

local function counts_of(set, found, roster)
  local update = found.update.metadata.name
  local sums, updated, available = roster:counts(), roster:count_of(update)
  return {
    replicas = set.spec.replicas or 1, updated = updated, updated_available = available,
    total = sums.replicas, available = sums.availableReplicas, unavailable = 1,
    revision = update, stable = found.current.metadata.name,
  }
end

local function plan(ctx, set, found, strategy)
  local is_back = in_place.is_going_back(set, found.update.metadata.name)
  local roster = roster_of(ctx, set, found, is_back and found.current or found.update)
  local planned, message, code =
    in_place.plan(ctx, set, strategy, counts_of(set, found, roster))
  if not planned then
    return nil, message, code
  elseif planned.back ~= is_back then
    refresh(ctx, set, roster, found, planned.back and found.current or found.update)
  end
  local pass = Pass.new(ctx, set, found, roster)
  pass.partition = (set.spec.replicas or 1) - planned.new
  pass.back, pass.recovers, pass.requeue = planned.back, true, planned.requeue
  pass.max = in_place.budget(set, strategy).maxUnavailable
  pass.record = planned.record
  pass.is_over = not planned.record or planned.record.phase == "Healthy"
  return pass
end

--- Open a pass.
-- @param ctx
-- @param set
-- @tparam table found revisions: current, update
-- @treturn ?Pass with a `partition` and a `record` where a strategy of its own has them; or nil,
--   message, code
return function(ctx, set, found)
  local strategy, message, code = in_place.strategy(ctx, set)
  if message then
    return nil, message, code
  elseif strategy then
    return plan(ctx, set, found, strategy)
  end
  local roster = roster_of(ctx, set, found, found.update)
  local pass = Pass.new(ctx, set, found, roster)
  local watched = in_place.watch(ctx, set, counts_of(set, found, roster))
  if watched then
    pass.record, pass.requeue, pass.recovers = watched.record, watched.requeue, true
    pass.restores = true
  end
  return pass
end
