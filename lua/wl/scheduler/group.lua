-- SPDX-License-Identifier: MIT
--- Like pods and the nodes that will do for them.
--
-- The rules are prepared once a group, every node is judged once, and those
-- that will do wait in heaps. So a group of n pods over m nodes costs
-- O(m + n log m), and later additions to it cost what has changed since.
local Buckets = require "wl.scheduler.bucket"
local pod_resources = require "wl.pod_resources"
local prepared = require "wl.scheduler.prepared"

local Group = {}
Group.__index = Group

local HOSTNAME = "kubernetes.io/hostname"

-- What a pod takes of a node, in the form that Nodes:place wants.
local function what_it_asks(pod, owner)
  local ask = { resources = {}, amounts = {}, owner = owner }
  local requests = pod_resources.requests(pod.spec)
  for resource in pairs(requests) do
    ask.resources[#ask.resources + 1] = resource
  end
  table.sort(ask.resources)
  for i, resource in ipairs(ask.resources) do
    ask.amounts[i] = requests[resource]
  end
  local scored = pod_resources.scored(pod.spec)
  ask.cpu, ask.memory = scored.cpu or 0, scored.memory or 0
  return ask
end

local function domain_keys(rules)
  local keys, seen = {}, {}
  for _, rule in ipairs(rules) do
    if not seen[rule.key] then
      seen[rule.key] = true
      keys[#keys + 1] = rule.key
    end
  end
  return keys
end

--- @param policy a placement policy
-- @param pod a view of one pod of the group
-- @param nodes the scheduler's Nodes
-- @tparam ?string owner uid of the controller of all of them
-- @treturn Group that has not looked at the nodes yet
function Group.new(policy, pod, nodes, owner)
  local rules = prepared.rules(policy, pod, nodes)
  return setmetatable({ rules = rules, pod = pod, nodes = nodes, ask = what_it_asks(pod, owner),
    buckets = Buckets.new(domain_keys(rules.domain_rules)),
    judged = {}, base = {}, room = {}, cost = {}, aside = {} }, Group)
end

local function refused(part, node)
  if part.check then
    return part.check(node)
  end
  return nil
end

local function any_refuses(parts, node)
  for _, part in ipairs(parts) do
    if refused(part, node) then
      return true
    end
  end
  return false
end

-- A score as 0..100 of the highest among the group's nodes.
local function normalised(self, part, node)
  local score = part.score(node)
  if not part.raw then
    return score
  end
  part.raw[node.index] = score
  if score > part.highest then
    part.highest, self.stale = score, true
  end
  local share = part.highest == 0 and 0 or 100 * score / part.highest
  return part.rule.normalise == "most" and share or 100 - share
end

-- Judge what depends on the Node object alone.
local function judge(self, node)
  local index, rules = node.index, self.rules
  self.judged[index] = node.version
  self.buckets:place(node)
  self.base[index] = nil
  if any_refuses(rules.fixed, node) then
    return
  end
  local base = 0
  for _, part in ipairs(rules.fixed) do
    if part.score then
      base = base + part.weight * normalised(self, part, node)
    end
  end
  self.base[index] = base
end

-- How many more pods fit, as far as the rules can tell ahead.
local function room_for(self, node)
  local room = math.maxinteger
  for _, part in ipairs(self.rules.moving) do
    if part.room then
      room = math.min(room, part.room(node))
    elseif refused(part, node) then
      return 0
    end
  end
  return room
end

local function moving_score(self, node)
  local score, cost = 0, 0
  for _, part in ipairs(self.rules.moving) do
    if part.score then
      score = score + part.weight * part.score(node)
      cost = cost + (part.cost and part.weight * part.cost(node) or 0)
    end
  end
  for _, rule in ipairs(self.rules.host_rules) do
    if rule.score then
      score = score + rule.weight * rule.score(node.labels[HOSTNAME])
    end
  end
  return score, cost
end

--- Take in a node that is not what it was, or on which something else runs.
function Group:admit(node)
  local index = node.index
  if self.judged[index] ~= node.version then
    judge(self, node)
  end
  local room = self.base[index] and room_for(self, node) or 0
  if room < 1 then
    self.buckets:remove(index)
    return
  end
  local score, cost = moving_score(self, node)
  self.room[index], self.cost[index] = room, cost
  self.buckets:set(node, self.base[index] + score)
end

--- Let the rules look at a node.
function Group:observe(node)
  for _, observer in ipairs(self.rules.observers) do
    observer(node)
  end
end

local function concerns(self, node)
  local only = self.rules.only
  return not only or only[node.name]
end

local function by_index(a, b) return a.index < b.index end

--- The nodes that need to be asked, in the order in which they came.
-- @treturn table array
function Group:candidates()
  local list, by_name = {}, self.nodes.by_name
  if not self.rules.only then
    for node in self.nodes:each() do
      list[#list + 1] = node
    end
    return list
  end
  for name in pairs(self.rules.only) do
    list[#list + 1] = by_name[name]
  end
  table.sort(list, by_index)
  return list
end

--- Judge every node anew.
function Group:reconsider()
  local candidates = self:candidates()
  self.judged, self.aside = {}, {}
  for _, node in ipairs(candidates) do
    self:observe(node)
    judge(self, node)
  end
  -- The highest scores are known only now: bring all to one scale.
  if self.stale then
    self.stale, self.judged = false, {}
  end
  for _, node in ipairs(candidates) do
    self:admit(node)
  end
  self.cursor = self.nodes:mark()
end

--- Take in what has changed since the group was last asked.
function Group:catch_up()
  local nodes = self.nodes
  if self.stale or not self.cursor or nodes:since(self.cursor) > nodes.count then
    return self:reconsider()
  end
  for index in nodes:changes(self.cursor) do
    local node = nodes.list[index]
    if not node then
      self.buckets:remove(index)
    elseif concerns(self, node) then
      self:observe(node)
      self:admit(node)
    end
  end
  self.cursor = nodes:mark()
end

local function domain_refused(part, node)
  for _, rule in ipairs(part.domains) do
    if rule.check then
      local reason, helpless = rule.check(node.labels[rule.key])
      if reason then
        return reason, helpless
      end
    end
  end
  return nil
end

--- Why a node will not do: the first rule's reasons.
-- @treturn ?string|table reason or list of reasons; nil when it will do
-- @treturn ?boolean true when evicting pods could not help
function Group:refusal(node)
  if not concerns(self, node) then
    return "node(s) didn't satisfy plugin(s) [NodeAffinity]", true
  end
  for _, part in ipairs(self.rules.parts) do
    local reason, helpless = refused(part, node)
    if not reason then
      reason, helpless = domain_refused(part, node)
    end
    if reason then
      return reason, helpless
    end
  end
  return nil
end

return Group
