-- SPDX-License-Identifier: MIT
--- Fixed: wait equally long after each failure.
--
--     retry: { type: Fixed, fixed: { delaySeconds: 30 } }
local retry = require "wl.retry"

return retry "Fixed" {
  params = { delaySeconds = retry.number { default = 10, min = 0 } },
  decide = function(view) return view.params.delaySeconds end,
}
