-- SPDX-License-Identifier: MIT
--- ReplicationController: what ReplicaSet was before there were Deployments.
-- The same in all it does; its selector is a map of labels.
-- Source: pkg/controller/replication.
local kind = require "wl.kind"
local prepare = require "wl.api.prepare"
local replicas = require "wl.replicas"
local replication = require "wl.api.replication"

return kind "ReplicationController" {
  api = "v1",
  short = { "rc" },
  categories = { "all" },
  schema = replication.ReplicationController,
  validation = require "wl.validate.replicationcontroller",
  preparation = prepare.standard(replication.ReplicationController),
  dependents = "OrphanDependents",
  owns = { "Pod" },
  reconcile = function(ctx, object)
    return replicas.reconcile(ctx, object, { without = { "terminatingReplicas" } })
  end,
}
