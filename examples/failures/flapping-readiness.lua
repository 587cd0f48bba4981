-- A readiness probe that flaps, and a minReadySeconds that never lets the rollout end.
--
-- A pod is available once it has been ready for minReadySeconds without a break. One whose
-- probe fails for a moment now and then - a short timeout, a pause for garbage - begins
-- to count anew each time. The service hardly feels it; the rollout never ends.
-- Instead: a minReadySeconds that is shorter than what the pods can keep up, and a probe whose
-- failureThreshold forgives a single failure.
--
--     wlrun check --runs 20 examples/failures/flapping-readiness.lua
--     wlrun check --runs 20 examples/failures/flapping-readiness.lua fixed
local fixed = arg[1] == "fixed"

cluster { nodes = 3 }

Deployment "web" { replicas = 3, image = "web:1", minReadySeconds = fixed and 10 or 60 }
behave("app=web", { image = "web:1", ready = "5s" })
wait("deploy/web", "rolled out")

-- The new release pauses for two seconds, once in a while.
behave("app=web", { image = "web:2", ready = "5s",
  flap = { every = "45s", down = "2s" } })
set_image("deploy/web", "web=web:2")
within("10m", "the rollout ends", function() return rollout.status "deploy/web" end)
run "12m"
show "deploy,rs,pods"
