-- SPDX-License-Identifier: MIT
--- pack: fill a node before the next one is begun. For few nodes, and cheap ones to give
-- back; what a node loses when it fails is more.
--
--     spec: { schedulerName: pack }
local most_allocated = require "stdlib.placement.most_allocated"
local node_affinity = require "stdlib.placement.node_affinity"
local placement = require "wl.placement"
local pod_affinity = require "stdlib.placement.pod_affinity"
local ports = require "stdlib.placement.ports"
local resources = require "stdlib.placement.resources"
local taints = require "stdlib.placement.taints"
local topology_spread = require "stdlib.placement.topology_spread"
local unschedulable = require "stdlib.placement.unschedulable"

return placement "pack" {
  unschedulable,
  taints,
  node_affinity,
  ports,
  resources,
  topology_spread,
  pod_affinity,
  most_allocated,
}
