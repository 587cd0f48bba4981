-- SPDX-License-Identifier: MIT
--- Service, and the Endpoints of old. (core/v1)
local schema = require "wl.schema"
local container = require "wl.api.container"
local defaults = require "wl.api.defaults.service"
local meta = require "wl.api.meta"
local reference = require "wl.api.reference"

local object, list, map, merged = schema.object, schema.list, schema.map, schema.merged
local required, always = schema.required, schema.always
local word, str, bool, flag, int32, count = schema.word, schema.str, schema.bool, schema.flag,
  schema.int32, schema.count

local PROTOCOL = word { default = "TCP", enum = container.PROTOCOLS }

local service = {}

service.ServicePort = object {
  name = word, protocol = PROTOCOL, appProtocol = str, port = required(int32),
  targetPort = schema.int_or_string, nodePort = count,
} { complete = defaults.service_port }

service.ClientIPConfig = object { timeoutSeconds = int32 }

service.SessionAffinityConfig = object { clientIP = service.ClientIPConfig }

service.ServiceSpec = object {
  type = word { default = "ClusterIP",
    enum = { "ClusterIP", "ExternalName", "LoadBalancer", "NodePort" } },
  selector = map(str) { atomic = true }, ports = merged(service.ServicePort, "port", "protocol"),
  clusterIP = word, clusterIPs = list(str), ipFamilies = list(str),
  ipFamilyPolicy = str { enum = { "PreferDualStack", "RequireDualStack", "SingleStack" } },
  externalIPs = list(str), externalName = word, publishNotReadyAddresses = flag,
  sessionAffinity = word { default = "None", enum = { "ClientIP", "None" } },
  sessionAffinityConfig = service.SessionAffinityConfig,
  internalTrafficPolicy = str { enum = { "Cluster", "Local" } },
  externalTrafficPolicy = word { enum = { "Cluster", "Local" } }, trafficDistribution = str,
  loadBalancerIP = word, loadBalancerSourceRanges = list(str), loadBalancerClass = str,
  allocateLoadBalancerNodePorts = bool, healthCheckNodePort = count,
} { complete = defaults.service_spec }

service.PortStatus = object {
  port = required(int32), protocol = required(str), error = str,
}

service.LoadBalancerIngress = object {
  ip = word, hostname = word, ipMode = str, ports = list(service.PortStatus),
}

service.LoadBalancerStatus = object { ingress = list(service.LoadBalancerIngress) }

service.ServiceStatus = object {
  loadBalancer = always(service.LoadBalancerStatus), conditions = merged(meta.Condition, "type"),
}

service.Service = meta.resource {
  spec = always(service.ServiceSpec), status = always(service.ServiceStatus),
} { complete = defaults.service }

service.EndpointAddress = object {
  ip = required(str), hostname = word, nodeName = str, targetRef = reference.ObjectReference,
}

service.EndpointPort = object {
  name = word, port = required(int32), protocol = PROTOCOL, appProtocol = str,
}

service.EndpointSubset = object {
  addresses = list(service.EndpointAddress), notReadyAddresses = list(service.EndpointAddress),
  ports = list(service.EndpointPort),
}

service.Endpoints = meta.resource { subsets = list(service.EndpointSubset) }

return schema.named(service)
