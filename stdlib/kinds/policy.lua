-- SPDX-License-Identifier: MIT
--- PodDisruptionBudget: how many pods may be missing when someone chooses to evict.
--
-- Its status says how many evictions are allowed now: so many as there are healthy
-- pods above those that must stay healthy. Percentages, and maxUnavailable, are of
-- the pods that the controllers want, not of those that are there. Who evicts
-- (`drain`) counts it there before the pod is deleted.
-- Source: pkg/controller/disruption.
local disruption = require "wl.disruption"
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
  reconcile = disruption.reconcile,
}
