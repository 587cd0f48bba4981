-- SPDX-License-Identifier: MIT
--- ReplicationController: what ReplicaSet was before there were Deployments.
local kind = require "wl.kind"
local prepare = require "wl.api.prepare"
local replication = require "wl.api.replication"
local validate = require "wl.validate.replicaset"

return kind "ReplicationController" {
  api = "v1",
  short = { "rc" },
  categories = { "all" },
  schema = replication.ReplicationController,
  validate = validate.validate_controller,
  validate_update = validate.validate_controller_update,
  preparation = prepare.standard(replication.ReplicationController),
}
