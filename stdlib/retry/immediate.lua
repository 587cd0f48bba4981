-- SPDX-License-Identifier: MIT
--- Immediate: do not wait. The Job's backoffLimit is all that stops it.
--
--     retry: { type: Immediate }
local retry = require "wl.retry"

return retry "Immediate" {
  decide = function() return "retry" end,
}
