-- SPDX-License-Identifier: MIT
--- spread: each pod to the node with the fewest pods, whatever else runs there. For many
-- small losses instead of few large ones.
--
--     spec: { schedulerName: spread }
local fewest_pods = require "stdlib.placement.fewest_pods"
local node_affinity = require "stdlib.placement.node_affinity"
local placement = require "wl.placement"
local pod_affinity = require "stdlib.placement.pod_affinity"
local ports = require "stdlib.placement.ports"
local resources = require "stdlib.placement.resources"
local taints = require "stdlib.placement.taints"
local topology_spread = require "stdlib.placement.topology_spread"
local unschedulable = require "stdlib.placement.unschedulable"

return placement "spread" {
  unschedulable,
  taints,
  node_affinity,
  ports,
  resources,
  topology_spread,
  pod_affinity,
  fewest_pods,
}
