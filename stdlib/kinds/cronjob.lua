-- SPDX-License-Identifier: MIT
--- CronJob: a Job each time its schedule says so.
local batch = require "wl.api.batch"
local kind = require "wl.kind"
local legacy = require "wl.api.legacy"
local prepare = require "wl.api.prepare"

return kind "CronJob" {
  api = "batch/v1",
  short = { "cj" },
  categories = { "all" },
  schema = batch.CronJob,
  legacy = legacy.CronJob,
  validation = require "wl.validate.cronjob",
  preparation = prepare.standard(batch.CronJob),
  owns = { "Job" },
}
