-- SPDX-License-Identifier: MIT
-- A budget that lets no pod go holds a drain up for ever. With `surgeBeforeDrain` each pod of
-- the node gets its replacement first, within maxSurge: the node is emptied, and at no moment
-- is one pod fewer there.
--
--     wlrun examples/surge-before-drain.lua

cluster { nodes = 4, seed = 3 }
behave("app=web", { start = "2s", ready = "8s", terminate = "5s" })

Deployment "web" {
  replicas = 6, image = "web:1",
  strategy = { surgeBeforeDrain = true, rollingUpdate = { maxSurge = 1, maxUnavailable = 0 } },
}
PodDisruptionBudget "web" { minAvailable = 6, selector = { matchLabels = { app = "web" } } }
wait("deploy/web", "rolled out")

always("six are available", function() return get "deploy/web".status.availableReplicas >= 6 end)

local function there() return #list("pods", { field = "spec.nodeName=node-1" }) end
print(("%4ds  %d pods on node-1"):format(now(), there()))
node "node-1":drain()
for _ = 1, 4 do
  run "15s"
  print(("%4ds  %d pods on node-1, %d in all"):format(now(), there(),
    get "deploy/web".status.replicas))
end
run "2m"
expect(there()).is(0)
expect(get "deploy/web".status.replicas).is(6)
show "pods"
