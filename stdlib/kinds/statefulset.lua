-- SPDX-License-Identifier: MIT
--- StatefulSet: pods with names that stay, each with its own storage, one after another.
local apps = require "wl.api.apps"
local kind = require "wl.kind"
local legacy = require "wl.api.legacy"
local prepare = require "wl.api.prepare"

return kind "StatefulSet" {
  api = "apps/v1",
  short = { "sts" },
  categories = { "all" },
  schema = apps.StatefulSet,
  legacy = legacy.StatefulSet,
  validation = require "wl.validate.statefulset",
  preparation = prepare.standard(apps.StatefulSet),
  owns = { "Pod", "ControllerRevision" },
}
