-- SPDX-License-Identifier: MIT
--- HorizontalPodAutoscaler: kept as data.
local autoscaling = require "wl.api.autoscaling"
local kind = require "wl.kind"
local legacy = require "wl.api.legacy"
local prepare = require "wl.api.prepare"

return kind "HorizontalPodAutoscaler" {
  api = "autoscaling/v2",
  short = { "hpa" },
  categories = { "all" },
  schema = autoscaling.HorizontalPodAutoscaler,
  legacy = legacy.HorizontalPodAutoscaler,
  validation = require "wl.validate.autoscaler",
  preparation = prepare.standard(autoscaling.HorizontalPodAutoscaler, { generation = false }),
}
