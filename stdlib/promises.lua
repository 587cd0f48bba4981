-- SPDX-License-Identifier: MIT
--- The promises that ship: each is a file below stdlib/promises.
return {
  "rollout_budget", "ordinals_in_order", "forbid_never_overlaps", "job_parallelism",
  "no_orphans", "status_is_true", "nobody_fights",
}
