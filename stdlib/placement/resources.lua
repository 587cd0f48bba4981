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

-- How many more such pods a node can take.
local function room_of(node, needs, nodes)
  local room = (node.allocatable.pods or 0) - node.pods
  for _, need in ipairs(needs) do
    room = math.min(room, nodes:left(node, need.resource) // need.amount)
  end
  return room
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

local function share(capacity, amount)
  return (capacity or 0) > 0 and amount * 100 / capacity or 0
end

local function prepare(pod, nodes)
  local needs = needs_of(pod)
  local counted = pod_resources.scored(pod.spec)
  local cpu, memory = counted.cpu or 0, counted.memory or 0
  return {
    check = function(node)
      if room_of(node, needs, nodes) < 1 then
        return missing(node, needs, nodes)
      end
    end,
    room = function(node)
      return room_of(node, needs, nodes)
    end,
    score = function(node)
      local has, taken = node.allocatable, node.scored
      return (free_share(has.cpu, taken.cpu + cpu) + free_share(has.memory, taken.memory + memory))
        / 2
    end,
    cost = function(node)
      local has = node.allocatable
      return (share(has.cpu, cpu) + share(has.memory, memory)) / 2
    end,
  }
end

return { name = "NodeResourcesFit", changes = "pods", reads = {}, prepare = prepare }
