-- SPDX-License-Identifier: MIT
--- A node must have free what a pod requests; the emptier node is the better.
-- Source: kube-scheduler plugin NodeResourcesFit, strategy LeastAllocated.
local pod_resources = require "wl.pod_resources"

local FIRST = { cpu = 1, memory = 2, ["ephemeral-storage"] = 3 }

-- What a pod asks for, in the order in which Kubernetes tells what is missing.
local function needs_of(pod)
  local requests, needs = pod_resources.requests(pod.spec), {}
  for resource, amount in pairs(requests) do
    if amount > 0 then
      needs[#needs + 1] = { resource = resource, amount = amount }
    end
  end
  table.sort(needs, function(a, b)
    local x, y = FIRST[a.resource] or 4, FIRST[b.resource] or 4
    if x ~= y then
      return x < y
    end
    return a.resource < b.resource
  end)
  return needs
end

local function fits(node, needs, nodes)
  if node.pods >= (node.allocatable.pods or 0) then
    return false
  end
  for i = 1, #needs do
    local need = needs[i]
    if need.amount > nodes:left(node, need.resource) then
      return false
    end
  end
  return true
end

local function missing(node, needs, nodes)
  local reasons, helpless = {}, false
  if node.pods >= (node.allocatable.pods or 0) then
    reasons[1] = "Too many pods"
  end
  for _, need in ipairs(needs) do
    if need.amount > nodes:left(node, need.resource) then
      reasons[#reasons + 1] = "Insufficient " .. need.resource
      helpless = helpless or need.amount > (node.allocatable[need.resource] or 0)
    end
  end
  return reasons, helpless
end

local function free_share(capacity, taken)
  if not capacity or capacity == 0 or taken > capacity then
    return 0
  end
  return (capacity - taken) * 100 / capacity
end

local function prepare(pod, nodes)
  local needs = needs_of(pod)
  local counted = pod_resources.scored(pod.spec)
  local cpu, memory = counted.cpu or 0, counted.memory or 0
  return {
    check = function(node)
      if not fits(node, needs, nodes) then
        return missing(node, needs, nodes)
      end
    end,
    score = function(node)
      local has, taken = node.allocatable, node.scored
      return (free_share(has.cpu, taken.cpu + cpu) + free_share(has.memory, taken.memory + memory))
        / 2
    end,
  }
end

return { name = "NodeResourcesFit", changes = "pods", prepare = prepare }
