-- SPDX-License-Identifier: MIT
--- Node: a machine that pods run on.
local facet = require "wl.facet"
local kind = require "wl.kind"
local node = require "wl.api.node"
local prepare = require "wl.api.prepare"

-- A node needs care when something is the matter with it, or was.
local facets = {
  { "ready", facet.equals("status.conditions[type=Ready].status", "True") },
  { "cordoned", facet.equals("spec.unschedulable", true) },
  { "care", facet.any {
    facet.negate "ready", facet.present "spec.taints", "cordoned",
    facet.present "metadata.annotations['wlrun.dev/machine']" } },
}

return kind "Node" {
  api = "v1",
  short = { "no" },
  namespaced = false,
  schema = node.Node,
  validation = require "wl.validate.node",
  preparation = prepare.standard(node.Node, { generation = false, keeps_status = true }),
  facets = facets,
}
