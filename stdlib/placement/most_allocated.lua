-- SPDX-License-Identifier: MIT
--- The fuller node is the better, as long as the pod fits.
-- Source: kube-scheduler plugin NodeResourcesFit, strategy MostAllocated.
local pod_resources = require "wl.pod_resources"

local function taken_share(capacity, taken)
  if not capacity or capacity == 0 or taken > capacity then return 0 end
  return taken * 100 / capacity
end

local function prepare(pod)
  local counted = pod_resources.scored(pod.spec)
  local cpu, memory = counted.cpu or 0, counted.memory or 0
  return {
    score = function(node)
      local has, taken = node.allocatable, node.scored
      return (taken_share(has.cpu, taken.cpu + cpu)
        + taken_share(has.memory, taken.memory + memory)) / 2
    end,
  }
end

-- It must outweigh NodeResourcesFit, which likes the emptier node.
return { name = "MostAllocated", changes = "pods", weight = 3, reads = {}, prepare = prepare }
