-- SPDX-License-Identifier: MIT
--- Making room: pods of lower priority go where a pod finds no node.
--
-- On each node that will do without its less urgent pods, those that need not go
-- stay: the most urgent, and the oldest, first, and before all those whose going
-- would violate a disruption budget. The node where the least is lost is chosen, its
-- victims are deleted, and the pod is nominated for it: until it is bound, nobody
-- less urgent gets the room.
--
-- Only what a node has and pods request is given back in thought: rules that look at
-- the pods themselves (ports, affinity) see the victims still.
-- Source: kube-scheduler plugin DefaultPreemption, framework/preemption.
local conditions = require "wl.conditions"
local pod_resources = require "wl.pod_resources"
local selector = require "wl.selector"

local Preemption = {}
Preemption.__index = Preemption

local MOST_CANDIDATES = 100
local NOT_STARTED = "9999-12-31T23:59:59Z" -- younger than all that have
local MESSAGE = "default-scheduler: preempting to accommodate a higher priority pod"

--- @param nodes the scheduler's Nodes
function Preemption.new(nodes)
  return setmetatable({ nodes = nodes, nominated = {} }, Preemption)
end

local function priority_of(pod) return pod.spec.priority or 0 end

-- ---- is there anything to gain? ----

-- No pod is less urgent than the least urgent class, or than those without one.
local function lowest_priority(ctx)
  local lowest = 0
  for class in ctx:all "PriorityClass":each() do lowest = math.min(lowest, class.value) end
  return lowest
end

local function is_eligible(ctx, pod)
  return pod.spec.preemptionPolicy ~= "Never" and priority_of(pod) > lowest_priority(ctx)
end

-- ---- giving back in thought ----

local function ask_of(pod)
  local ask = { resources = {}, amounts = {} }
  for resource, amount in pairs(pod_resources.requests(pod.spec)) do
    ask.resources[#ask.resources + 1] = resource
    ask.amounts[#ask.amounts + 1] = amount
  end
  local scored = pod_resources.scored(pod.spec)
  ask.cpu, ask.memory = scored.cpu or 0, scored.memory or 0
  return ask
end

local function less_urgent(self, node, priority)
  local list = {}
  for pod in self.nodes:pods(node) do
    if priority_of(pod) < priority then
      list[#list + 1] = { pod = pod, ask = ask_of(pod), priority = priority_of(pod),
        started = pod.status and pod.status.startTime or NOT_STARTED, order = #list,
        leaving = pod.metadata.deletionTimestamp ~= nil }
    end
  end
  return list
end

local function more_important(a, b)
  if a.priority ~= b.priority then return a.priority > b.priority end
  if a.started ~= b.started then return a.started < b.started end
  return a.order < b.order
end

-- ---- disruption budgets ----

-- Here, unlike for an eviction, an empty selector is no budget's for all pods.
local function budgets_of(ctx)
  local list = {}
  for _, budget in ipairs(ctx:list "PodDisruptionBudget") do
    local status, selects = budget.status or {}, selector.from(budget.spec.selector)
    if selects:kind() == "requirements" then
      list[#list + 1] = { selector = selects, namespace = budget.metadata.namespace,
        allowed = status.disruptionsAllowed or 0, counted = status.disruptedPods or {} }
    end
  end
  return list
end

local function protects(budget, metadata)
  return budget.namespace == metadata.namespace and not budget.counted[metadata.name]
    and budget.selector:matches(metadata.labels or {})
end

-- Which pods could not go without violating a budget, if all went: the most important
-- first, as long as there is some of it left.
local function mark_violations(list, budgets)
  local left = {}
  for i, budget in ipairs(budgets) do left[i] = budget.allowed end
  table.sort(list, more_important)
  for _, one in ipairs(list) do
    for i, budget in ipairs(budgets) do
      if protects(budget, one.pod.metadata) then
        left[i] = left[i] - 1
        one.violates = one.violates or left[i] < 0
      end
    end
  end
end

-- ---- the victims on one node ----

local function protected_first(a, b)
  if (a.violates or false) ~= (b.violates or false) then return a.violates or false end
  return more_important(a, b)
end

local function place_all(self, node, list, n)
  for _, one in ipairs(list) do self.nodes:place(node, one.ask, n) end
end

-- Those that must go; nil when the pod would not fit without all of them either.
local function choose_victims(self, group, node, list)
  place_all(self, node, list, -1)
  if group:refusal(node) then
    place_all(self, node, list, 1)
    return nil
  end
  local victims = {}
  table.sort(list, protected_first)
  for _, one in ipairs(list) do
    self.nodes:place(node, one.ask, 1)
    if group:refusal(node) then
      self.nodes:place(node, one.ask, -1)
      victims[#victims + 1] = one
    end
  end
  place_all(self, node, victims, 1)
  return victims
end

local function candidate_of(node, victims)
  local candidate = { node = node, victims = victims, violations = 0, highest = math.mininteger,
    sum = 0, latest = "" }
  for _, one in ipairs(victims) do
    candidate.violations = candidate.violations + (one.violates and 1 or 0)
    candidate.highest = math.max(candidate.highest, one.priority)
    candidate.sum = candidate.sum + one.priority + (1 << 31)
  end
  for _, one in ipairs(victims) do
    local first = candidate.latest == "" or one.started < candidate.latest
    if one.priority == candidate.highest and first then candidate.latest = one.started end
  end
  return candidate
end

-- Where the least is lost; of those alike, where the most important victim is the youngest.
local function is_better(a, b)
  if a.violations ~= b.violations then return a.violations < b.violations end
  if a.highest ~= b.highest then return a.highest < b.highest end
  if a.sum ~= b.sum then return a.sum < b.sum end
  if #a.victims ~= #b.victims then return #a.victims < #b.victims end
  return a.latest > b.latest
end

local function best_candidate(self, ctx, group, priority)
  local budgets, best, seen = budgets_of(ctx), nil, 0
  for _, node in ipairs(group:candidates()) do
    local refusal, helpless = group:refusal(node)
    local list = refusal and not helpless and less_urgent(self, node, priority) or {}
    if #list > 0 then
      mark_violations(list, budgets)
      local victims = choose_victims(self, group, node, list)
      local candidate = victims and candidate_of(node, victims)
      if candidate and (not best or is_better(candidate, best)) then best = candidate end
      seen = seen + (candidate and 1 or 0)
      if seen >= MOST_CANDIDATES then break end
    end
  end
  return best
end

-- ---- doing it ----

local function evict(ctx, victim, pod, node)
  if victim.leaving then return end
  local marked = ctx:update_status(victim.pod, function(status)
    status.conditions = conditions.replace(victim.pod.status and victim.pod.status.conditions, {
      type = "DisruptionTarget", status = "True", reason = "PreemptionByScheduler",
      message = MESSAGE, lastTransitionTime = ctx:timestamp() })
  end)
  ctx:event(victim.pod, "Normal", "Preempted",
    ("Preempted by pod %s on node %s"):format(pod.metadata.uid, node.name))
  ctx:delete(marked or victim.pod)
end

-- Is the room that was made for a pod still becoming free?
local function is_waiting(self, pod)
  local node = self.nodes.by_name[pod.status and pod.status.nominatedNodeName or ""]
  if not node then return false end
  for other in self.nodes:pods(node) do
    if other.metadata.deletionTimestamp and priority_of(other) < priority_of(pod) then
      return true
    end
  end
  return false
end

-- The node on which room is made for a pod, now or since an earlier time; nil: none.
local function room_for(self, ctx, group, pod)
  if is_waiting(self, pod) then return self.nodes.by_name[pod.status.nominatedNodeName] end
  local best = best_candidate(self, ctx, group, priority_of(pod))
  if not best then return nil end
  for _, victim in ipairs(best.victims) do evict(ctx, victim, pod, best.node) end
  ctx:update_status(pod, function(status) status.nominatedNodeName = best.node.name end)
  return best.node
end

local function make_room(self, ctx, group, left, nominated)
  for _, pods in ipairs(left) do
    for pod in pods:each() do
      local node = room_for(self, ctx, group, pod)
      if not node then return end
      self.nodes:place(node, group.ask, 1) -- the next pod cannot have it, too
      nominated[#nominated + 1] = node
    end
  end
end

--- Make room for pods that found no node, one after another.
-- @param ctx the controller surface
-- @param group their Group
-- @tparam string|integer key of the group
-- @tparam {batch,...} left the pods
-- @treturn boolean whether room is made, or being made, for any
function Preemption:make_room(ctx, group, key, left)
  local nominated = {}
  self.nominated[key] = nil
  if not is_eligible(ctx, group.pod) then return false end
  make_room(self, ctx, group, left, nominated)
  for _, node in ipairs(nominated) do self.nodes:place(node, group.ask, -1) end
  if #nominated > 0 then self.nominated[key] = { ask = group.ask, nodes = nominated } end
  return #nominated > 0
end

-- ---- keeping the room ----

--- Count what a group has been nominated for as taken.
function Preemption:reserve(key)
  local nominated = self.nominated[key]
  for _, node in ipairs(nominated and nominated.nodes or {}) do
    if self.nodes.list[node.index] then self.nodes:place(node, nominated.ask, 1) end
  end
end

--- The same for all groups but some, and forget those that wait no more.
-- @tparam table tried key -> true
-- @tparam function waits(key)
function Preemption:reserve_others(tried, waits)
  for key in pairs(self.nominated) do
    if not waits(key) then
      self.nominated[key] = nil
    elseif not tried[key] then
      self:reserve(key)
    end
  end
end

--- Count anew what was only reserved.
function Preemption:release()
  for _, nominated in pairs(self.nominated) do
    for _, node in ipairs(nominated.nodes) do
      if self.nodes.list[node.index] then self.nodes:recount(node) end
    end
  end
end

return Preemption
