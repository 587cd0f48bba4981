-- SPDX-License-Identifier: MIT
--- Replace: a run stops those that are active, and starts.
local concurrency = require "wl.concurrency"

return concurrency "Replace" {
  decide = function(view) return view.active > 0 and "replace" or "start" end,
}
