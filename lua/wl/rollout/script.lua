-- SPDX-License-Identifier: MIT
--- A strategy that is a script, as a plan.
--
-- The script only runs while there is something to be careful about: the first
-- template of a workload, and the one that is stable already, come to all pods at
-- once, as far as the budget allows. After an abort the stable one does.
-- A strategy's contract is in `wl.strategy`, the steps are in `wl.rollout.step`.
local auto = require "wl.rollout.auto"
local goal = require "wl.rollout.goal"
local record = require "wl.rollout.record"
local step = require "wl.rollout.step"

local script = {}

--- The metatable of what a script came to: a plan that is no script cannot make one.
script.OUTCOME = {}

local function whole(view) return { new = view.replicas, old = 0 } end

-- What is stable is noted when all of it is there.
local function settle(view, now)
  local wish = whole(view)
  if goal.is_reached(view, wish) then
    now.stable, now.phase, now.message = now.revision, "Healthy", nil
  elseif now.phase ~= "Healthy" then
    now.phase, now.message = "Progressing", now.stable and "back to the stable revision" or nil
  end
  return wish, {}
end

local function turn_back(view, now)
  for _, service in ipairs(now.services or {}) do
    service.revision = now.stable
  end
  return { new = 0, old = view.replicas }, {}
end

local function sooner(a, b) return a and b and math.min(a, b) or a or b end

local function go_on(body, view, now, promoted)
  local before = now.step
  local done = step.run(body, view, now, promoted)
  if not done.is_over and not record.is_aborted(now) then
    done.requeue = sooner(done.requeue, auto.judge(view, now, before))
  end
  if record.is_aborted(now) then
    return turn_back(view, now)
  elseif done.is_over then
    now.stable, now.phase, now.message = now.revision, "Healthy", nil
    now.step, now.full = nil, nil
  end
  return done.goal, done
end

-- No goal yet: all stays, and the new set is not made.
local function next_sizes(view, wish)
  return wish and goal.approach(view, wish) or { new = view.in_place and 0 or nil }
end

-- While nothing but time, people or a measurement is missing, no deadline runs.
local function reason_to_wait(now)
  return record.is_aborted(now) and "RolloutAborted"
    or now.phase == "Paused" and "RolloutPaused" or nil
end

--- The `plan` of a script. Its `rollout` has the record; goal (nil: none yet); notes, texts for
-- events; mended, what was wrong with the record; waits, the reason when it waits for nothing
-- that a deadline could end.
-- @tparam string name of the strategy
-- @tparam function body function(step, params)
-- @treturn function
function script.planner(name, body)
  return function(view)
    local now, promoted = record.open(view, name)
    view.stable = now.stable
    local wish, done
    if record.is_settled(now) then
      wish, done = settle(view, now)
    elseif record.is_aborted(now) then
      wish, done = turn_back(view, now)
    else
      wish, done = go_on(body, view, now, promoted)
    end
    local plan = next_sizes(view, wish)
    plan.requeue, plan.message = done.requeue, now.message
    plan.rollout = setmetatable({ record = now, goal = wish, notes = done.notes,
      mended = done.mended, waits = reason_to_wait(now) }, script.OUTCOME)
    return plan
  end
end

return script
