-- SPDX-License-Identifier: MIT
--- Pod: containers that run together on one node.
local facet = require "wl.facet"
local kind = require "wl.kind"
local pod = require "wl.api.pod"
local prepare = require "wl.api.prepare.pod"

-- What controllers count. A pod that has ended, or is about to, is not active.
local facets = {
  { "finished", facet.one_of("status.phase", "Succeeded", "Failed") },
  { "active", facet.all { facet.negate "finished", facet.absent "metadata.deletionTimestamp" } },
  { "terminating",
    facet.all { facet.negate "finished", facet.present "metadata.deletionTimestamp" } },
  { "ready", facet.all { "active", facet.equals("status.conditions[type=Ready].status", "True") } },
  { "phase", facet.value "status.phase" },
  { "readySince", facet.time("status.conditions[type=Ready].lastTransitionTime", "ready") },
}

return kind "Pod" {
  api = "v1",
  short = { "po" },
  categories = { "all" },
  schema = pod.Pod,
  validation = require "wl.validate.pod",
  preparation = prepare.pod,
  facets = facets,
}
