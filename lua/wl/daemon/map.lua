-- SPDX-License-Identifier: MIT
--- The nodes of a cluster as one DaemonSet sees them, kept from sync to sync.
--
-- A copy of what the store says, so that a sync costs what changed: a node is
-- judged again when it was written, when its pods were, or when time makes a
-- difference. A map that is lost is made anew the same.
local Backoff = require "wl.daemon.backoff"
local Domains = require "wl.daemon.domains"
local Lines = require "wl.daemon.lines"
local heapq = require "wl.heapq"
local one_node = require "wl.daemon.one_node"
local placement = require "wl.daemon.placement"
local pods = require "wl.daemon.pods"
local value = require "wl.value"

local Map = {}
Map.__index = Map

local function clear(self)
  self.nodes, self.list, self.pods, self.dirty = {}, {}, {}, {}
  self.lines, self.sum_counts, self.due = Lines.new(), {}, heapq.new()
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
  node.domain = self.domains and self.domains:of(object)
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
local function put_pod(self, key, one)
  drop_pod(self, key)
  if one.node then
    one.key, one.home = key, node_of(self, one.node)
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
    put_pod(self, batch:id(i), pods.read(batch[i]))
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
  return run ~= node.run or stay ~= node.stay or not node.exists
    or self.domains ~= nil and self.domains:of(object) ~= node.domain
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
local function take_in_pods(self, ctx, owned)
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
    put_pod(self, members:id(i), pods.read(members[i]))
  end
  self.revision = ctx.store:revision()
  return true
end

local VIEW = { "sum", "generation", "min_ready", "surges" }

local function take_in_view(self, view)
  local changed = false
  for _, field in ipairs(VIEW) do
    changed = changed or self.view ~= nil and self.view[field] ~= view[field]
  end
  self.view = view
  for _, node in ipairs(changed and self.list or {}) do
    mark(self, node)
  end
end

local function take_in_time(self, now)
  local index, at = self.due:first()
  while index and -at <= now do
    self.due:pop()
    mark(self, self.list[index])
    index, at = self.due:first()
  end
end

--- Take in pods that were just created, which differ only in name and node. Where
-- it is known what was written before, they need not be read.
-- @param ctx
-- @param set
-- @param batch of pods
-- @tparam table names of their nodes
-- @tparam function create creates them and returns the batch
function Map:create(ctx, set, names, create)
  local known = take_in_pods(self, ctx, ctx:owned(set, "Pod"))
  local batch = create()
  if not known or not batch or #batch == 0 then
    return
  end
  local first, pod_names = pods.read(batch[1]), batch:pluck "metadata.name"
  for i, name in ipairs(pod_names) do
    put_pod(self, batch:id(i), { name = name, node = names[i], bound = first.bound,
      created = first.created, phase = first.phase, terminating = false, sum = first.sum,
      generation = first.generation })
  end
  self.revision = ctx.store:revision()
end

-- ---- judging a node ----

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

local function soonest_of(self, node, view)
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
  return soonest
end

local function look_again(self, node, view)
  local soonest = soonest_of(self, node, view)
  if soonest then
    self.due:set(node.index, -soonest)
  elseif node.soonest then
    self.due:remove(node.index)
  end
  node.soonest = soonest
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

-- Where ranks have changed, all lines are made anew.
local function rerank(self)
  self.domains.changed = false
  for _, node in ipairs(self.list) do
    self.lines:place(node, false, false, nil)
    node.rank = self.domains.rank[node.domain]
    mark(self, node)
  end
end

local function count_domain(self, node, tally)
  local domains, before = self.domains, node.counted
  if before then
    domains:count(before, -1)
  end
  node.counted = tally.desired > 0 and node.domain or nil
  if node.counted then
    domains:count(node.counted, 1)
  end
  node.rank = domains.rank[node.domain]
end

local function evaluate(self, node, view)
  node.dirty = false
  node.pods = living(node.all)
  local needs, excess = keep(node, view)
  local tally = one_node.count(node, view)
  local role, old = one_node.role(node, view, tally)
  node.excess, node.old = excess, old
  if self.domains then
    count_domain(self, node, tally)
  end
  self.lines:place(node, needs, #excess > 0, role)
  self.lines:count(node, tally)
  look_again(self, node, view)
end

-- ---- the surface ----

local function by_index(a, b) return a.index < b.index end

--- Bring the map up to date.
-- @param ctx
-- @param set the DaemonSet
-- @tparam table view sum, generation, min_ready, surges, now (see one_node); topology, the label
--   by which nodes have failure domains, or nil
function Map:refresh(ctx, set, view)
  local template = set.spec.template
  local known = self.template ~= nil and value.equal(self.template, template)
    and view.topology == (self.domains and self.domains.key)
  if not known then
    self.template, self.judge = template, placement.judge(template)
    self.domains = view.topology and Domains.new(view.topology)
  end
  view.may_replace = function(node) return self.backoff:due(node.name, view.now) <= view.now end
  take_in_view(self, view)
  if known and take_in_pods(self, ctx, ctx:owned(set, "Pod")) then
    take_in_nodes(self, ctx)
  else
    self.written = {}
    rebuild(self, ctx, set)
    self.revision = ctx.store and ctx.store:revision()
  end
  take_in_time(self, view.now)
  if self.domains and self.domains.changed then
    rerank(self)
  end
  local dirty = self.dirty
  self.dirty = {}
  table.sort(dirty, by_index)
  for _, node in ipairs(dirty) do
    evaluate(self, node, view)
  end
end

--- Take nodes out of a line, the first in the order in which they came. They are
-- judged again at the next refresh.
-- @tparam string line see wl.daemon.lines
-- @tparam integer n at most
-- @tparam ?integer rank only nodes of this rank or a lower one
-- @treturn table array
function Map:take(line, n, rank)
  local taken = {}
  while #taken < n do
    local node = self.lines:pop(line, self.list, rank)
    if not node then
      break
    end
    mark(self, node)
    taken[#taken + 1] = node
  end
  return taken
end

--- What all nodes count as, added up.
-- @tparam string field see wl.daemon.lines
-- @treturn integer
function Map:sum(field) return self.lines:sum(field) end

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
