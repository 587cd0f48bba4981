-- SPDX-License-Identifier: MIT
--- Pod: containers that run together on one node.
local kind = require "wl.kind"
local pod = require "wl.api.pod"
local prepare = require "wl.api.prepare.pod"

return kind "Pod" {
  api = "v1",
  short = { "po" },
  categories = { "all" },
  schema = pod.Pod,
  validation = require "wl.validate.pod",
  preparation = prepare.pod,
}
