-- SPDX-License-Identifier: MIT
--- The node controller: finds out that a node is lost, and what follows.
--
-- A node whose kubelet is not heard for its grace period becomes Unknown, is
-- tainted, and its pods leave it when their toleration is over. As long as all
-- is well nothing is done at all: heartbeats are not written, and the nodes
-- that need care are a live set.
--
-- It also stands for what every node's kubelet posts of its own node.
-- Source: pkg/controller/nodelifecycle.
local PodGarbage = require "wl.node.pod_garbage"
local condition = require "wl.node.condition"
local machines = require "wl.kubelet.machines"
local taint_eviction = require "wl.node.taint_eviction"
local taints = require "wl.node.taints"
local template = require "wl.node.template"
local time = require "wl.time"
local value = require "wl.value"
local zones = require "wl.node.zones"

local NodeController = {}
NodeController.__index = NodeController

local GRACE_PERIOD = 40 -- seconds

--- @tparam ?table options `grace_period`: seconds
function NodeController.new(options)
  return setmetatable({ grace_period = options and options.grace_period or GRACE_PERIOD,
                        names = {}, garbage = PodGarbage.new(), evicting = {} }, NodeController)
end

-- ---- what nodes and their kubelets say of themselves ----

-- The conditions that the node should have; and when that will be another
-- answer by the mere passing of time.
local function conditions_of(self, ctx, node)
  local trouble = machines.trouble(node)
  local list = node.status and node.status.conditions
  if trouble == machines.UNREADY then
    return condition.well(ctx:timestamp(), list, "container runtime network not ready")
  elseif not trouble then
    return condition.well(ctx:timestamp(), list)
  end
  local heard = machines.last_heard(node)
  local lost_at = (heard and time.parse(heard) or ctx.now) + self.grace_period
  if ctx.now < lost_at then
    return nil, lost_at
  end
  return condition.unknown(ctx:timestamp(), list, heard)
end

local READINESS = { True = "NodeReady", False = "NodeNotReady", Unknown = "NodeNotReady" }

-- Pods on a node that is not ready are not ready either.
local function mark_pods(ctx, node)
  local ready, on_node = condition.ready(node), ctx:on_node(node.metadata.name, "Pod")
  if not ready or ready == "True" or on_node:count "ready" == 0 then
    return
  end
  local pods = on_node:batch "ready"
  for _, group in ipairs(pods:group_by "status.conditions") do
    local list = {}
    for i, one in ipairs(group[1]) do
      list[i] = one
      if one.type == "Ready" then
        list[i] = value.table(one)
        list[i].status, list[i].lastTransitionTime = "False", ctx:timestamp()
      end
    end
    ctx:update_many(group.batch, { status = { conditions = list } })
    ctx:event_many(group.batch, "Warning", "NodeNotReady", "Node is not ready")
  end
end

-- Returns nil when the server did not take it: then nothing is to be made of what it says
-- of the node.
local function post(self, ctx, node)
  local list, due = conditions_of(self, ctx, node)
  local before = condition.ready(node)
  local after = list and condition.find(list, "Ready").status
  if not list or after == before then
    return node, due
  end
  local name = node.metadata.name
  local posted = ctx:update_status(node, function(status)
    status.conditions = value.list(list)
    if not status.capacity then -- its kubelet registers what the machine has
      status.capacity = template.capacity {}
      status.allocatable = status.capacity
    end
  end)
  if not posted then return nil, due end
  ctx:event(posted, "Normal", READINESS[after], ("Node %s status is now: %s"):format(name,
    READINESS[after]))
  return posted, due
end

-- ---- taints ----

local function set_taints(ctx, node, list)
  return ctx:update(node, function(draft)
    draft.spec.taints = #list > 0 and value.list(list) or nil
  end) or node
end

local function follow_conditions(ctx, node)
  local list, changed = taints.no_schedule(node, ctx:timestamp())
  if changed then
    node = set_taints(ctx, node, list)
  end
  local wanted, current = taints.evicting_key(node), taints.evicting(node)
  if current and current.key ~= wanted then
    -- A node that got better loses the taint; one that fares otherwise badly changes it.
    node = set_taints(ctx, node, taints.with_evicting(node, wanted, ctx:timestamp()))
  end
  return node
end

local function not_ready_since(node)
  local ready = condition.find(node.status and node.status.conditions, "Ready")
  return ready and ready.lastTransitionTime or ""
end

local function longest_lost_first(a, b)
  local x, y = not_ready_since(a), not_ready_since(b)
  if x ~= y then
    return x < y
  end
  return a.metadata.name < b.metadata.name
end

-- The moment of the last node of each zone to be emptied.
local function last_emptied(nodes)
  local last = {}
  for _, node in ipairs(nodes) do
    local one = taints.evicting(node)
    local zone = zones.of(node)
    if one and one.timeAdded then
      last[zone] = math.max(last[zone] or 0, time.parse(one.timeAdded))
    end
  end
  return last
end

-- Put NoExecute taints on lost nodes, as fast as their zones allow. Returns the
-- moment for the next one.
local function empty_lost(ctx, nodes)
  local lost = {}
  for _, node in ipairs(nodes) do
    if taints.evicting_key(node) and not taints.evicting(node) then
      lost[#lost + 1] = node
    end
  end
  if #lost == 0 then
    return nil
  end
  table.sort(lost, longest_lost_first)
  local intervals, last, due = zones.intervals(ctx), last_emptied(nodes), nil
  for _, node in ipairs(lost) do
    local zone = zones.of(node)
    local at = intervals[zone] and (last[zone] and last[zone] + intervals[zone] or ctx.now)
    if at and at <= ctx.now then
      set_taints(ctx, node, taints.with_evicting(node, taints.evicting_key(node), ctx:timestamp()))
      last[zone] = ctx.now
    elseif at then
      due = math.min(due or at, at)
    end
  end
  return due
end

-- ---- nodes that come and go ----

local function greet(self, ctx)
  local all = ctx:all "Node":batch()
  local new = self.known and all:without(self.known) or all
  local gone = self.known and self.known:without(all)
  for i, name in ipairs(new:pluck "metadata.name") do
    self.names[new:id(i)] = name
  end
  if #new > 0 then
    ctx:event_many(new, "Normal", "Starting", "Starting kubelet.")
    ctx:event_many(new, "Normal", "RegisteredNode",
      "Node {metadata.name} event: Registered Node {metadata.name} in Controller")
  end
  for i = 1, gone and #gone or 0 do
    local name = self.names[gone:id(i)]
    self.names[gone:id(i)] = nil
    self.garbage:lost(name, ctx.now)
    ctx:event({ apiVersion = "v1", kind = "Node", metadata = { name = name } }, "Normal",
      "RemovingNode", ("Node %s event: Removing Node %s from Controller"):format(name, name))
  end
  self.known = all
end

-- ---- the whole ----

local function earlier(a, b)
  return a and b and math.min(a, b) or a or b
end

-- See to the nodes that need care. Returns when to look again.
local function care(self, ctx)
  local due
  for node in ctx:where("Node", "care"):batch():each() do
    local seen, at = post(self, ctx, node)
    if seen then
      mark_pods(ctx, seen)
      follow_conditions(ctx, seen)
    end
    due = earlier(due, at)
  end
  local nodes = {}
  for node in ctx:where("Node", "care"):batch():each() do
    nodes[#nodes + 1] = node
  end
  due = earlier(due, empty_lost(ctx, nodes))
  self.evicting = {}
  for node in ctx:where("Node", "care"):batch():each() do
    local evicting = taint_eviction.taints(node)
    if #evicting > 0 then
      self.evicting[#self.evicting + 1] = { node = node, taints = evicting }
    end
  end
  return due
end

--- The live sets whose changes wake the controller.
-- @param ctx the controller surface
function NodeController.wake(_, ctx)
  return { ctx:all "Node", ctx:where("Pod", "bound") }
end

--- Do what is due.
-- @param ctx the controller surface
-- @treturn ?number seconds until something is due again
function NodeController:run(ctx)
  if ctx:changed "Node" or self.due and ctx.now >= self.due then
    greet(self, ctx)
    self.due = care(self, ctx)
    ctx:changed "Node" -- what was written here is known
    if ctx.was_refused then self.due = ctx.now end
  end
  local due = self.due
  for _, one in ipairs(self.evicting) do
    due = earlier(due, taint_eviction.run(ctx, one.node, one.taints))
  end
  due = earlier(due, self.garbage:run(ctx))
  return due and math.max(0, due - ctx.now)
end

return NodeController
