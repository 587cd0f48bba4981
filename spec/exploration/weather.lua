-- SPDX-License-Identifier: MIT
-- What strikes while controllers are explored; then it is calm, and all has to come right.
return function(more)
  local faults = {
    node_crash = "1 every 4m for 1m", node_partition = "1 every 5m for 90s",
    pod_crash = "2 every 1m", pod_delete = "1 every 90s", evict = "1 every 2m",
    controller_restart = "1 every 90s", leader_change = "1 every 4m",
    api_conflict = 0.05, api_error = 0.03, watch_delay = 0.05, to = "8m",
  }
  for name, x in pairs(more or {}) do faults[name] = x or nil end
  return faults
end
