-- SPDX-License-Identifier: MIT
--- The nodes of a cluster as one DaemonSet sees them, kept from sync to sync.
--
-- A copy of what the store says, so that a sync costs what changed: a node is
-- judged again when it was written, when its pods were, or when time makes a
-- difference. What is to be done on it is kept by role, and what it counts as is
-- added up. A map that is lost is made anew the same.
local Backoff = require "wl.daemon.backoff"
local heapq = require "wl.heapq"
local one_node = require "wl.daemon.one_node"
local placement = require "wl.daemon.placement"
local pods = require "wl.daemon.pods"
local value = require "wl.value"

local Map = {}
Map.__index = Map

-- What nodes can be in line for: see one_node.role, and `keep`.
local ROLES = { "needy", "crowded", "candidate", "broken", "useless", "sunset" }

-- What is added up: see one_node.role and one_node.count.
local SUMS = { "desired", "current", "misscheduled", "ready", "serving", "updated", "unavailable",
  "surging", "available" }

local function clear(self)
  self.nodes, self.list, self.pods, self.dirty = {}, {}, {}, {}
  self.sums, self.sum_counts, self.due = {}, {}, heapq.new()
  for _, role in ipairs(ROLES) do
    self[role] = heapq.new()
  end
end

--- @treturn Map of nothing yet; `refresh` fills it
function Map.new()
  local self = setmetatable({ backoff = Backoff.new(), written = {} }, Map)
  clear(self)
  return self
end

-- ---- nodes and pods, as they are ----

local function mark(self, node)
  if not node.dirty then
    node.dirty = true
    self.dirty[#self.dirty + 1] = node
  end
end

local function node_of(self, name)
  local node = self.nodes[name]
  if not node then
    node = { name = name, index = #self.list + 1, all = {}, pods = {}, tally = {} }
    self.nodes[name], self.list[node.index] = node, node
  end
  return node
end

local function judge(self, name, object)
  local node = node_of(self, name)
  node.exists = object ~= nil
  node.run, node.stay = false, false
  if object then
    node.run, node.stay = self.judge:judge(object)
  end
  mark(self, node)
end

local function take_out(list, one)
  for i, other in ipairs(list) do
    if other == one then
      return table.remove(list, i)
    end
  end
end

local function count_sum(self, sum, change)
  if sum then
    self.sum_counts[sum] = (self.sum_counts[sum] or 0) + change
  end
end

local function drop_pod(self, key)
  local one = self.pods[key]
  if one then
    self.pods[key] = nil
    count_sum(self, one.sum, -1)
    take_out(one.home.all, one)
    mark(self, one.home)
  end
end

-- A pod that is nowhere counts nowhere.
local function put_pod(self, key, object)
  drop_pod(self, key)
  local one = pods.read(object)
  one.key = key
  if one.node then
    one.home = node_of(self, one.node)
    one.home.all[#one.home.all + 1] = one
    self.pods[key] = one
    count_sum(self, one.sum, 1)
    mark(self, one.home)
  end
end

local function rebuild(self, ctx, set)
  clear(self)
  for object in ctx:all("Node"):each() do
    judge(self, object.metadata.name, object)
  end
  local batch = ctx:owned(set, "Pod"):batch()
  for i = 1, #batch do
    put_pod(self, batch:id(i), batch[i])
  end
end

-- ---- what changed ----

--- Does it make a difference how a node is now?
-- @tparam string name
-- @param object the node; nil: it is gone
-- @treturn boolean
function Map:is_news(name, object)
  if not self.judge then
    return true
  end
  local node = self.nodes[name]
  if not node or not object then
    return (object ~= nil) ~= (node ~= nil and node.exists)
  end
  local run, stay = self.judge:judge(object)
  return run ~= node.run or stay ~= node.stay
end

--- Note that a node was written.
-- @tparam string name
function Map:note_node(name) self.written[#self.written + 1] = name end

local function take_in_nodes(self, ctx)
  local names = self.written
  self.written = {}
  for _, name in ipairs(names) do
    judge(self, name, (ctx:get("Node", nil, name)))
  end
end

-- False when it is not known what changed.
local function take_in_pods(self, owned)
  if not self.revision or not owned.written_since then
    return false
  end
  local members, others = owned:written_since(self.revision)
  if not members then
    return false
  end
  for i = 1, #others do
    drop_pod(self, others:id(i))
  end
  for i = 1, #members do
    put_pod(self, members:id(i), members[i])
  end
  return true
end

local VIEW = { "sum", "generation", "min_ready", "surges" }

local function mark_all(self)
  for _, node in ipairs(self.list) do
    mark(self, node)
  end
end

local function take_in_view(self, view)
  for _, field in ipairs(VIEW) do
    if self.view and self.view[field] ~= view[field] then
      mark_all(self)
    end
  end
  self.view = view
end

local function take_in_time(self, now)
  local index, at = self.due:first()
  while index and -at <= now do
    self.due:pop()
    mark(self, self.list[index])
    index, at = self.due:first()
  end
end

-- ---- judging a node ----

local function set_role(self, role, node, holds)
  if holds then
    self[role]:set(node.index, 0)
  else
    self[role]:remove(node.index)
  end
end

local function add_up(self, node, tally)
  local sums, before = self.sums, node.tally
  for _, field in ipairs(SUMS) do
    sums[field] = (sums[field] or 0) - (before[field] or 0) + (tally[field] or 0)
  end
  node.tally = tally
end

-- The kubelet or the garbage collector has to finish with these.
local function is_over(one) return one.terminating and pods.is_finished(one) end

local function living(all)
  local list = {}
  for _, one in ipairs(all) do
    list[#list + 1] = not is_over(one) and one or nil
  end
  if #list > 1 then
    table.sort(list, pods.before)
  end
  return list
end

local function look_again(self, node, view)
  local soonest
  local function at(moment)
    soonest = moment > view.now and math.min(moment, soonest or moment) or soonest
  end
  for _, one in ipairs(node.pods) do
    if one.since and view.min_ready > 0 then
      at(one.since + view.min_ready)
    elseif one.phase == "Failed" then
      at(self.backoff:due(node.name, view.now))
    end
  end
  if soonest then
    self.due:set(node.index, -soonest)
  else
    self.due:remove(node.index)
  end
end

-- Pods that were never bound cannot be collected with their node.
local function stranded(node)
  local list = {}
  for _, one in ipairs(node.pods) do
    list[#list + 1] = not one.bound and not one.terminating and one or nil
  end
  return list
end

local function keep(node, view)
  if node.exists then
    return one_node.keep(node, view)
  end
  return false, stranded(node)
end

local function evaluate(self, node, view)
  node.dirty = false
  node.pods = living(node.all)
  local needs, excess = keep(node, view)
  local tally = one_node.count(node, view)
  local role, old = one_node.role(node, view, tally)
  node.excess, node.old = excess, old
  set_role(self, "needy", node, needs)
  set_role(self, "crowded", node, #excess > 0)
  for i = 3, #ROLES do
    set_role(self, ROLES[i], node, role == ROLES[i])
  end
  add_up(self, node, tally)
  look_again(self, node, view)
end

-- ---- the surface ----

local function by_index(a, b) return a.index < b.index end

--- Bring the map up to date.
-- @param ctx
-- @param set the DaemonSet
-- @tparam table view sum, generation, min_ready, surges, now (see one_node)
function Map:refresh(ctx, set, view)
  local template = set.spec.template
  local known = self.template and value.equal(self.template, template)
  if not known then
    self.template, self.judge = template, placement.judge(template)
  end
  view.may_replace = function(node) return self.backoff:due(node.name, view.now) <= view.now end
  local owned = ctx:owned(set, "Pod")
  take_in_view(self, view)
  if known and take_in_pods(self, owned) then
    take_in_nodes(self, ctx)
  else
    self.written = {}
    rebuild(self, ctx, set)
  end
  self.revision = ctx.store and ctx.store:revision()
  take_in_time(self, view.now)
  local dirty = self.dirty
  self.dirty = {}
  table.sort(dirty, by_index)
  for _, node in ipairs(dirty) do
    evaluate(self, node, view)
  end
end

--- How many nodes are in line for something.
-- @tparam string role
-- @treturn integer
function Map:count(role) return #self[role] end

--- Take nodes out of a line, the first in the order in which they came. They are
-- judged again at the next refresh.
-- @tparam string role
-- @tparam integer n
-- @treturn table array
function Map:take(role, n)
  local taken = {}
  while #taken < n and #self[role] > 0 do
    local node = self.list[(self[role]:pop())]
    mark(self, node)
    taken[#taken + 1] = node
  end
  return taken
end

--- What all nodes count as, added up.
-- @tparam string field
-- @treturn integer
function Map:sum(field) return self.sums[field] or 0 end

--- Does any pod carry this hash?
-- @tparam string sum
-- @treturn boolean
function Map:uses(sum) return (self.sum_counts[sum] or 0) > 0 end

--- When something is due that nobody will tell of.
-- @treturn ?number seconds since the epoch
function Map:next_due()
  local _, at = self.due:first()
  return at and -at
end

return Map
