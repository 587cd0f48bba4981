-- SPDX-License-Identifier: MIT
--- HorizontalPodAutoscaler: as many replicas as the load needs.
--
-- Every 15 seconds: the replicas that each metric asks for (what is measured, over
-- what is wanted, times the pods), the most of them; within minReplicas and
-- maxReplicas, not lower than in the last five minutes, and not faster than the
-- policies allow. A tenth off the target is near enough. What is measured is said
-- with `metric(...)`.
-- Source: pkg/controller/podautoscaler.
local autoscaling = require "wl.api.autoscaling"
local kind = require "wl.kind"
local legacy = require "wl.api.legacy"
local prepare = require "wl.api.prepare"
local run = require "wl.autoscaler.run"

return kind "HorizontalPodAutoscaler" {
  api = "autoscaling/v2",
  short = { "hpa" },
  categories = { "all" },
  schema = autoscaling.HorizontalPodAutoscaler,
  legacy = legacy.HorizontalPodAutoscaler,
  validation = require "wl.validate.autoscaler",
  preparation = prepare.standard(autoscaling.HorizontalPodAutoscaler, { generation = false }),
  reconcile = run.reconcile,
}
