-- SPDX-License-Identifier: MIT
--- Budgeted: retry at most so often within some time; then fail the Job.
--
--     retry: { type: Budgeted, budgeted: { most: 10, withinSeconds: 3600, delaySeconds: 10 } }
--
-- The budget is that of the workload: the failures of all Jobs of a CronJob count
-- together. One that fails all day long does not retry all day long.
local retry = require "wl.retry"

return retry "Budgeted" {
  params = {
    most = retry.int { default = 10, min = 0 },
    withinSeconds = retry.number { default = 3600, min = 1 },
    delaySeconds = retry.number { default = 10, min = 0 },
  },
  decide = function(view)
    local params, spent = view.params, 0
    for _, at in ipairs(view.recent) do
      if at > view.failed_at - params.withinSeconds then spent = spent + 1 end
    end
    if spent > params.most then
      return { action = "fail", message = ("%d failures within %g s: the budget is %d retries")
        :format(spent, params.withinSeconds, params.most) }
    end
    return params.delaySeconds
  end,
}
