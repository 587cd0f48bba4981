-- SPDX-License-Identifier: MIT
--- PodDisruptionBudget: how many pods may be missing when someone chooses to evict.
local kind = require "wl.kind"
local legacy = require "wl.api.legacy"
local policy = require "wl.api.policy"
local prepare = require "wl.api.prepare"

return kind "PodDisruptionBudget" {
  api = "policy/v1",
  short = { "pdb" },
  schema = policy.PodDisruptionBudget,
  legacy = legacy.PodDisruptionBudget,
  validation = require "wl.validate.disruptionbudget",
  preparation = prepare.standard(policy.PodDisruptionBudget),
}
