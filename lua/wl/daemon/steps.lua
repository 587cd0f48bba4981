-- SPDX-License-Identifier: MIT
--- A DaemonSet whose strategy is not one of Kubernetes' own: how many nodes, and
-- which, may have pods of the new revision.
--
-- Where pods must go back, the stable revision is the one that the rollout goes
-- to, and everything else is as ever.
local Run = require "wl.daemon.run"
local history = require "wl.revision_history"
local in_place = require "wl.rollout.in_place"
local revisions = require "wl.daemon.revisions"

local steps = {}

local function stable_of(set, old)
  local kept = (set.status or {}).rollout
  for _, one in ipairs(old) do
    if kept and revisions.sum(one) == kept.stable then
      return { sum = kept.stable, template = history.template(one) }
    end
  end
end

local function counts_of(run, strategy)
  local map, desired = run.map, run.map:sum "desired"
  local surge, unavailable = run:budget_of(desired)
  return {
    replicas = desired, updated = run:updated(),
    updated_available = run.back and 0 or map:sum "fresh", total = map:sum "current",
    available = map:sum "serving", surge = surge, unavailable = unavailable,
    revision = run.sum, stable = run.stable and run.stable.sum,
    domains = strategy.domains and map.domains:list(),
  }
end

local function open(ctx, set, sum, strategy, stable)
  local budget, params = in_place.budget(set, strategy), in_place.params(set, strategy)
  return Run.open(ctx, set, sum, {
    stepwise = true, stable = stable, max_surge = budget.maxSurge,
    max_unavailable = budget.maxUnavailable,
    back = stable ~= nil and in_place.is_going_back(set, sum),
    topology = strategy.domains and (params and params.topologyKey or strategy.domains),
  })
end

--- Open a sync.
-- @param ctx
-- @param set
-- @tparam string sum the hash of the present revision
-- @tparam table old revisions
-- @tparam table strategy
-- @treturn ?Run with `target`, how many nodes may have the new revision; or nil, message, code
function steps.open(ctx, set, sum, old, strategy)
  local stable = stable_of(set, old)
  local run = open(ctx, set, sum, strategy, stable)
  local plan, message, code = in_place.plan(ctx, set, strategy, counts_of(run, strategy))
  if not plan then
    return nil, message, code
  end
  local back = plan.back and stable ~= nil
  if back ~= run.back then
    run.back = back
    run:look()
  end
  run.target = back and run.map:sum "desired" or plan.new
  run.rank = plan.domains and run.map.domains:highest(plan.domains)
  run.record, run.requeue = plan.record, plan.requeue
  return run
end

--- Watch over the progress of a strategy that is one of the kind's own.
-- @tparam Run run its record and requeue are set
function steps.watch(run)
  local watched = in_place.watch(run.ctx, run.set, counts_of(run, {}))
  if watched then
    run.record, run.requeue, run.restores = watched.record, watched.requeue, true
  end
  return run
end

--- How many nodes may still change to the revision that the rollout goes to.
-- @treturn integer
function steps.left(run)
  return math.max(0, run.map:sum "outdated" - (run.map:sum "desired" - run.target))
end

--- Give the nodes that need a pod one: of the new revision as many as may have it,
-- and the others of the stable one.
-- @tparam Run run
-- @tparam integer most
-- @treturn ?boolean true; or nil, message, code
function steps.fill(run, most)
  local map = run.map
  local new = run.stable and not run.back and math.max(0, run.target - map:sum "updated")
    or math.huge
  local made, message, code = run:create_on(map:take("needy", math.min(most, new), run.rank))
  if made and run.stable and not run.back then
    made, message, code = run:create_on(map:take("needy", (run:left())), true)
  end
  return made, message, code
end

return steps
