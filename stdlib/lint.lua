-- SPDX-License-Identifier: MIT
--- The rules of lint that ship: each is a file below stdlib/lint, in the order in
-- which they look.
return {
  "selects_nothing", "term_matches_nothing", "selectors_overlap", "budget_never_allows",
  "rollout_cannot_move", "quota_holds_up_rollout", "deadline_too_short", "probe_kills_starting_pod",
  "schedule", "runs_pile_up", "job_runs_again", "autoscaler", "service_port", "missing_object",
}
