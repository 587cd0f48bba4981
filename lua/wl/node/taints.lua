-- SPDX-License-Identifier: MIT
--- The taints that a node's conditions call for.
--
-- NoSchedule taints follow the conditions at once. NoExecute taints, which
-- evict pods, are put on only as fast as the zone allows: see wl.node.zones.
-- Source: pkg/controller/nodelifecycle `doNoScheduleTaintingPass`,
-- `processTaintBaseEviction`.
local condition = require "wl.node.condition"
local taint = require "wl.taint"

local taints = {}

-- Condition, the status that taints, the taint's key.
local BY_CONDITION = {
  { "Ready", "False", taint.NOT_READY },
  { "Ready", "Unknown", taint.UNREACHABLE },
  { "MemoryPressure", "True", "node.kubernetes.io/memory-pressure" },
  { "DiskPressure", "True", "node.kubernetes.io/disk-pressure" },
  { "PIDPressure", "True", "node.kubernetes.io/pid-pressure" },
  { "NetworkUnavailable", "True", "node.kubernetes.io/network-unavailable" },
}

local OURS = { [taint.UNSCHEDULABLE] = true }
for _, entry in ipairs(BY_CONDITION) do
  OURS[entry[3]] = true
end

local function wanted_keys(node)
  local wanted = {}
  local list = node.status and node.status.conditions
  for _, entry in ipairs(BY_CONDITION) do
    local one = condition.find(list, entry[1])
    if one and one.status == entry[2] then
      wanted[#wanted + 1] = entry[3]
    end
  end
  if node.spec and node.spec.unschedulable then
    wanted[#wanted + 1] = taint.UNSCHEDULABLE
  end
  return wanted
end

local function contains(list, wanted)
  for _, one in ipairs(list) do
    if one == wanted then
      return true
    end
  end
  return false
end

--- The taints with those NoSchedule taints that the conditions call for, and
-- without those that they do not.
-- @param node
-- @tparam string timestamp now
-- @treturn table array
-- @treturn boolean did anything change?
function taints.no_schedule(node, timestamp)
  local wanted, result, changed = wanted_keys(node), {}, false
  for _, one in ipairs(node.spec and node.spec.taints or {}) do
    local stale = one.effect == "NoSchedule" and OURS[one.key] and not contains(wanted, one.key)
    changed = changed or stale
    if not stale then
      result[#result + 1] = one
    end
  end
  for _, key in ipairs(wanted) do
    local one = { key = key, effect = "NoSchedule", timeAdded = timestamp }
    if not taint.find(result, one) then
      result[#result + 1], changed = one, true
    end
  end
  return result, changed
end

--- The key of the NoExecute taint that a node should have.
-- @treturn ?string nil for a node that is ready
function taints.evicting_key(node)
  local ready = condition.ready(node)
  if ready == "True" then
    return nil
  end
  return ready == "False" and taint.NOT_READY or taint.UNREACHABLE
end

local function is_evicting(one)
  local ours = one.key == taint.NOT_READY or one.key == taint.UNREACHABLE
  return ours and one.effect == "NoExecute"
end

--- The NoExecute taint that the controller has put on a node.
-- @return the taint, or nil
function taints.evicting(node)
  for _, one in ipairs(node.spec and node.spec.taints or {}) do
    if is_evicting(one) then
      return one
    end
  end
  return nil
end

--- The taints with the controller's NoExecute taint replaced.
-- @param node
-- @tparam ?string key nil: none
-- @tparam string timestamp now
-- @treturn table array
function taints.with_evicting(node, key, timestamp)
  local result = {}
  for _, one in ipairs(node.spec and node.spec.taints or {}) do
    if not is_evicting(one) then
      result[#result + 1] = one
    end
  end
  if key then
    result[#result + 1] = { key = key, effect = "NoExecute", timeAdded = timestamp }
  end
  return result
end

return taints
