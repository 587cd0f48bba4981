-- SPDX-License-Identifier: MIT
--- CircuitBreaker: after some failures in a row within a short time, wait long; what
-- the Job depends on is probably down, and hammering it helps nobody.
--
--     retry:
--       type: CircuitBreaker
--       circuitBreaker: { failures: 3, withinSeconds: 120, openSeconds: 900, delaySeconds: 5 }
--
-- Closed, it retries after `delaySeconds`. When the last `failures` of the workload lie
-- within `withinSeconds` it opens: the next try is after `openSeconds`. If that one fails,
-- too, it stays open.
local retry = require "wl.retry"

return retry "CircuitBreaker" {
  params = {
    failures = retry.int { default = 3, min = 1 },
    withinSeconds = retry.number { default = 120, min = 1 },
    openSeconds = retry.number { default = 900, min = 0 },
    delaySeconds = retry.number { default = 5, min = 0 },
  },
  decide = function(view)
    local params, recent = view.params, view.recent
    local first = recent[#recent - params.failures + 1]
    local is_open = first and view.failed_at - first <= params.withinSeconds
    local before = recent[#recent - 1]
    local was_open = before and view.failed_at - before >= params.openSeconds
      and #recent > params.failures
    if is_open or was_open then
      return { action = "retry", after = params.openSeconds,
        message = ("open for %g s after %d failures"):format(params.openSeconds, #recent) }
    end
    return params.delaySeconds
  end,
}
