-- SPDX-License-Identifier: MIT
--- The nodes as the scheduler sees them: what each has, and what is taken.
--
-- A copy of what the store says, kept so that a decision costs what changed:
-- a node is read again only when its object or the pods on it have changed.
-- Every change is noted in a journal, from which groups of pods bring their
-- own picture up to date.
--
-- A node here is a table: index, name, object, labels, taints, unschedulable,
-- allocatable, requested, scored (resource -> integer), pods (a number) and
-- version, which moves when the object changes.
local owner = require "wl.owner"
local pod_resources = require "wl.pod_resources"

local Nodes = {}
Nodes.__index = Nodes

local EMPTY = {}

--- The path of the uid of a pod's controller.
Nodes.OWNER = "metadata.ownerReferences[controller=true].uid"

--- The uid of a pod's controller.
-- @treturn ?string
function Nodes.owner_of(pod)
  local reference = owner.controller(pod)
  return reference and reference.uid
end

--- @treturn Nodes knowing none yet
function Nodes.new()
  return setmetatable({ list = {}, by_name = {}, count = 0, journal = {}, read = 0 }, Nodes)
end

-- A node that no reader has seen since it was noted need not be noted again.
local function note(self, node)
  if not node.noted or node.noted <= self.read then
    self.journal[#self.journal + 1] = node.index
    node.noted = #self.journal
  end
end

--- The place in the journal up to which a reader knows everything now.
-- @treturn integer for `since` and `changes`
function Nodes:mark()
  self.read = #self.journal
  return self.read
end

--- Drop the journal. Marks taken before mean nothing afterwards.
function Nodes:forget()
  self.journal, self.read = {}, 0
  for node in self:each() do
    node.noted = nil
  end
end

--- How many changes were noted after a mark.
function Nodes:since(mark)
  return #self.journal - mark
end

--- Iterate over the indexes of the nodes noted after a mark.
function Nodes:changes(mark)
  local journal, last = self.journal, #self.journal
  return function()
    if mark < last then
      mark = mark + 1
      return journal[mark]
    end
  end
end

-- Nodes of one make share what they have, and so its amounts.
local function amounts_of(self, allocatable)
  if not self.shared or self.shared.allocatable ~= allocatable then
    self.shared = { allocatable = allocatable, amounts = pod_resources.amounts(allocatable) }
  end
  return self.shared.amounts
end

local function describe(self, node, object)
  node.object = object
  node.labels = object.metadata.labels or EMPTY
  node.taints = object.spec and object.spec.taints or EMPTY
  node.unschedulable = object.spec and object.spec.unschedulable or false
  node.allocatable = amounts_of(self, object.status and object.status.allocatable)
  node.version = node.version + 1
end

local function add(self, object)
  local node = { index = #self.list + 1, name = object.metadata.name, version = 0,
                 requested = {}, scored = {}, pods = 0 }
  describe(self, node, object)
  self.list[node.index] = node
  self.by_name[node.name] = node
  self.count = self.count + 1
  return node
end

local function remove(self, node)
  self.list[node.index] = false
  self.by_name[node.name] = nil
  self.count = self.count - 1
  note(self, node)
end

local CORE = { "cpu", "memory", "ephemeral-storage" }
local SUMS = { cpu = "cpu", memory = "memory", ["ephemeral-storage"] = "ephemeral" }

local function set(t, key, value)
  local changed = t[key] ~= value
  t[key] = value
  return changed
end

--- Read again what the pods on a node take. Nothing is noted when it is what
-- was known.
-- @param node one of `list`
function Nodes:recount(node)
  local pods = self.ctx:on_node(node.name, "Pod")
  local changed = set(node, "pods", pods:count "consumes")
  changed = set(node, "living", pods:count "active") or changed
  for _, resource in ipairs(CORE) do
    changed = set(node.requested, resource, pods:sum(SUMS[resource])) or changed
  end
  changed = set(node.scored, "cpu", pods:sum "cpu_scored") or changed
  changed = set(node.scored, "memory", pods:sum "memory_scored") or changed
  if changed then
    node.owners, node.others_known = nil, nil
    note(self, node)
  end
end

--- Bring the picture up to date with the Node objects.
-- @treturn boolean did anything change?
function Nodes:refresh()
  local before, present = #self.journal, {}
  local objects = self.ctx:all "Node"
  for object in objects:each() do
    local name = object.metadata.name
    local node = self.by_name[name]
    present[name] = true
    if not node then
      self:recount(add(self, object))
    elseif node.object ~= object then
      describe(self, node, object)
      note(self, node)
    end
  end
  if self.count > #objects then
    for _, node in ipairs(self.list) do
      if node and not present[node.name] then
        remove(self, node)
      end
    end
  end
  return #self.journal > before
end

--- A new pass: what `once` remembers is forgotten.
-- @param ctx the controller surface; kept for the reads that follow
function Nodes:begin(ctx)
  self.ctx, self.found = ctx, {}
end

--- What a function returns, asked once a pass.
-- @tparam string name
-- @tparam function find
function Nodes:once(name, find)
  if self.found[name] == nil then
    self.found[name] = find()
  end
  return self.found[name]
end

--- Iterate over the nodes in the order in which they came.
function Nodes:each()
  local i = 0
  return function()
    repeat
      i = i + 1
    until self.list[i] or self.list[i] == nil
    return self.list[i]
  end
end

--- Note pods placed on a node, before the store knows.
-- @param node one of `list`
-- @param ask what each takes: `{ resources, amounts, cpu, memory, owner }`, where
--   cpu and memory are what it counts as when nodes are compared; owner: nil when
--   they may have different ones
-- @tparam integer n how many
function Nodes:place(node, ask, n)
  local requested, scored = node.requested, node.scored
  for i, resource in ipairs(ask.resources) do
    requested[resource] = (requested[resource] or 0) + n * ask.amounts[i]
  end
  scored.cpu, scored.memory = scored.cpu + n * ask.cpu, scored.memory + n * ask.memory
  node.pods, node.living = node.pods + n, node.living + n
  if ask.owner and node.owners then
    node.owners[ask.owner] = (node.owners[ask.owner] or 0) + n
  else
    node.owners = nil
  end
  note(self, node)
end

--- Iterate over the pods that take something of a node.
function Nodes:pods(node)
  local batch = self.ctx:on_node(node.name, "Pod"):batch "consumes"
  local i = 0
  return function()
    i = i + 1
    return batch[i]
  end
end

--- How many living pods of some namespaces match a selector, by node.
-- @tparam table namespaces array of names
-- @param selector a label selector
-- @treturn table array of `{ node, count }`
function Nodes:matching(namespaces, selector)
  local found = {}
  for _, namespace in ipairs(namespaces) do
    local pods = self.ctx:matching("Pod", namespace, selector):batch "active"
    for _, group in ipairs(pods:group_by "spec.nodeName") do
      local node = group[1] and self.by_name[group[1]]
      if node then
        found[#found + 1] = { node, #group.batch }
      end
    end
  end
  return found
end

--- How many living pods of a workload a node has.
-- @tparam string uid of the controller
-- @treturn integer
function Nodes:owned(node, uid)
  local owners = node.owners
  if not owners then
    owners = {}
    if node.living > 0 then
      local pods = self.ctx:on_node(node.name, "Pod"):batch "active"
      for _, group in ipairs(pods:group_by(Nodes.OWNER)) do
        owners[group[1] or ""] = #group.batch
      end
    end
    node.owners = owners
  end
  return owners[uid] or 0
end

-- Only a node that has such resources is looked through.
local function count_others(self, node)
  node.others_known = true
  for resource in pairs(node.requested) do
    if not SUMS[resource] then
      node.requested[resource] = nil
    end
  end
  for pod in self:pods(node) do
    for resource, amount in pairs(pod_resources.requests(pod.spec)) do
      if not SUMS[resource] then
        node.requested[resource] = (node.requested[resource] or 0) + amount
      end
    end
  end
end

--- How much of a resource a node has left.
-- @treturn integer
function Nodes:left(node, resource)
  if not SUMS[resource] and not node.others_known then
    count_others(self, node)
  end
  return (node.allocatable[resource] or 0) - (node.requested[resource] or 0)
end

return Nodes
