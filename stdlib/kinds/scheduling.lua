-- SPDX-License-Identifier: MIT
--- PriorityClass and Lease: kept as data.
local kind = require "wl.kind"
local legacy = require "wl.api.legacy"
local prepare = require "wl.api.prepare"
local scheduling = require "wl.api.scheduling"

local function never()
  return false
end

return {
  kind "PriorityClass" {
    api = "scheduling.k8s.io/v1",
    plural = "priorityclasses",
    short = { "pc" },
    namespaced = false,
    schema = scheduling.PriorityClass,
    legacy = legacy.PriorityClass,
    validation = require "wl.validate.priorityclass",
    preparation = prepare.standard(scheduling.PriorityClass, { generation = never }),
  },
  kind "Lease" {
    api = "coordination.k8s.io/v1",
    schema = scheduling.Lease,
    legacy = legacy.Lease,
    preparation = prepare.standard(scheduling.Lease, { generation = false }),
  },
}
