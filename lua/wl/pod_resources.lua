-- SPDX-License-Identifier: MIT
--- What a pod asks of a node, and the quality of service that follows.
--
-- Amounts are integers: cpu in thousandths, all else in units. Works on views
-- and on plain tables.
-- Source: component-helpers `resource.PodRequests`, `qos.GetPodQOS`.
local quantity = require "wl.quantity"

local pod_resources = {}

-- What a container without a request counts as when nodes are compared, so
-- that such containers do not all end on one node.
local ASSUMED = { cpu = 100, memory = 200 * 1024 * 1024 }

--- A quantity as an integer of its resource's unit; 0 when it cannot be read.
-- @tparam string resource such as "cpu"
-- @param text quantity text or number
-- @treturn integer
function pod_resources.amount(resource, text)
  local read = resource == "cpu" and quantity.milli or quantity.value
  return read(tostring(text)) or 0
end

--- A map of quantities as integers.
-- @treturn table resource -> integer
function pod_resources.amounts(quantities)
  local amounts = {}
  for resource, text in pairs(quantities or {}) do
    amounts[resource] = pod_resources.amount(resource, text)
  end
  return amounts
end

local function add(total, amounts)
  for resource, amount in pairs(amounts) do
    total[resource] = (total[resource] or 0) + amount
  end
  return total
end

local function raise(total, amounts)
  for resource, amount in pairs(amounts) do
    total[resource] = math.max(total[resource] or 0, amount)
  end
  return total
end

-- A limit without a request is a request too.
local function container_requests(container, assumed)
  local resources = container.resources or {}
  local requests = raise(pod_resources.amounts(resources.limits), {})
  for resource, amount in pairs(pod_resources.amounts(resources.requests)) do
    requests[resource] = amount
  end
  for resource, amount in pairs(assumed or {}) do
    requests[resource] = requests[resource] or amount
  end
  return requests
end

-- Init containers run one after another, each beside the sidecars before it.
local function init_requests(containers, assumed)
  local highest, sidecars = {}, {}
  for _, container in ipairs(containers or {}) do
    local requests = container_requests(container, assumed)
    if container.restartPolicy == "Always" then
      add(sidecars, requests)
      raise(highest, sidecars)
    else
      raise(highest, add(requests, sidecars))
    end
  end
  return highest, sidecars
end

local function total(spec, assumed)
  local highest, requests = init_requests(spec.initContainers, assumed)
  for _, container in ipairs(spec.containers or {}) do
    add(requests, container_requests(container, assumed))
  end
  raise(requests, highest)
  local whole = spec.resources and spec.resources.requests
  for resource, amount in pairs(pod_resources.amounts(whole)) do
    requests[resource] = amount
  end
  return add(requests, pod_resources.amounts(spec.overhead))
end

--- What a node must have free for a pod.
-- @param spec the pod's spec
-- @treturn table resource -> integer
function pod_resources.requests(spec)
  return total(spec)
end

--- The most that a pod may use, of what all its containers have a limit for or some
-- have: containers without one are not counted.
-- @param spec the pod's spec
-- @treturn table resource -> integer
function pod_resources.limits(spec)
  local function as_requests(list)
    local plain = {}
    for i, container in ipairs(list or {}) do
      plain[i] = { restartPolicy = container.restartPolicy,
        resources = { requests = container.resources and container.resources.limits } }
    end
    return plain
  end
  return total { containers = as_requests(spec.containers),
    initContainers = as_requests(spec.initContainers),
    resources = spec.resources and { requests = spec.resources.limits } }
end

--- The same for comparing nodes: a container that asks for nothing counts as
-- asking for a little cpu and memory.
-- @param spec the pod's spec
-- @treturn table resource -> integer
function pod_resources.scored(spec)
  return total(spec, ASSUMED)
end

--- One amount of `requests` or `scored` from the parts of a spec, for a sum
-- facet: the parts are shared by the pods of a template.
-- @tparam string resource
-- @tparam ?boolean scored
-- @treturn function (containers, initContainers, overhead, resources) -> integer
function pod_resources.part(resource, scored)
  return function(containers, init_containers, overhead, resources)
    local spec = { containers = containers, initContainers = init_containers,
                   overhead = overhead, resources = resources }
    return total(spec, scored and ASSUMED or nil)[resource] or 0
  end
end

--- The paths that `part` takes, in its order.
pod_resources.PARTS = { "spec.containers", "spec.initContainers", "spec.overhead",
                        "spec.resources" }

local COMPUTE = { "cpu", "memory" }

local function each_container(spec)
  local all = {}
  for _, list in ipairs { spec.containers or {}, spec.initContainers or {} } do
    for _, container in ipairs(list) do
      all[#all + 1] = container
    end
  end
  return all
end

--- The pod's quality of service: Guaranteed, Burstable or BestEffort.
-- @param spec the pod's spec
-- @treturn string
function pod_resources.qos_class(spec)
  local any, guaranteed = false, true
  local holders = spec.resources and { spec } or each_container(spec)
  for _, holder in ipairs(holders) do
    local requests = container_requests(holder)
    local limits = pod_resources.amounts(holder.resources and holder.resources.limits)
    for _, resource in ipairs(COMPUTE) do
      local request, limit = requests[resource] or 0, limits[resource] or 0
      any = any or request > 0 or limit > 0
      guaranteed = guaranteed and limit > 0 and request == limit
    end
  end
  return guaranteed and any and "Guaranteed" or any and "Burstable" or "BestEffort"
end

return pod_resources
