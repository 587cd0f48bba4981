-- SPDX-License-Identifier: MIT
--- The part of a story that tells of nodes: how many pods each had over time, and
-- when it was not ready.
local Series = require "wl.report.series"
local conditions = require "wl.conditions"

local Nodes = {}
Nodes.__index = Nodes

--- @treturn Nodes
function Nodes.new() return setmetatable({ list = {}, by_name = {} }, Nodes) end

local function node_of(self, name)
  local node = self.by_name[name]
  if not node then
    node = { name = name, pods = Series.new(), ready = Series.new(), count = 0 }
    self.by_name[name] = node
    self.list[#self.list + 1] = node
  end
  return node
end

local ENDED = { Succeeded = true, Failed = true }

-- Where a pod takes room.
local function place_of(pod)
  if not pod or ENDED[(pod.status or {}).phase] then return nil end
  return pod.spec.nodeName
end

local function count(self, name, by, t)
  if not name then return end
  local node = node_of(self, name)
  node.count = node.count + by
  node.pods:add(t, node.count)
end

local function take_pod(self, change)
  local before, after = place_of(change.old), place_of(change.now)
  if before == after then return end
  count(self, before, -1, change.t)
  count(self, after, 1, change.t)
end

local function take_node(self, change)
  local object = change.now or change.old
  local node = node_of(self, object.metadata.name)
  local ready = conditions.find((object.status or {}).conditions, "Ready")
  node.ready:add(change.t, change.now and ready and ready.status == "True" and 1 or 0)
end

--- Take a write in.
-- @tparam table change t (seconds since the beginning), old, now
function Nodes:take(change)
  local kind = (change.now or change.old).kind
  if kind == "Pod" then
    take_pod(self, change)
  elseif kind == "Node" then
    take_node(self, change)
  end
end

return Nodes
