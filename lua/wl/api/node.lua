-- SPDX-License-Identifier: MIT
--- Node. (core/v1)
local schema = require "wl.schema"
local defaults = require "wl.api.defaults.node"
local meta = require "wl.api.meta"
local placement = require "wl.api.placement"

local object, list, merged, set = schema.object, schema.list, schema.merged, schema.set
local required, always = schema.required, schema.always
local word, str, bool, flag, int32, int64, count64 = schema.word, schema.str, schema.bool,
  schema.flag, schema.int32, schema.int64, schema.count64
local time, resources = schema.time, schema.resources

local node = {}

node.ConfigMapNodeConfigSource = object {
  namespace = required(str), name = required(str), kubeletConfigKey = required(str),
  uid = word, resourceVersion = word,
}

node.NodeConfigSource = object { configMap = node.ConfigMapNodeConfigSource }

node.NodeSpec = object {
  podCIDR = word, podCIDRs = set(str) { merge = true }, providerID = word,
  unschedulable = flag, taints = list(placement.Taint),
  configSource = node.NodeConfigSource, externalID = word,
}

node.NodeAddress = object { type = required(str), address = required(str) }

node.NodeCondition = meta.condition { lastHeartbeatTime = time }

node.DaemonEndpoint = object { Port = required(int32) }

node.NodeDaemonEndpoints = object { kubeletEndpoint = node.DaemonEndpoint }

node.NodeSwapStatus = object { capacity = int64 }

node.NodeSystemInfo = object {
  machineID = required(str), systemUUID = required(str), bootID = required(str),
  kernelVersion = required(str), osImage = required(str), operatingSystem = required(str),
  architecture = required(str), containerRuntimeVersion = required(str),
  kubeletVersion = required(str), kubeProxyVersion = required(str), swap = node.NodeSwapStatus,
}

node.ContainerImage = object { names = list(str), sizeBytes = count64 }

node.AttachedVolume = object { name = required(str), devicePath = required(str) }

node.NodeConfigStatus = object {
  assigned = node.NodeConfigSource, active = node.NodeConfigSource,
  lastKnownGood = node.NodeConfigSource, error = word,
}

node.NodeRuntimeHandlerFeatures = object { recursiveReadOnlyMounts = bool, userNamespaces = bool }

node.NodeRuntimeHandler = object { name = str, features = node.NodeRuntimeHandlerFeatures }

node.NodeFeatures = object { supplementalGroupsPolicy = bool }

node.NodeStatus = object {
  capacity = resources, allocatable = resources, phase = word,
  conditions = merged(node.NodeCondition, "type"), addresses = merged(node.NodeAddress, "type"),
  daemonEndpoints = node.NodeDaemonEndpoints, nodeInfo = node.NodeSystemInfo,
  images = list(node.ContainerImage),
  volumesInUse = list(str), volumesAttached = list(node.AttachedVolume),
  config = node.NodeConfigStatus, runtimeHandlers = list(node.NodeRuntimeHandler),
  features = node.NodeFeatures, declaredFeatures = list(str),
} { complete = defaults.node_status }

node.Node = meta.resource { spec = always(node.NodeSpec), status = always(node.NodeStatus) }

return schema.named(node)
