-- SPDX-License-Identifier: MIT
--- Forbid: a run is left out while the one before it is active.
--
-- It is not made up for, and does not count as the last run.
local concurrency = require "wl.concurrency"

return concurrency "Forbid" {
  decide = function(view) return view.active > 0 and "skip" or "start" end,
}
