-- SPDX-License-Identifier: MIT
--- Job: pods that run until enough of them have succeeded.
local batch = require "wl.api.batch"
local kind = require "wl.kind"
local prepare = require "wl.api.prepare.batch"

return kind "Job" {
  api = "batch/v1",
  categories = { "all" },
  schema = batch.Job,
  validation = require "wl.validate.job",
  preparation = prepare.job,
  dependents = "OrphanDependents",
  owns = { "Pod" },
}
