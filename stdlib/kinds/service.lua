-- SPDX-License-Identifier: MIT
--- Service: a name and an address for the pods that its selector matches.
--
-- It is given an address of the cluster, and node ports if it wants them. Its
-- EndpointSlices say which of its pods serve: those that are Ready, or all with
-- publishNotReadyAddresses; one that is ending is there still, as terminating.
-- Without a selector, whoever made the Service writes its slices.
-- Source: pkg/controller/endpointslice; pkg/registry/core/service.
local endpoints = require "wl.service.endpoints"
local facet = require "wl.facet"
local kind = require "wl.kind"
local prepare = require "wl.api.prepare.service"
local service = require "wl.api.service"

return kind "Service" {
  api = "v1",
  short = { "svc" },
  categories = { "all" },
  schema = service.Service,
  validation = require "wl.validate.service",
  preparation = prepare.service,
  indexed = { "spec.clusterIP" },
  facets = { { "exposed", facet.one_of("spec.type", "NodePort", "LoadBalancer") } },
  reconcile = function(ctx, object)
    if endpoints.has_pods(object) then return endpoints.reconcile(ctx, object) end
  end,
}
