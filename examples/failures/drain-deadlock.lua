-- A rollout that does not get on uses up the disruption budget, and nodes cannot be drained.
--
-- With maxUnavailable: 1 the rollout takes away an old pod before the new one is ready. While
-- the new one is not - a slow start, a broken image - one pod is missing, which is
-- all that the budget allows: each eviction is refused, the drain waits for the rollout, and
-- whoever upgrades the nodes waits for the drain.
-- Instead: maxSurge: 1, maxUnavailable: 0. The rollout leaves the budget to the drains.
--
--     wlrun check --runs 20 examples/failures/drain-deadlock.lua
--     wlrun check --runs 20 examples/failures/drain-deadlock.lua fixed
local fixed = arg[1] == "fixed"

cluster { nodes = 3 }

Deployment "web" { replicas = 6, image = "web:1", strategy = { rollingUpdate = {
  maxSurge = fixed and 1 or 0, maxUnavailable = fixed and 0 or 1 } } }
PodDisruptionBudget "web" { maxUnavailable = 1, selector = { matchLabels = { app = "web" } } }
behave("app=web", { image = "web:1", ready = "5s" })
behave("app=web", { image = "web:2", ready = { "10s", "1h" } }) -- it fills its cache first
wait("deploy/web", "rolled out")

set_image("deploy/web", "web=web:2")
run "30s"

local drain = node "node-1":drain()
within("15m", "node-1 is drained", function() return drain:done() end)
run "20m"
show "deploy,pdb,pods"
