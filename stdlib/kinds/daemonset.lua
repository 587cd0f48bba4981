-- SPDX-License-Identifier: MIT
--- DaemonSet: one pod on every node that it fits.
local apps = require "wl.api.apps"
local kind = require "wl.kind"
local legacy = require "wl.api.legacy"
local prepare = require "wl.api.prepare.workload"

return kind "DaemonSet" {
  api = "apps/v1",
  short = { "ds" },
  categories = { "all" },
  schema = apps.DaemonSet,
  legacy = legacy.DaemonSet,
  validation = require "wl.validate.daemonset",
  preparation = prepare.daemon_set,
  owns = { "Pod", "ControllerRevision" },
}
