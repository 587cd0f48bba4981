-- SPDX-License-Identifier: MIT
--- The Node objects that a simulated cluster begins with.
--
--   cluster { nodes = 3, node = { cpu = "8", memory = "32Gi", zones = 3 } }
--
--   cpu, memory, pods, storage  what a node has: "4", "16Gi", 110, "100Gi"
--   extended                    { ["nvidia.com/gpu"] = 8 }
--   labels, taints              of every node; taints as kubectl writes them
--   zones                       spread nodes over so many zones (labels); none
--   name                        the prefix of the names: "node"
--
-- What the kubelet holds back for itself is not modelled: all of a node's
-- capacity can be given to pods.
local condition = require "wl.node.condition"
local suggest = require "wl.suggest"
local taint = require "wl.taint"
local value = require "wl.value"

local template = {}

local FIELDS = { cpu = true, memory = true, pods = true, storage = true, extended = true,
                 labels = true, taints = true, zones = true, name = true }

local DEFAULTS = { cpu = "4", memory = "16Gi", pods = 110, storage = "100Gi", name = "node" }

local REGION, ZONE = "topology.kubernetes.io/region", "topology.kubernetes.io/zone"

local function get(options, field)
  local given = options[field]
  return given == nil and DEFAULTS[field] or given
end

local function check(options, level)
  for field in pairs(options) do
    if not FIELDS[field] then
      error(("node: unknown field %q%s"):format(tostring(field),
        suggest.hint(tostring(field), suggest.keys(FIELDS))), level + 1)
    end
  end
  if options.zones and (math.type(options.zones) ~= "integer" or options.zones < 1) then
    error("node: zones must be an integer above 0", level + 1)
  end
end

--- What a machine has.
-- @tparam table options see above
-- @treturn table resource -> quantity
function template.capacity(options)
  local has = { cpu = tostring(get(options, "cpu")), memory = tostring(get(options, "memory")),
                pods = tostring(get(options, "pods")),
                ["ephemeral-storage"] = tostring(get(options, "storage")) }
  for resource, amount in pairs(options.extended or {}) do
    has[resource] = tostring(amount)
  end
  return has
end

local function read_taints(texts, level)
  local parsed, message = taint.parse(texts or {})
  if not parsed then
    error("node: " .. message, level + 1)
  end
  return #parsed.add > 0 and value.list(parsed.add) or nil
end

-- "zone-a", "zone-b" ...
local function zone_of(i, zones)
  return "zone-" .. string.char(("a"):byte() + (i - 1) % zones)
end

local function labels_of(name, i, options)
  local labels = { ["kubernetes.io/hostname"] = name, ["kubernetes.io/os"] = "linux",
                   ["kubernetes.io/arch"] = "amd64" }
  if options.zones then
    labels[REGION], labels[ZONE] = "region-1", zone_of(i, options.zones)
  end
  for key, text in pairs(options.labels or {}) do
    labels[key] = text
  end
  return labels
end

local SYSTEM = { kubeletVersion = "v1.36.0", kubeProxyVersion = "", osImage = "simulated",
                 operatingSystem = "linux", architecture = "amd64", kernelVersion = "6.1",
                 containerRuntimeVersion = "wlrun://1", machineID = "", systemUUID = "",
                 bootID = "" }

local function status_of(name, i, options, timestamp)
  local has = template.capacity(options)
  return {
    capacity = has, allocatable = has,
    conditions = value.list(condition.well(timestamp)),
    addresses = value.list {
      { type = "InternalIP", address = ("10.%d.%d.%d"):format(i >> 16, i >> 8 & 255, i & 255) },
      { type = "Hostname", address = name },
    },
    daemonEndpoints = { kubeletEndpoint = { Port = 10250 } },
    nodeInfo = SYSTEM,
  }
end

--- Make a Node object.
-- @tparam integer i from 1: names and addresses follow from it
-- @tparam table options see above
-- @tparam string timestamp when the node became ready
-- @tparam ?integer level whose mistake it is, as for `error`
-- @treturn table
function template.node(i, options, timestamp, level)
  level = (level or 1) + 1
  check(options, level)
  local name = ("%s-%d"):format(get(options, "name"), i)
  return {
    apiVersion = "v1", kind = "Node",
    metadata = { name = name, labels = labels_of(name, i, options) },
    spec = { podCIDR = ("10.%d.%d.0/24"):format(128 + (i >> 8), i & 255),
             taints = read_taints(options.taints, level) },
    status = status_of(name, i, options, timestamp),
  }
end

return template
