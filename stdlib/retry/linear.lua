-- SPDX-License-Identifier: MIT
--- Linear: wait one step longer after each failure, up to a limit.
--
--     retry: { type: Linear, linear: { stepSeconds: 30, maxSeconds: 300 } }
local retry = require "wl.retry"

return retry "Linear" {
  params = {
    stepSeconds = retry.number { default = 10, min = 0 },
    maxSeconds = retry.number { default = 600, min = 0 },
  },
  decide = function(view)
    return math.min(view.failures * view.params.stepSeconds, view.params.maxSeconds)
  end,
}
