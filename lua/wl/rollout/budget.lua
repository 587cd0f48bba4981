-- SPDX-License-Identifier: MIT
--- How many pods more and how many fewer than wanted a rollout may have.
--
-- A strategy plans; what it plans is held to this budget here, so that a
-- faulty strategy cannot break it.
-- Source: pkg/controller/deployment/util `ResolveFenceposts`, `MaxUnavailable`.
local intstr = require "wl.intstr"
local shrink = require "wl.rollout.shrink"

local budget = {}

--- maxSurge and maxUnavailable in pods: the surge rounds up, the unavailable
-- round down; where both come to nothing, one pod may be unavailable.
-- @param max_surge integer, "25%" or nil
-- @param max_unavailable integer, "25%" or nil
-- @tparam integer replicas
-- @treturn ?integer surge; or nil, message, code
-- @treturn integer unavailable
function budget.resolve(max_surge, max_unavailable, replicas)
  local surge, message, code = intstr.resolve(max_surge or 0, replicas, true)
  if not surge then
    return nil, message, code
  end
  local unavailable
  unavailable, message, code = intstr.resolve(max_unavailable or 0, replicas, false)
  if not unavailable then
    return nil, message, code
  end
  if surge == 0 and unavailable == 0 then
    unavailable = 1
  end
  return surge, unavailable
end

-- Where a strategy says nothing about it: as a rolling update has it.
local DEFAULT = { maxSurge = "25%", maxUnavailable = "25%" }

--- What a manifest says about the budget, or else a strategy of its own accord.
-- @param spec the manifest's strategy
-- @tparam ?table strategy see `wl.strategy`
-- @return maxSurge and maxUnavailable; nil: there is none
function budget.given(spec, strategy)
  if spec.rollingUpdate or not strategy or strategy.exclusive then
    return spec.rollingUpdate
  elseif strategy.name == "RollingUpdate" then
    return nil
  end
  local block, own = spec[strategy.block] or {}, strategy.budget or DEFAULT
  return { maxSurge = block.maxSurge or own.maxSurge,
    maxUnavailable = block.maxUnavailable or own.maxUnavailable }
end

--- The budget of a Deployment.
-- @param deployment
-- @tparam ?table strategy its strategy; without it, only `rollingUpdate` says any
-- @treturn integer surge
-- @treturn integer unavailable, never more than are wanted
function budget.of(deployment, strategy)
  local replicas = deployment.spec.replicas or 1
  local rolling = budget.given(deployment.spec.strategy or {}, strategy)
  if not rolling then
    return 0, 0
  end
  local surge, unavailable = budget.resolve(rolling.maxSurge, rolling.maxUnavailable, replicas)
  if not surge then
    return 0, 0
  end
  return surge, math.min(unavailable, replicas)
end

-- ---- holding a plan to it ----

local function is_size(x) return math.type(x) == "integer" and x >= 0 end

-- A plan may say how many old pods stay in all; then the ones that are not
-- available go first, and after them the oldest.
local function spread(old, keep)
  local total = 0
  for _, set in ipairs(old) do
    total = total + set.replicas
  end
  local excess = math.max(0, total - keep)
  local _, sick = shrink.unhealthy(old, excess)
  return (shrink.both(old, sick, excess - sick))
end

local function old_sizes(old, planned)
  if is_size(planned) then
    return spread(old, planned)
  end
  local sizes = {}
  for i, set in ipairs(old) do
    sizes[i] = planned and planned[i] or set.replicas
    if not is_size(sizes[i]) then
      return nil, ("old[%d] must be a number of pods, not %s"):format(i, tostring(planned[i]))
    end
  end
  return sizes
end

local function read(plan, view)
  if type(plan) ~= "table" then
    return nil, ("a plan must be a table, not %s"):format(type(plan))
  elseif plan.new ~= nil and not is_size(plan.new) then
    return nil, ("new must be a number of pods, not %s"):format(tostring(plan.new))
  elseif plan.old ~= nil and type(plan.old) ~= "table" and not is_size(plan.old) then
    return nil, ("old must be a number of pods or a list of them, not %s")
      :format(tostring(plan.old))
  end
  local sizes, message = old_sizes(view.old, plan.old)
  return sizes and { new = plan.new, old = sizes }, message
end

local function sum(sizes, new)
  local total = new or 0
  for _, size in ipairs(sizes) do
    total = total + size
  end
  return total
end

-- Sets may grow only into the room that the surge leaves.
local function limit_growth(held, view)
  local excess = sum(held.old, held.new or view.new.replicas) - view.replicas - view.surge
  local function cut(size, before)
    local less = math.max(0, math.min(excess, size - before))
    excess = excess - less
    return size - less
  end
  local total = excess
  if held.new then
    held.new = cut(held.new, view.new.replicas)
  end
  for i, set in ipairs(view.old) do
    held.old[i] = cut(held.old[i], set.replicas)
  end
  return excess < total and "more pods than maxSurge allows"
end

-- Sets may shrink only as far as enough available pods stay: of a set, the ones
-- that are not available go first. The newest old set gets pods back first.
local function limit_loss(held, view)
  local function lost(set, size)
    return math.max(0, math.min(set.available, set.replicas) - size)
  end
  local left = -(view.replicas - view.unavailable)
  local sizes = { table.unpack(held.old) }
  sizes[#sizes + 1] = held.new or view.new.replicas
  local sets = { table.unpack(view.old) }
  sets[#sets + 1] = view.new
  for i, set in ipairs(sets) do
    left = left + math.min(set.available, set.replicas) - lost(set, sizes[i])
  end
  local missing = left
  for i = #sets, 1, -1 do
    local back = math.min(math.max(0, -missing), lost(sets[i], sizes[i]))
    sizes[i], missing = sizes[i] + back, missing + back
  end
  if missing == left then
    return false
  end
  if held.new then
    held.new = sizes[#sizes]
  end
  table.move(sizes, 1, #view.old, 1, held.old)
  return "fewer available pods than maxUnavailable allows"
end

local function limit_coexistence(held, view)
  if view.exclusive and view.old_pods > 0 and (held.new or 0) > view.new.replicas then
    held.new = view.new.replicas
    return "new pods while old ones exist"
  end
end

--- Hold a strategy's plan to the budget.
-- @tparam table plan what `plan(view)` of a strategy returned
-- @tparam table view what it was given: see `wl.strategy`
-- @treturn ?table `new`, the size of the new set (nil: leave it, or do not make
--   it yet), and `old`, the sizes of the old sets in order; nil and a message
--   when the plan is not of that form
-- @treturn ?string what the plan asked for and did not get
function budget.hold(plan, view)
  local held, message = read(plan, view)
  if not held then
    return nil, message
  end
  local complaints = {}
  -- The room for growth depends on what stays.
  for _, limit in ipairs { limit_coexistence, limit_loss, limit_growth } do
    complaints[#complaints + 1] = limit(held, view) or nil
  end
  return held, complaints[1] and table.concat(complaints, "; ") or nil
end

return budget
