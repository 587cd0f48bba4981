-- SPDX-License-Identifier: MIT
--- zones: the pods of a workload are spread evenly over zones, without exception, and
-- within a zone as by default. What topologySpreadConstraints say still counts.
--
--     spec: { schedulerName: zones }
local even_zones = require "stdlib.placement.even_zones"
local node_affinity = require "stdlib.placement.node_affinity"
local placement = require "wl.placement"
local pod_affinity = require "stdlib.placement.pod_affinity"
local ports = require "stdlib.placement.ports"
local resources = require "stdlib.placement.resources"
local spreading = require "stdlib.placement.spreading"
local taints = require "stdlib.placement.taints"
local topology_spread = require "stdlib.placement.topology_spread"
local unschedulable = require "stdlib.placement.unschedulable"

return placement "zones" {
  unschedulable,
  taints,
  node_affinity,
  ports,
  resources,
  even_zones,
  spreading,
  topology_spread,
  pod_affinity,
}
