-- SPDX-License-Identifier: MIT
--- The way to a goal: how many pods of the new and of the old template there
-- are to be, reached a few at a time within the budget.
--
-- A goal is { new = n, old = m } in pods. Those that are to grow grow into the
-- room that maxSurge leaves; when there is none, the others shrink as far as
-- maxUnavailable allows: it is the rolling update, which stops where it is told.
-- Of the old pods those of the stable revision stay; all others give way.
--
-- Where pods are replaced in their place (`in_place`: StatefulSet, DaemonSet) the
-- kind itself goes there a few at a time.
local intstr = require "wl.intstr"
local shrink = require "wl.rollout.shrink"

local goal = {}

--- The goal of a weight: so many percent of the pods are new, rounded up. Of
-- several pods one stays old below 100; of a single one there are two, where
-- the surge allows that.
-- @tparam table view see `wl.strategy`
-- @tparam number weight 0 to 100
-- @treturn table
function goal.of_weight(view, weight)
  local replicas = view.replicas
  local new = math.ceil(replicas * weight / 100)
  if weight <= 0 or weight >= 100 or replicas == 0 then
    return { new = new, old = replicas - new }
  elseif replicas == 1 then
    return { new = 1, old = math.min(1, view.surge) }
  end
  new = math.min(new, replicas - 1)
  return { new = new, old = replicas - new }
end

--- How many pods a number or a percentage comes to, rounded up.
-- @param given
-- @tparam integer replicas 100%
-- @treturn ?integer nil and a message when it is neither
function goal.pods(given, replicas)
  local n, message = intstr.resolve(given, replicas, true)
  return n and math.max(0, n), message
end

--- The goal of numbers of pods.
-- @tparam table view
-- @param new number or percentage of the pods that are wanted
-- @param old the same; nil: what is left
-- @treturn ?table nil and a message when it is neither
function goal.of_replicas(view, new, old)
  local n, message = goal.pods(new, view.replicas)
  if not n then
    return nil, message
  elseif old == nil then
    n = math.min(n, view.replicas)
    return { new = n, old = view.replicas - n }
  end
  local m
  m, message = goal.pods(old, view.replicas)
  return m and { new = n, old = m }, message
end

local function wanted(list)
  local total = 0
  for _, set in ipairs(list) do
    total = total + set.replicas
  end
  return total
end

--- Has it come to that?
-- @tparam table view
-- @tparam table wish the goal
-- @treturn boolean
function goal.is_reached(view, wish)
  local new = view.new
  if view.in_place then
    return new.available >= wish.new and new.replicas >= wish.new
  end
  return (new.exists or wish.new == 0) and new.replicas == wish.new and new.available >= wish.new
    and wanted(view.old) <= wish.old
end

-- ---- the next sizes ----

-- Where the old pods stay: in the stable set, or else in the newest one.
local function keeper(view)
  for _, set in ipairs(view.old) do
    if set.hash == view.stable then
      return set
    end
  end
  return view.old[#view.old]
end

-- All sets with what each is to have, the one that is to stay first.
local function wishes(view, wish)
  local kept, list = keeper(view), {}
  for i, set in ipairs(view.old) do
    list[i] = { set = set, size = set.replicas, wanted = set == kept and wish.old or 0 }
  end
  list[#list + 1] = { set = view.new, size = view.new.replicas, wanted = wish.new }
  return list
end

local function grow(view, list)
  local room = view.replicas + view.surge - view.total
  local grown = false
  for _, one in ipairs(list) do
    local more = math.min(room, one.wanted - one.size)
    if more > 0 then
      one.size, room, grown = one.size + more, room - more, true
    end
  end
  return grown
end

-- Only what a set has too much of may go; pods that are not available first.
local function give_way(view, list)
  local least, coming, excess = view.replicas - view.unavailable, 0, {}
  for i, one in ipairs(list) do
    local more, idle = one.size - one.wanted, one.size - one.set.available
    if more <= 0 then
      coming, more = coming + math.max(0, idle), 0
    end
    excess[i] = { replicas = more, available = math.max(0, more - math.max(0, idle)) }
  end
  local spare = view.total - least - coming
  if spare <= 0 then
    return
  end
  local left = shrink.both(excess, spare, view.available - least)
  for i, one in ipairs(list) do
    one.size = math.min(one.size, math.max(one.wanted, 0) + left[i])
  end
end

--- The sizes to have next on the way to a goal.
-- @tparam table view
-- @tparam table wish the goal
-- @treturn table `new` and `old`, as a plan has them
function goal.approach(view, wish)
  if view.in_place then
    return { new = wish.new }
  end
  local list = wishes(view, wish)
  if not grow(view, list) then
    give_way(view, list)
  end
  local plan = { new = list[#list].size, old = {} }
  for i = 1, #view.old do
    plan.old[i] = list[i].size
  end
  return plan
end

return goal
