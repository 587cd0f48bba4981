-- SPDX-License-Identifier: MIT
-- A StatefulSet under a strategy, with volumes: rollouts and scaling.
-- Arguments: the strategy; the pod management policy.
local strategy, management = arg[1] or "RollingUpdate", arg[2] or "OrderedReady"

cluster { nodes = 3 }
chaos(require "weather"())
behave("app=db", { start = { "1s", "3s" }, ready = { "1s", "8s" } })

StatefulSet "db" { replicas = 3, image = "db:1", serviceName = "db",
  podManagementPolicy = management, updateStrategy = { type = strategy },
  volumeClaimTemplates = { data = "1Gi" } }
run "3m"
set_image("sts/db", "db=db:2")
run "1m"
scale("sts/db", 5)
run "1m"
scale("sts/db", 2)
run "5m"
if strategy == "OnDelete" then
  for i = 0, 1 do
    if exists("pod/db-" .. i) then delete("pod/db-" .. i) end
    run "2m"
  end
end
run "20m"
expect(get "sts/db".status.readyReplicas).is(2)
for i = 0, 1 do expect(get("pod/db-" .. i).spec.containers[1].image).is "db:2" end
