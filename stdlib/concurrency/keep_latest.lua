-- SPDX-License-Identifier: MIT
--- KeepLatest: while a run is active, the latest that was due waits, and starts when that
-- one ends; those before it are let go.
--
-- It is what Forbid comes to in Kubernetes, too, where startingDeadlineSeconds leaves it
-- the time; with this name it is what one asks for.
local concurrency = require "wl.concurrency"

return concurrency "KeepLatest" {
  choose = function(view) return view.due[#view.due] end,
  decide = function(view) return view.active > 0 and "skip" or "start" end,
}
