-- SPDX-License-Identifier: MIT
--- Queue: each run takes place, one after another; what is due while others are active
-- waits for its turn.
--
--     concurrencyPolicy: Queue
--     queue: { limit: 10, parallel: 1 }
--
-- At most `limit` runs wait: of more the oldest are let go. startingDeadlineSeconds lets
-- go what has waited too long.
local concurrency = require "wl.concurrency"

return concurrency "Queue" {
  params = {
    limit = concurrency.int { default = 10, min = 1, max = 100 },
    parallel = concurrency.int { default = 1, min = 1 },
  },
  choose = function(view)
    return view.due[math.max(1, #view.due - view.params.limit + 1)]
  end,
  decide = function(view)
    return view.active < view.params.parallel and "start" or "skip"
  end,
}
