-- SPDX-License-Identifier: MIT
--- The nodes of a cluster as one DaemonSet sees them, kept from sync to sync.
--
-- A copy of what the store says, so that a sync costs what changed: a node is
-- judged again when it was written, when its pods were, or when time makes a
-- difference. A map that is lost is made anew the same.
local Backoff = require "wl.daemon.backoff"
local Domains = require "wl.daemon.domains"
local Lines = require "wl.daemon.lines"
local Verdicts = require "wl.daemon.verdict"
local heapq = require "wl.heapq"
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
    node = { name = name, index = #self.list + 1, all = {}, exists = false, run = false,
             stay = false }
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

-- Nodes of failure domains are judged each by itself.
local function judge_all(self, batch)
  for i, name in ipairs(batch:pluck "metadata.name") do
    mark(self, node_of(self, name))
    if self.domains then
      judge(self, name, batch[i])
    end
  end
  if self.domains then
    return
  end
  for _, group in ipairs(batch:group_by(table.unpack(self.judge:reads()))) do
    local run, stay = self.judge:judge(group.batch[1])
    for _, name in ipairs(group.batch:pluck "metadata.name") do
      local node = self.nodes[name]
      node.exists, node.run, node.stay = true, run, stay
    end
  end
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

local function look_again_at(self, one, look)
  if pods.look_of(one) ~= look then
    count_sum(self, one.sum, -1)
    pods.with_look(one, look)
    count_sum(self, one.sum, 1)
    mark(self, one.home)
  end
end

-- Take in pods of one look, but for where they are: a pod that is known stays on its
-- node, as it goes where it is pinned to.
local function put_alike(self, batch)
  local bound, looks = batch:pluck "spec.nodeName", {}
  for i = 1, #batch do
    local key, node = batch:id(i), bound[i] ~= "" and bound[i] or nil
    local known, has_node = self.pods[key], node ~= nil
    looks[has_node] = looks[has_node] or pods.look(batch[i], has_node)
    if known and (known.node == node or not node) then
      look_again_at(self, known, looks[has_node])
    else
      put_pod(self, key, pods.read(batch[i]))
    end
  end
end

local function put_pods(self, batch)
  if #batch > 0 then
    for _, group in ipairs(batch:group_by(table.unpack(pods.LOOK))) do
      put_alike(self, group.batch)
    end
  end
end

local function rebuild(self, ctx, set)
  clear(self)
  judge_all(self, ctx:all "Node":batch())
  put_pods(self, ctx:owned(set, "Pod"):batch())
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
  put_pods(self, members)
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
  local look = pods.look_of(pods.read(batch[1]))
  for i, name in ipairs(batch:pluck "metadata.name") do
    put_pod(self, batch:id(i), pods.with_look({ name = name, node = names[i] }, look))
  end
  self.revision = ctx.store:revision()
end

-- ---- judging a node ----

local function look_again_at_node(self, node, soonest)
  if soonest then
    self.due:set(node.index, -soonest)
  elseif node.soonest then
    self.due:remove(node.index)
  end
  node.soonest = soonest
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

local function evaluate(self, node, verdicts)
  node.dirty = false
  local verdict = verdicts:judge(node)
  if self.domains then
    count_domain(self, node, verdict.tally)
  end
  self.lines:place(node, verdict.needs, #node.excess > 0, verdict.role)
  self.lines:count(node, verdict.tally)
  if verdict.soonest ~= node.soonest then
    look_again_at_node(self, node, verdict.soonest)
  end
end

-- ---- the surface ----

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
  local verdicts = Verdicts.new(view, self.lines, self.backoff)
  for _, node in ipairs(dirty) do
    evaluate(self, node, verdicts)
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
