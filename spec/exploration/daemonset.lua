-- SPDX-License-Identifier: MIT
-- A DaemonSet under a strategy: rollouts, and nodes that come and go.
local strategy = arg[1] or "RollingUpdate"

cluster { nodes = 4 }
chaos(require "weather" { drain = "1 every 4m for 1m" })
behave("app=agent", { start = { "1s", "3s" }, ready = { "1s", "8s" } })

DaemonSet "agent" { image = "agent:1", updateStrategy = { type = strategy } }
run "2m"
set_image("ds/agent", "agent=agent:2")
run "2m"
node "node-1":delete()
run "4m"
if strategy == "OnDelete" then
  for _, pod in ipairs(list("pods", "app=agent")) do delete("pod/" .. pod.metadata.name) end
end
run "30m"
expect(get "ds/agent".status.numberReady).is(#list "nodes")
expect(get "ds/agent".status.updatedNumberScheduled).is(#list "nodes")
