-- SPDX-License-Identifier: MIT
--- Partition: so many pods stay old until somebody lowers the number.
--
--     strategy:
--       type: Partition
--       partition:
--         partition: 80%      # that stay of the stable revision, pods or percent
--
-- What StatefulSets have in Kubernetes, for every kind: lower the number to go on,
-- set it to 0 or promote to finish. Pods that are made anew keep to it.
local strategy = require "wl.strategy"

return strategy "Partition" {
  params = {
    partition = strategy.int_or_string { default = 0 },
    maxSurge = strategy.int_or_string, maxUnavailable = strategy.int_or_string,
  },
  script = function(step, params)
    local kept = step.pods(params.partition)
    step.set_replicas(step.replicas - kept)
    if kept > 0 then
      step.ask(("%d pods stay"):format(kept))
    end
  end,
}
