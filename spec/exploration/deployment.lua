-- SPDX-License-Identifier: MIT
-- A Deployment under a strategy: rollouts, one taken back, scaling.
-- Arguments: the strategy; the deletion order.
local strategy, order = arg[1] or "RollingUpdate", arg[2]
local BLOCKS = {
  Canary = { canary = { steps = { { setWeight = 50 }, { pause = { duration = "20s" } } } } },
  BlueGreen = { blueGreen = { activeService = "web", scaleDownDelaySeconds = 20 } },
  Batches = { batches = { first = 1, rest = "10s" } },
}

cluster { nodes = 3 }
chaos(require "weather"())
behave("app=web", { start = { "1s", "3s" }, ready = { "1s", "8s" } })

local given = { type = strategy }
for name, x in pairs(BLOCKS[strategy] or {}) do given[name] = x end
Service "web" { selector = { app = "web" }, ports = { { port = 80 } } }
Deployment "web" { replicas = 4, image = "web:1", strategy = given,
  annotations = order and { ["wlrun.dev/deletion-order"] = order } or nil }
run "2m"
set_image("deploy/web", "web=web:2")
run "20s"
set_image("deploy/web", "web=web:3")
run "30s"
scale("deploy/web", 6)
run "30s"
set_image("deploy/web", "web=web:2")
run "1m"
scale("deploy/web", 3)
wait("deploy/web", "rolled out", "1h")
wait("deploy/web", "available", "10m")
run "5m"
expect(#list("pods", "app=web")).is(3)
