-- SPDX-License-Identifier: MIT
--- The policies that ship, by sort: "BlueGreen" is in stdlib/rollout/blue_green.lua.
return {
  concurrency = { "Allow", "Forbid", "KeepLatest", "Queue", "Replace", "Skip" },
  deletion = { "ByCost", "IdleFirst", "Job", "Kubernetes", "Scatter" },
  history = { "KeepFailed" },
  retry = { "Budgeted", "ByExitCode", "CircuitBreaker", "Exponential", "Fixed", "Immediate",
    "Linear" },
  placement = { "default-scheduler", "pack", "spread", "zones" },
  rollout = { "Batches", "BlueGreen", "ByZone", "Canary", "OnDelete", "Partition", "Recreate",
    "RollingUpdate", "SurgeFirst" },
}
