-- SPDX-License-Identifier: MIT
--- How pods are placed unless they name another scheduler.
--
-- The rules in the order in which they are asked: the first that refuses a
-- node is the reason that is told. Source: kube-scheduler's default plugins.
local node_affinity = require "stdlib.placement.node_affinity"
local placement = require "wl.placement"
local pod_affinity = require "stdlib.placement.pod_affinity"
local ports = require "stdlib.placement.ports"
local resources = require "stdlib.placement.resources"
local spreading = require "stdlib.placement.spreading"
local taints = require "stdlib.placement.taints"
local topology_spread = require "stdlib.placement.topology_spread"
local unschedulable = require "stdlib.placement.unschedulable"
local volumes = require "stdlib.placement.volumes"

return placement "default-scheduler" {
  unschedulable,
  taints,
  node_affinity,
  ports,
  resources,
  volumes,
  spreading,
  topology_spread,
  pod_affinity,
}
