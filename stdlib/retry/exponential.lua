-- SPDX-License-Identifier: MIT
--- Exponential: wait twice as long after each failure, up to a limit.
--
--     retry: { type: Exponential, exponential: { baseSeconds: 10, maxSeconds: 600 } }
--
-- Without parameters it is what Kubernetes does. `jitter` takes a random part off: with
-- 0.5 a wait of 40 s is one of 20 s to 40 s.
local retry = require "wl.retry"

return retry "Exponential" {
  params = {
    baseSeconds = retry.number { default = 10, min = 0 },
    factor = retry.number { default = 2, min = 1 },
    maxSeconds = retry.number { default = 600, min = 0 },
    jitter = retry.number { default = 0, min = 0, max = 1 },
  },
  decide = function(view)
    local params = view.params
    local wait = params.baseSeconds * params.factor ^ (view.failures - 1)
    wait = math.min(wait, params.maxSeconds)
    if params.jitter > 0 then wait = wait * (1 - params.jitter * math.random()) end
    return wait
  end,
}
