-- SPDX-License-Identifier: MIT
--- Ingress, IngressClass, NetworkPolicy. (networking.k8s.io/v1)
local schema = require "wl.schema"
local defaults = require "wl.api.defaults.service"
local meta = require "wl.api.meta"
local reference = require "wl.api.reference"
local service = require "wl.api.service"

local object, list = schema.object, schema.list
local required, always = schema.required, schema.always
local word, str, int32, count, int_or_string = schema.word, schema.str, schema.int32, schema.count,
  schema.int_or_string

local networking = {}

-- Ingress

networking.ServiceBackendPort = object { name = word, number = count }

networking.IngressServiceBackend = object {
  name = required(str), port = always(networking.ServiceBackendPort),
}

networking.IngressBackend = object {
  service = networking.IngressServiceBackend, resource = reference.TypedLocalObjectReference,
}

networking.HTTPIngressPath = object {
  path = word,
  pathType = required(str) { enum = { "Exact", "ImplementationSpecific", "Prefix" } },
  backend = required(networking.IngressBackend),
}

networking.HTTPIngressRuleValue = object { paths = required(list(networking.HTTPIngressPath)) }

networking.IngressRule = object { host = word, http = networking.HTTPIngressRuleValue }

networking.IngressTLS = object { hosts = list(str), secretName = word }

networking.IngressSpec = object {
  ingressClassName = str, defaultBackend = networking.IngressBackend,
  tls = list(networking.IngressTLS), rules = list(networking.IngressRule),
}

networking.IngressStatus = object { loadBalancer = always(service.LoadBalancerStatus) }

networking.Ingress = meta.resource {
  spec = always(networking.IngressSpec), status = always(networking.IngressStatus),
}

networking.IngressClassParametersReference = object {
  apiGroup = str, kind = required(str), name = required(str), scope = str { default = "Cluster" },
  namespace = str,
}

networking.IngressClassSpec = object {
  controller = word, parameters = networking.IngressClassParametersReference,
}

networking.IngressClass = meta.resource { spec = always(networking.IngressClassSpec) }

-- NetworkPolicy

networking.NetworkPolicyPort = object {
  protocol = str { default = "TCP", enum = { "SCTP", "TCP", "UDP" } },
  port = int_or_string, endPort = int32,
}

networking.IPBlock = object { cidr = required(str), except = list(str) }

networking.NetworkPolicyPeer = object {
  podSelector = meta.LabelSelector, namespaceSelector = meta.LabelSelector,
  ipBlock = networking.IPBlock,
}

networking.NetworkPolicyIngressRule = object {
  ports = list(networking.NetworkPolicyPort), from = list(networking.NetworkPolicyPeer),
}

networking.NetworkPolicyEgressRule = object {
  ports = list(networking.NetworkPolicyPort), to = list(networking.NetworkPolicyPeer),
}

networking.NetworkPolicySpec = object {
  podSelector = always(meta.LabelSelector),
  ingress = list(networking.NetworkPolicyIngressRule),
  egress = list(networking.NetworkPolicyEgressRule),
  policyTypes = list(str { enum = { "Egress", "Ingress" } }),
} { complete = defaults.network_policy_spec }

networking.NetworkPolicy = meta.resource { spec = always(networking.NetworkPolicySpec) }

return schema.named(networking)
