-- SPDX-License-Identifier: MIT
--- Skip: a run that is due while another is active does not take place, not even later.
--
--     concurrencyPolicy: Skip
--     skip: { graceSeconds: 5 }
--
-- Many expect that of Forbid, under which the latest of the runs that were missed starts
-- when the active one ends. Here a run starts within `graceSeconds` of its moment or not
-- at all.
local concurrency = require "wl.concurrency"

return concurrency "Skip" {
  params = { graceSeconds = concurrency.number { default = 5, min = 0 } },
  choose = function(view)
    local latest = view.due[#view.due]
    return view.now - latest <= view.params.graceSeconds and latest
  end,
  decide = function(view) return view.active > 0 and "skip" or "start" end,
}
