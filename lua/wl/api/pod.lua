-- SPDX-License-Identifier: MIT
--- Pod, its whole specification and status, and templates of it. (core/v1)
local schema = require "wl.schema"
local container = require "wl.api.container"
local defaults = require "wl.api.defaults.pod"
local meta = require "wl.api.meta"
local placement = require "wl.api.placement"
local reference = require "wl.api.reference"
local security = require "wl.api.security"
local status = require "wl.api.pod_status"
local volume = require "wl.api.volume"

local object, list, map, merged = schema.object, schema.list, schema.map, schema.merged
local required, always = schema.required, schema.always
local word, str, bool, flag, int32, int64 = schema.word, schema.str, schema.bool, schema.flag,
  schema.int32, schema.int64

local pod = {}

pod.HostAlias = object { ip = required(str), hostnames = list(str) }

pod.PodDNSConfigOption = object { name = word, value = str }

pod.PodDNSConfig = object {
  nameservers = list(str), searches = list(str), options = list(pod.PodDNSConfigOption),
}

pod.PodOS = object { name = required(str) { enum = { "linux", "windows" } } }

pod.PodReadinessGate = object { conditionType = required(str) }

pod.PodSchedulingGate = object { name = required(str) }

pod.PodSchedulingGroup = object { podGroupName = str }

pod.PodResourceClaim = object {
  name = required(str), resourceClaimName = str, resourceClaimTemplateName = str,
}

pod.PodSpec = object {
  -- what runs
  initContainers = merged(container.Container, "name"),
  containers = required(merged(container.Container, "name")),
  ephemeralContainers = merged(container.EphemeralContainer, "name"),
  volumes = merged(volume.Volume, "name") { retain = true },
  imagePullSecrets = merged(reference.LocalObjectReference, "name"),
  resources = container.ResourceRequirements, overhead = schema.resources,
  resourceClaims = merged(pod.PodResourceClaim, "name") { retain = true },

  -- how long
  restartPolicy = word { default = "Always", enum = { "Always", "Never", "OnFailure" } },
  terminationGracePeriodSeconds = int64 { default = 30 }, activeDeadlineSeconds = int64,

  -- where
  nodeName = word, nodeSelector = map(str) { atomic = true }, affinity = placement.Affinity,
  tolerations = list(placement.Toleration),
  topologySpreadConstraints =
    merged(placement.TopologySpreadConstraint, "topologyKey", "whenUnsatisfiable"),
  schedulerName = word { default = "default-scheduler" },
  schedulingGates = merged(pod.PodSchedulingGate, "name"),
  schedulingGroup = pod.PodSchedulingGroup, runtimeClassName = str, os = pod.PodOS,
  priority = int32, priorityClassName = word,
  preemptionPolicy = str { enum = { "Never", "PreemptLowerPriority" } },

  -- as whom
  serviceAccountName = word, serviceAccount = word, automountServiceAccountToken = bool,
  securityContext = security.PodSecurityContext { default = {} },
  hostUsers = bool, shareProcessNamespace = bool,

  -- on which network
  hostNetwork = flag, hostPID = flag, hostIPC = flag,
  hostname = word, hostnameOverride = str, subdomain = word, setHostnameAsFQDN = bool,
  hostAliases = merged(pod.HostAlias, "ip"),
  dnsPolicy = word { default = "ClusterFirst",
    enum = { "ClusterFirst", "ClusterFirstWithHostNet", "Default", "None" } },
  dnsConfig = pod.PodDNSConfig, enableServiceLinks = bool,
  readinessGates = list(pod.PodReadinessGate),
} { complete = defaults.pod_spec }

pod.PodTemplateSpec = object {
  metadata = always(meta.ObjectMeta), spec = always(pod.PodSpec),
}

pod.PodTemplate = meta.resource { template = always(pod.PodTemplateSpec) }

pod.Pod = meta.resource {
  spec = always(pod.PodSpec), status = always(status.PodStatus),
} { complete = defaults.pod }

pod.Binding = meta.resource { target = required(reference.ObjectReference) }

return schema.named(pod)
