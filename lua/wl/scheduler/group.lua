-- SPDX-License-Identifier: MIT
--- Like pods and the nodes that will do for them.
--
-- The rules are prepared once a group, every node is judged once, and those
-- that will do wait in heaps. Placing a pod moves one node in one heap. So a
-- group of n pods over m nodes costs O(m + n log m), and later additions to
-- the group cost what has changed since.
local Buckets = require "wl.scheduler.bucket"
local Nodes = require "wl.scheduler.nodes"
local pod_resources = require "wl.pod_resources"

local Group = {}
Group.__index = Group

local HOSTNAME = "kubernetes.io/hostname"

-- What a pod takes of a node, in the form that Nodes:place wants.
local function what_it_asks(pod)
  local ask = { resources = {}, amounts = {} }
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
  ask.owner = Nodes.controller_uid(pod.metadata.ownerReferences)
  return ask
end

local function prepare_rules(self)
  for _, rule in ipairs(self.policy.rules) do
    local answer = rule.prepare(self.pod, self.nodes)
    if answer then
      local part = { rule = rule, weight = rule.weight or 1, check = answer.check,
                     score = answer.score, observe = answer.observe,
                     domains = answer.domains or {}, raw = rule.normalise and {}, highest = 0 }
      self.parts[#self.parts + 1] = part
      table.insert(rule.changes == "node" and self.fixed or self.moving, part)
      self.only = self.only or answer.only
      self.placed[#self.placed + 1] = answer.placed
      for _, domain in ipairs(part.domains) do
        domain.weight = part.weight
        table.insert(domain.key == HOSTNAME and self.host_rules or self.domain_rules, domain)
      end
    end
  end
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
function Group.new(policy, pod, nodes)
  local self = setmetatable({ policy = policy, pod = pod, nodes = nodes, ask = what_it_asks(pod),
    parts = {}, fixed = {}, moving = {}, domain_rules = {}, host_rules = {},
    placed = {}, judged = {}, base = {}, aside = {}, cursor = 0 }, Group)
  prepare_rules(self)
  self.buckets = Buckets.new(domain_keys(self.domain_rules))
  self:reconsider()
  return self
end

--- Do answers depend on pods elsewhere, so that they cannot be kept?
-- @treturn boolean
function Group:is_fleeting()
  for _, rules in ipairs { self.domain_rules, self.host_rules } do
    for _, rule in ipairs(rules) do
      if not rule.kept then
        return true
      end
    end
  end
  return self.only ~= nil
end

local function refused(parts, node)
  for _, part in ipairs(parts) do
    if part.check then
      local reason, helpless = part.check(node)
      if reason then
        return reason, helpless
      end
    end
  end
  return nil
end

local function normalised(part, raw)
  local most = part.rule.normalise == "most"
  if part.highest == 0 then
    return most and 0 or 100
  end
  local share = 100 * raw / part.highest
  return most and share or 100 - share
end

-- Judge what depends on the Node object alone.
local function judge(self, node)
  local index = node.index
  self.judged[index] = node.version
  self.base[index] = nil
  if refused(self.fixed, node) then
    return
  end
  local base = 0
  for _, part in ipairs(self.fixed) do
    if part.score then
      local score = part.score(node)
      if part.raw then
        part.raw[index] = score
        if score > part.highest then
          part.highest, self.stale = score, true
        end
        score = normalised(part, score)
      end
      base = base + part.weight * score
    end
  end
  self.base[index] = base
end

local function current_score(self, node)
  local score = self.base[node.index]
  for _, part in ipairs(self.moving) do
    if part.score then
      score = score + part.weight * part.score(node)
    end
  end
  for _, rule in ipairs(self.host_rules) do
    if rule.score then
      score = score + rule.weight * rule.score(node.labels[HOSTNAME])
    end
  end
  return score
end

local function observe(self, node)
  for _, part in ipairs(self.parts) do
    if part.observe then
      part.observe(node)
    end
  end
end

--- Take in a node that is not what it was, or on which something else runs.
function Group:admit(node)
  if self.judged[node.index] ~= node.version then
    judge(self, node)
  end
  if self.base[node.index] and not refused(self.moving, node) then
    self.buckets:set(node, current_score(self, node))
  else
    self.buckets:remove(node.index)
  end
end

--- Judge every node anew.
function Group:reconsider()
  local nodes = self.nodes
  self.stale, self.judged, self.aside = false, {}, {}
  for node in nodes:each() do
    if not self.only or self.only[node.name] then
      observe(self, node)
      judge(self, node)
    end
  end
  -- The highest scores are known now: bring all to one scale.
  if self.stale then
    self.stale, self.judged = false, {}
  end
  for node in nodes:each() do
    if not self.only or self.only[node.name] then
      self:admit(node)
    end
  end
  self.cursor = nodes:mark()
end

--- Take in what has changed since the group was last asked.
function Group:catch_up()
  local nodes = self.nodes
  if self.stale or nodes:since(self.cursor) > nodes.count then
    return self:reconsider()
  end
  for index in nodes:changes(self.cursor) do
    local node = nodes.list[index]
    if not node then
      self.buckets:remove(index)
    elseif not self.only or self.only[node.name] then
      observe(self, node)
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
  if self.only and not self.only[node.name] then
    return "node(s) didn't satisfy plugin(s) [NodeAffinity]", true
  end
  for _, part in ipairs(self.parts) do
    local reason, helpless = refused({ part }, node)
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
