-- SPDX-License-Identifier: MIT
--- ControllerRevision: a template that a StatefulSet or DaemonSet has had.
local apps = require "wl.api.apps"
local kind = require "wl.kind"
local legacy = require "wl.api.legacy"
local prepare = require "wl.api.prepare"

return kind "ControllerRevision" {
  api = "apps/v1",
  schema = apps.ControllerRevision,
  legacy = legacy.ControllerRevision,
  validation = require "wl.validate.controllerrevision",
  preparation = prepare.standard(apps.ControllerRevision, { generation = false }),
}
