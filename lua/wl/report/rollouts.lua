-- SPDX-License-Identifier: MIT
--- The part of a story that tells of replicated workloads: pods by revision over
-- time, how many were available, and how many had to be.
--
-- A Deployment's revisions are its ReplicaSets; a StatefulSet and a DaemonSet count
-- in their status how many pods have the revision they are updated to.
local Series = require "wl.report.series"
local budget = require "wl.rollout.budget"
local daemon_budget = require "wl.daemon.run"
local owner = require "wl.owner"
local revision = require "wl.revision"

local Rollouts = {}
Rollouts.__index = Rollouts

--- @treturn Rollouts
function Rollouts.new() return setmetatable({ list = {}, by_uid = {}, sets = {} }, Rollouts) end

local function key_of(object) return object.kind .. "/" .. object.metadata.name end

local function workload(self, uid, name)
  local found = self.by_uid[uid]
  if not found then
    found = { uid = uid, name = name, layers = {}, by_layer = {}, available = Series.new(),
      wanted = Series.new(), least = Series.new(), most = Series.new(), uids = { [uid] = true } }
    self.by_uid[uid] = found
    self.list[#self.list + 1] = found
  end
  return found
end

local function layer(found, key, label)
  local one = found.by_layer[key]
  if not one then
    one = { key = key, label = label, pods = Series.new(), available = Series.new() }
    found.by_layer[key] = one
    found.layers[#found.layers + 1] = one
  end
  one.label = label or one.label
  return one
end

local function sum_available(found, t)
  local total = 0
  for _, one in ipairs(found.layers) do total = total + one.available:last() end
  found.available:add(t, total)
end

-- ---- one set of one template: a layer of its Deployment, or a workload by itself ----

local function set_label(object)
  local number = revision.of(object)
  return number and ("revision %d (%s)"):format(number, object.metadata.name)
    or object.metadata.name
end

local function replica_set(self, t, object, is_gone)
  local above = owner.controller(object)
  local found = above and workload(self, above.uid, above.kind .. "/" .. above.name)
    or workload(self, object.metadata.uid, key_of(object))
  local one = layer(found, object.metadata.uid, set_label(object))
  local status = not is_gone and object.status or {}
  one.pods:add(t, status.replicas or 0)
  one.available:add(t, status.availableReplicas or 0)
  found.uids[object.metadata.uid] = true
  sum_available(found, t)
  if not above then found.wanted:add(t, is_gone and 0 or object.spec.replicas or 1) end
end

-- ---- what is wanted ----

local function deployment(self, t, object, is_gone)
  local found = workload(self, object.metadata.uid, key_of(object))
  found.namespace = object.metadata.namespace
  local wanted = is_gone and 0 or object.spec.replicas or 1
  local surge, unavailable = budget.of(object)
  local is_rolling = object.spec.strategy.type ~= "Recreate" and not is_gone
  found.wanted:add(t, wanted)
  found.least:add(t, is_rolling and wanted - unavailable or 0)
  found.most:add(t, wanted + surge)
end

local function by_status(found, t, counts)
  layer(found, "old", "earlier revision").pods:add(t, math.max(counts.all - counts.updated, 0))
  layer(found, "new", "update revision").pods:add(t, counts.updated)
  found.available:add(t, counts.available)
  found.wanted:add(t, counts.wanted)
end

local function stateful_set(self, t, object, is_gone)
  local found = workload(self, object.metadata.uid, key_of(object))
  local status = not is_gone and object.status or {}
  local is_settled = status.currentRevision == status.updateRevision
  by_status(found, t, { all = status.replicas or 0,
    updated = is_settled and status.replicas or status.updatedReplicas or 0,
    available = status.availableReplicas or 0,
    wanted = is_gone and 0 or object.spec.replicas or 1 })
end

local function daemon_set(self, t, object, is_gone)
  local found = workload(self, object.metadata.uid, key_of(object))
  local status = not is_gone and object.status or {}
  local wanted = status.desiredNumberScheduled or 0
  by_status(found, t, { all = status.currentNumberScheduled or 0,
    updated = status.updatedNumberScheduled or 0, available = status.numberAvailable or 0,
    wanted = wanted })
  local _, unavailable = daemon_budget.budget(object, wanted)
  found.least:add(t, math.max(wanted - unavailable, 0))
end

local TAKE = { ReplicaSet = replica_set, ReplicationController = replica_set,
  Deployment = deployment, StatefulSet = stateful_set, DaemonSet = daemon_set }

--- Take a write in.
-- @tparam table change t (seconds since the beginning), old, now
function Rollouts:take(change)
  local object = change.now or change.old
  local take = TAKE[object.kind]
  if take then take(self, change.t, object, change.now == nil) end
end

--- The moments at which fewer pods were available than the budget says, once it was
-- met since it was last raised: who scales up waits for the new pods.
-- @tparam table rollout
-- @treturn {number,...} seconds
function Rollouts.breaches(rollout)
  local found, was_met, is_below, before = {}, false, false, 0
  for i, t in ipairs(rollout.available.times) do
    local least = rollout.least:at(t)
    local below = rollout.available.values[i] < least
    was_met = was_met and least <= before
    before = least
    if below and was_met and not is_below then found[#found + 1] = t end
    was_met, is_below = was_met or not below, below
  end
  return found
end

return Rollouts
