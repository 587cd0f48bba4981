-- SPDX-License-Identifier: MIT
--- ReplicaSet: so many pods of one template, whichever they are.
local apps = require "wl.api.apps"
local kind = require "wl.kind"
local legacy = require "wl.api.legacy"
local prepare = require "wl.api.prepare"

return kind "ReplicaSet" {
  api = "apps/v1",
  short = { "rs" },
  categories = { "all" },
  schema = apps.ReplicaSet,
  legacy = legacy.ReplicaSet,
  validation = require "wl.validate.replicaset",
  preparation = prepare.standard(apps.ReplicaSet),
  owns = { "Pod" },
}
