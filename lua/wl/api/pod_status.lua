-- SPDX-License-Identifier: MIT
--- What is known of a running pod. (core/v1)
local schema = require "wl.schema"
local container = require "wl.api.container"
local meta = require "wl.api.meta"

local object, list, map, merged, set = schema.object, schema.list, schema.map, schema.merged,
  schema.set
local required = schema.required
local word, str, bool, flag, int32, int64, count, count64 = schema.word, schema.str, schema.bool,
  schema.flag, schema.int32, schema.int64, schema.count, schema.count64
local time, resources = schema.time, schema.resources

local status = {}

status.ContainerStateWaiting = object { reason = word, message = word }

status.ContainerStateRunning = object { startedAt = time }

status.ContainerStateTerminated = object {
  exitCode = required(int32), signal = count, reason = word, message = word,
  startedAt = time, finishedAt = time, containerID = word,
}

status.ContainerState = object {
  waiting = status.ContainerStateWaiting, running = status.ContainerStateRunning,
  terminated = status.ContainerStateTerminated,
}

status.ImageVolumeStatus = object { imageRef = required(str) }

status.VolumeStatus = object { image = status.ImageVolumeStatus }

status.VolumeMountStatus = object {
  name = required(str), mountPath = required(str), readOnly = flag, recursiveReadOnly = str,
  volumeStatus = status.VolumeStatus,
}

status.LinuxContainerUser = object {
  uid = required(int64), gid = required(int64), supplementalGroups = list(int64),
}

status.ContainerUser = object { linux = status.LinuxContainerUser }

status.ResourceHealth = object { resourceID = required(str), health = word, message = str }

status.ResourceStatus = object {
  name = required(str), resources = list(status.ResourceHealth) { keys = { "resourceID" } },
}

status.ContainerStatus = object {
  name = required(str), state = status.ContainerState, lastState = status.ContainerState,
  ready = required(bool), restartCount = required(int32), started = bool,
  image = required(str), imageID = required(str), containerID = word,
  allocatedResources = resources, resources = container.ResourceRequirements,
  allocatedResourcesStatus = merged(status.ResourceStatus, "name"),
  volumeMounts = merged(status.VolumeMountStatus, "mountPath"),
  user = status.ContainerUser, stopSignal = str,
}

status.PodCondition = meta.condition { lastProbeTime = time, observedGeneration = count64 }

status.HostIP = object { ip = required(str) }

status.PodIP = object { ip = required(str) }

status.PodResourceClaimStatus = object { name = required(str), resourceClaimName = str }

status.ContainerExtendedResourceRequest = object {
  containerName = required(str), resourceName = required(str), requestName = required(str),
}

status.PodExtendedResourceClaimStatus = object {
  requestMappings = required(list(status.ContainerExtendedResourceRequest)),
  resourceClaimName = required(str),
}

status.NodeAllocatableResourceClaimStatus = object {
  resourceClaimName = required(str), containers = set(str),
  resources = required(map(schema.quantity)),
}

status.PodStatus = object {
  phase = word { enum = { "Failed", "Pending", "Running", "Succeeded", "Unknown" } },
  conditions = merged(status.PodCondition, "type"), message = word, reason = word,
  nominatedNodeName = word, startTime = time, observedGeneration = count64,
  hostIP = word, hostIPs = list(status.HostIP) { merge = "ip" },
  podIP = word, podIPs = merged(status.PodIP, "ip"),
  initContainerStatuses = list(status.ContainerStatus),
  containerStatuses = list(status.ContainerStatus),
  ephemeralContainerStatuses = list(status.ContainerStatus),
  qosClass = word { enum = { "BestEffort", "Burstable", "Guaranteed" } },
  resize = word, resources = container.ResourceRequirements, allocatedResources = resources,
  resourceClaimStatuses = merged(status.PodResourceClaimStatus, "name") { retain = true },
  extendedResourceClaimStatus = status.PodExtendedResourceClaimStatus,
  nodeAllocatableResourceClaimStatuses = list(status.NodeAllocatableResourceClaimStatus),
}

return schema.named(status)
