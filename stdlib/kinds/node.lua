-- SPDX-License-Identifier: MIT
--- Node: a machine that pods run on.
local kind = require "wl.kind"
local node = require "wl.api.node"
local prepare = require "wl.api.prepare"

return kind "Node" {
  api = "v1",
  short = { "no" },
  namespaced = false,
  schema = node.Node,
  validation = require "wl.validate.node",
  preparation = prepare.standard(node.Node, { generation = false, keeps_status = true }),
}
