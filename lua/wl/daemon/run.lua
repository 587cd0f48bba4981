-- SPDX-License-Identifier: MIT
--- One sync of a DaemonSet: what it looks at, and the acts.
--
-- Source: pkg/controller/daemon `syncNodes`, `updatedDesiredNodeCounts`,
-- `updateDaemonSetStatus`.
local Map = require "wl.daemon.map"
local intstr = require "wl.intstr"
local pods = require "wl.daemon.pods"

local Run = {}
Run.__index = Run

--- The most pods that one sync creates, and the most that it deletes.
Run.BURST = 250

-- ---- the budget ----

local function rolling_of(set)
  local strategy = set.spec.updateStrategy or {}
  return strategy.type == "RollingUpdate" and strategy.rollingUpdate or {}
end

local function share(given, desired)
  return given and intstr.resolve(given, desired, true) or 0
end

--- How many nodes may have two pods for a while. Percentages round up.
-- @param set
-- @tparam integer desired number of nodes
-- @treturn integer
function Run.surge(set, desired) return share(rolling_of(set).maxSurge, desired) end

--- How many nodes may be without an available pod.
function Run.unavailable(set, desired) return share(rolling_of(set).maxUnavailable, desired) end

--- Both. Where both come to nothing, one node may be without.
-- @treturn integer surge
-- @treturn integer unavailable
function Run.budget(set, desired)
  local surge, unavailable = Run.surge(set, desired), Run.unavailable(set, desired)
  if desired > 0 and surge == 0 and unavailable == 0 then
    unavailable = 1
  end
  return surge, unavailable
end

-- ---- looking ----

-- Maps of sets that are gone go when a new one is made.
local function map_of(ctx, set)
  local maps = ctx.daemon_maps or {}
  ctx.daemon_maps = maps
  local uid = set.metadata.uid
  if not maps[uid] then
    for other in pairs(maps) do
      maps[other] = ctx:by_uid(other) and maps[other] or nil
    end
    maps[uid] = Map.new()
  end
  return maps[uid]
end

--- @param ctx
-- @param set
-- @tparam string sum the hash of the present revision
-- @tparam ?table stepwise where the strategy is not one of the kind's own: max_surge and
--   max_unavailable; stable (sum and template of the stable revision), back (all go back to
--   it); topology
-- @treturn Run
function Run.open(ctx, set, sum, stepwise)
  local self = setmetatable({ ctx = ctx, set = set, sum = sum, map = map_of(ctx, set),
    created = 0, deleted = 0 }, Run)
  for field, x in pairs(stepwise or {}) do
    self[field] = x
  end
  self:look()
  return self
end

--- The budget that holds, in nodes.
-- @tparam integer desired
-- @treturn integer surge
-- @treturn integer unavailable
function Run:budget_of(desired)
  if not self.stepwise then
    return Run.budget(self.set, desired)
  end
  local surge, unavailable = share(self.max_surge, desired), share(self.max_unavailable, desired)
  return surge, surge == 0 and math.max(unavailable, 1) or unavailable
end

--- See what there is now.
function Run:look()
  local set, back = self.set, self.back
  self.map:refresh(self.ctx, set, {
    sum = back and self.stable.sum or self.sum,
    generation = not back and pods.generation(set) or nil,
    min_ready = set.spec.minReadySeconds or 0, now = self.ctx.now,
    surges = self:budget_of(1) > 0, topology = self.topology,
  })
end

--- The DaemonSets to which it makes a difference that a node was written.
-- @param ctx
-- @param node as it was or is
-- @treturn table array of { namespace, name }
function Run.concerned(ctx, node)
  local name, found = node.metadata.name, {}
  local object = ctx:get("Node", nil, name)
  for set in ctx:all("DaemonSet"):each() do
    local map = (ctx.daemon_maps or {})[set.metadata.uid]
    if map and map:is_news(name, object) then
      map:note_node(name)
      found[#found + 1] = set.metadata
    end
  end
  return found
end

-- ---- acting ----

--- A pod as it is created.
-- @tparam ?boolean is_stable of the stable revision, not of the present one
-- @treturn table
function Run:pod(is_stable)
  if is_stable or self.back then
    return pods.new(self.set, self.stable.sum, self.stable.template)
  end
  return pods.new(self.set, self.sum)
end

--- Create pods on nodes.
-- @tparam table nodes array
-- @tparam ?boolean is_stable of the stable revision, not of the present one
-- @treturn ?boolean true; or nil, message, code
function Run:create_on(nodes, is_stable)
  local ctx, set, names = self.ctx, self.set, {}
  for i, node in ipairs(nodes) do
    names[i] = node.name
  end
  if #names == 0 then
    return true
  end
  self.created = self.created + #names
  local message, code
  self.map:create(ctx, set, names, function()
    local _, batch
    _, message, code, batch =
      ctx:create_many(self:pod(is_stable), #names, pods.pins(names))
    if batch and #batch > 0 then
      ctx:event_many(batch, "Normal", "SuccessfulCreate", "Created pod: {metadata.name}", set)
    end
    return batch
  end)
  if message then
    ctx:event(set, "Warning", "FailedCreate", "Error creating: " .. message)
    return nil, message, code
  end
  return true
end

--- Delete pods.
-- @tparam table list of pods, as read
-- @treturn ?boolean true; or nil, message, code
function Run:delete(list)
  if #list == 0 then
    return true
  end
  self.deleted = self.deleted + #list
  local ctx, set = self.ctx, self.set
  local batch = ctx:owned(set, "Pod"):batch(nil, 0)
  for _, one in ipairs(list) do
    batch:add(one.key)
  end
  ctx:event_many(batch, "Normal", "SuccessfulDelete", "Deleted pod: {metadata.name}", set)
  local _, message, code = ctx:delete_many(batch)
  if message then
    ctx:event(set, "Warning", "FailedDelete", "Error deleting: " .. message)
    return nil, message, code
  end
  return true
end

local ENDED = {
  Failed = { "Warning", "FailedDaemonPod",
    "Found failed daemon pod %s/%s on node %s, will try to kill it" },
  Succeeded = { "Normal", "SucceededDaemonPod",
    "Found succeeded daemon pod %s/%s on node %s, will try to delete it" },
}

--- Tell of a pod that has ended by itself, and wait longer for the next.
function Run:note_end(node, one)
  local words = ENDED[one.phase]
  if words and node.stay then
    self.ctx:event(self.set, words[1], words[2],
      words[3]:format(self.set.metadata.namespace, one.name, node.name))
    if one.phase == "Failed" then
      self.map.backoff:note(node.name, self.ctx.now)
    end
  end
end

--- How many more pods this sync may create, and how many it may delete.
-- @treturn integer
-- @treturn integer
function Run:left()
  return math.max(Run.BURST - self.created, 0), math.max(Run.BURST - self.deleted, 0)
end

-- ---- the status ----

local function some(n) return n > 0 and n or nil end

--- How many nodes have a pod of the present revision.
-- @treturn integer
function Run:updated()
  local map = self.map
  return self.back and math.max(0, map:sum "current" - map:sum "updated") or map:sum "updated"
end

--- The status, as it is written.
-- @tparam integer collisions
-- @treturn table
function Run:status(collisions)
  local map, before = self.map, self.set.status or {}
  local desired, available = map:sum "desired", map:sum "serving"
  return {
    currentNumberScheduled = map:sum "current", numberMisscheduled = map:sum "misscheduled",
    desiredNumberScheduled = desired, numberReady = map:sum "ready",
    updatedNumberScheduled = some(self:updated()), numberAvailable = some(available),
    numberUnavailable = some(desired - available),
    observedGeneration = before.observedGeneration, conditions = before.conditions,
    rollout = self.record,
    collisionCount = some(collisions) or before.collisionCount,
  }
end

return Run
