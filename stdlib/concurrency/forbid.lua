-- SPDX-License-Identifier: MIT
--- Forbid: a run waits while the one before it is active.
--
-- It does not count as the last run. When the active one ends, the latest that was due
-- starts, unless startingDeadlineSeconds is over by then; those before it are let go.
local concurrency = require "wl.concurrency"

return concurrency "Forbid" {
  decide = function(view) return view.active > 0 and "skip" or "start" end,
}
