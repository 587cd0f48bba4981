-- SPDX-License-Identifier: MIT
--- The conditions of nodes, as their kubelets post them and as the node
-- controller finds them when it hears nothing.
-- Source: pkg/kubelet/nodestatus; pkg/controller/nodelifecycle.
local condition = {}

-- type, status when all is well, reason, message
local WELL = {
  { "MemoryPressure", "False", "KubeletHasSufficientMemory",
    "kubelet has sufficient memory available" },
  { "DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure" },
  { "PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available" },
  { "Ready", "True", "KubeletReady", "kubelet is posting ready status" },
}

local POSTED = { MemoryPressure = true, DiskPressure = true, PIDPressure = true, Ready = true }

--- The condition of a type in a list.
-- @return the condition, or nil
function condition.find(list, type)
  for _, one in ipairs(list or {}) do
    if one.type == type then
      return one
    end
  end
  return nil
end

--- The status of a node's Ready condition.
-- @treturn string "True", "False" or "Unknown"
function condition.ready(node)
  local ready = condition.find(node.status and node.status.conditions, "Ready")
  return ready and ready.status or "Unknown"
end

local function with_times(one, before, timestamp, heard)
  local same = before and before.status == one.status
  one.lastTransitionTime = same and before.lastTransitionTime or timestamp
  one.lastHeartbeatTime = heard
  return one
end

-- The list with those conditions that kubelets post made anew.
local function replaced(list, make)
  local result = {}
  for _, posted in ipairs(WELL) do
    result[#result + 1] = make(posted, condition.find(list, posted[1]))
  end
  for _, other in ipairs(list or {}) do
    if not POSTED[other.type] then
      result[#result + 1] = other
    end
  end
  return result
end

--- The conditions that a kubelet posts.
-- @tparam string timestamp now
-- @param list what was there before, or nil
-- @tparam ?string problem why the node is not ready; nil: it is
-- @treturn table array
function condition.well(timestamp, list, problem)
  return replaced(list, function(posted, before)
    local one = { type = posted[1], status = posted[2], reason = posted[3], message = posted[4] }
    if problem and one.type == "Ready" then
      one.status, one.reason, one.message = "False", "KubeletNotReady", problem
    end
    return with_times(one, before, timestamp, timestamp)
  end)
end

--- The conditions of a node that is not heard any more.
-- @tparam string timestamp now
-- @param list what was there before
-- @tparam string heard when it was last heard
-- @treturn table array
function condition.unknown(timestamp, list, heard)
  return replaced(list, function(posted, before)
    local one = { type = posted[1], status = "Unknown", reason = "NodeStatusUnknown",
                  message = "Kubelet stopped posting node status." }
    return with_times(one, before, timestamp, heard)
  end)
end

return condition
