-- SPDX-License-Identifier: MIT
--- Ingress, IngressClass, NetworkPolicy, Endpoints, EndpointSlice: kept as data.
local discovery = require "wl.api.discovery"
local kind = require "wl.kind"
local legacy = require "wl.api.legacy"
local network_policy = require "wl.validate.networkpolicy"
local networking = require "wl.api.networking"
local prepare = require "wl.api.prepare"
local service = require "wl.api.service"
local validate = require "wl.validate.ingress"

return {
  kind "Ingress" {
    api = "networking.k8s.io/v1",
    plural = "ingresses",
    short = { "ing" },
    schema = networking.Ingress,
    legacy = legacy.Ingress,
    validation = validate.Ingress,
    preparation = prepare.standard(networking.Ingress),
  },
  kind "IngressClass" {
    api = "networking.k8s.io/v1",
    plural = "ingressclasses",
    namespaced = false,
    schema = networking.IngressClass,
    legacy = legacy.IngressClass,
    validation = validate.IngressClass,
    preparation = prepare.standard(networking.IngressClass),
  },
  kind "NetworkPolicy" {
    api = "networking.k8s.io/v1",
    plural = "networkpolicies",
    short = { "netpol" },
    schema = networking.NetworkPolicy,
    legacy = legacy.NetworkPolicy,
    validation = network_policy,
    preparation = prepare.standard(networking.NetworkPolicy),
  },
  kind "Endpoints" {
    api = "v1",
    plural = "endpoints",
    short = { "ep" },
    schema = service.Endpoints,
    preparation = prepare.standard(service.Endpoints, { generation = false }),
  },
  kind "EndpointSlice" {
    api = "discovery.k8s.io/v1",
    schema = discovery.EndpointSlice,
    legacy = legacy.EndpointSlice,
    preparation = prepare.standard(discovery.EndpointSlice),
  },
}
