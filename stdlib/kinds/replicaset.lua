-- SPDX-License-Identifier: MIT
--- ReplicaSet: so many pods of one template, whichever they are.
--
-- It creates what is missing, deletes what is too many (the pods that are missed
-- least first: stdlib/deletion/kubernetes.lua), adopts pods that match and have
-- no controller, and releases its own when they match no more. At most 500 pods
-- a sync; when the API refuses a pod it tries again later, with fewer at once.
-- Source: pkg/controller/replicaset.
local apps = require "wl.api.apps"
local kind = require "wl.kind"
local legacy = require "wl.api.legacy"
local prepare = require "wl.api.prepare"
local replicas = require "wl.replicas"

return kind "ReplicaSet" {
  api = "apps/v1",
  short = { "rs" },
  categories = { "all" },
  schema = apps.ReplicaSet,
  legacy = legacy.ReplicaSet,
  validation = require "wl.validate.replicaset",
  preparation = prepare.standard(apps.ReplicaSet),
  owns = { "Pod" },
  reconcile = function(ctx, object) return replicas.reconcile(ctx, object) end,
}
