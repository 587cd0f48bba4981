-- SPDX-License-Identifier: MIT
--- DaemonSet: one pod on every node that it fits.
--
-- A sync first sees to it that each node has the pod that it needs and no other;
-- a pod that fails is replaced, after ever longer waits. Then the rollout goes on:
-- old pods are deleted, as many as may be missing (maxUnavailable), or new ones are
-- made beside them, as many as may be too many (maxSurge). A pod that is of no use
-- to anybody as it is never counts against the budget.
-- Source: pkg/controller/daemon.
local Run = require "wl.daemon.run"
local apps = require "wl.api.apps"
local auto = require "wl.rollout.auto"
local claim = require "wl.claim"
local history = require "wl.revision_history"
local in_place = require "wl.rollout.in_place"
local kind = require "wl.kind"
local legacy = require "wl.api.legacy"
local prepare = require "wl.api.prepare.workload"
local revisions = require "wl.daemon.revisions"
local selector = require "wl.selector"
local steps = require "wl.daemon.steps"

-- ---- one pod a node ----

local function excess_of(run, nodes)
  local list = {}
  for _, node in ipairs(nodes) do
    for _, one in ipairs(node.excess) do
      run:note_end(node, one)
      list[#list + 1] = one
    end
  end
  return list
end

local function fill(run, most)
  if run.target then
    return steps.fill(run, most)
  end
  return run:create_on(run.map:take("needy", most))
end

local function keep(run)
  local creations, deletions = run:left()
  local made, message, code = fill(run, creations)
  local deleted, problem, problem_code =
    run:delete(excess_of(run, run.map:take("crowded", deletions)))
  if not made or not deleted then
    return nil, message or problem, code or problem_code
  end
  return true
end

-- ---- the rollout ----

local function old_pods(...)
  local list = {}
  for _, nodes in ipairs { ... } do
    for _, node in ipairs(nodes) do
      list[#list + 1] = node.old
    end
  end
  return list
end

-- Old pods that are not available go in any case; of the others, as many as may
-- be missing.
local function replace(run, unavailable, most)
  local map, _, deletions = run.map, run:left()
  local broken = map:take("broken", math.min(deletions, most), run.rank)
  local spare = math.min(unavailable - map:sum "unavailable", deletions - #broken,
    most - #broken)
  return run:delete(old_pods(broken, map:take("candidate", spare, run.rank)))
end

-- Where the old pod is not available a new one is made in any case; elsewhere, as
-- many as may be too many. On a node that wants no pod any more the old one stays
-- until enough are available elsewhere.
local function surge(run, spare_nodes, most)
  local map, creations, deletions = run.map, run:left()
  local useless = map:take("useless", deletions)
  local spare = map:sum "available" - map:sum "desired"
  local done, message, code = run:delete(old_pods(useless, map:take("sunset", spare)))
  if not done then
    return nil, message, code
  end
  local nodes = map:take("broken", math.min(creations, most), run.rank)
  local more = map:take("candidate", math.min(spare_nodes - map:sum "surging",
    creations - #nodes, most - #nodes), run.rank)
  return run:create_on(table.move(more, 1, #more, #nodes + 1, nodes))
end

-- Under OnDelete a pod stays as it is until somebody deletes it.
local function update(run)
  if not run.target and run.set.spec.updateStrategy.type ~= "RollingUpdate" then
    return true
  end
  local spare_nodes, unavailable = run:budget_of(run.map:sum "desired")
  local most = run.target and steps.left(run) or math.huge
  if spare_nodes > 0 then
    return surge(run, spare_nodes, most)
  end
  return replace(run, unavailable, most)
end

-- ---- a sync ----

local function work(run, old)
  local done, message, code = keep(run)
  if done then
    run:look()
    done, message, code = update(run)
    run:look()
  end
  local limit = run.set.spec.revisionHistoryLimit
  local expired = revisions.expired(old, limit, function(sum)
    return run.map:uses(sum) or run.stable and run.stable.sum == sum
  end)
  local forgotten, problem, problem_code = history.delete(run.ctx, expired)
  if not done or not forgotten then
    return nil, message or problem, code or problem_code
  end
  return true
end

local function next_look(run)
  local due = run.map:next_due()
  local wait = due and math.max(due - run.ctx.now, 0)
  return wait and run.requeue and math.min(wait, run.requeue) or wait or run.requeue
end

local function open(ctx, set, current, old)
  local strategy, message, code = in_place.strategy(ctx, set)
  if message then
    return nil, message, code
  elseif strategy then
    return steps.open(ctx, set, revisions.sum(current), old, strategy)
  end
  return steps.watch(Run.open(ctx, set, revisions.sum(current)))
end

local function sync(ctx, set, list)
  local current, old, collisions = revisions.find(ctx, set, list)
  if not current then
    return nil, old, collisions
  end
  local run, done, message, code
  run, message, code = open(ctx, set, current, old)
  if not run then
    return nil, message, code
  end
  done = true
  if ctx.settled ~= false then
    done, message, code = work(run, old)
  end
  local status = run:status(collisions)
  if ctx.settled ~= false then
    status.observedGeneration = set.metadata.generation
  end
  local written, refusal, refusal_code = ctx:update_status(set, status)
  if not done or not written then
    return nil, message or refusal, code or refusal_code
  elseif run.restores then
    done, message, code = auto.restore(ctx, set, run.record)
    if not done then
      return nil, message, code
    end
  end
  return next_look(run)
end

local function reconcile(ctx, set)
  if selector.from(set.spec.selector or {}):kind() == "everything" then
    ctx:event(set, "Warning", "SelectingAll",
      "This daemon set is selecting all pods. A non-empty selector is required.")
    return
  elseif set.metadata.deletionTimestamp then
    return
  end
  local claimed, message, code = claim.sync(ctx, set, "Pod", set.spec.selector)
  if not claimed then
    return nil, message, code
  end
  local list
  list, message, code = history.claimed(ctx, set)
  if not list then
    return nil, message, code
  end
  return sync(ctx, set, list)
end

return kind "DaemonSet" {
  api = "apps/v1",
  short = { "ds" },
  categories = { "all" },
  schema = apps.DaemonSet,
  legacy = legacy.DaemonSet,
  validation = require "wl.validate.daemonset",
  preparation = prepare.daemon_set,
  owns = { "Pod", "ControllerRevision" },
  watches = { { kind = "Node", map = Run.concerned } },
  reconcile = reconcile,
}
