-- SPDX-License-Identifier: MIT
-- A version that never gets ready: with `autoRollback` the last healthy one comes back by
-- itself. A StatefulSet gets over the broken pod, which Kubernetes leaves to a human.
--
--     wlrun examples/auto-rollback.lua

cluster { nodes = 3, seed = 2 }
behave("team=shop", { start = "1s", ready = "4s" })
behave("team=shop", { image = "app:2", never_ready = true })

local labels = { team = "shop", app = "web" }
Deployment "web" {
  replicas = 4, image = "app:1", progressDeadlineSeconds = 120,
  template = { metadata = { labels = labels } }, selector = { matchLabels = labels },
  strategy = { type = "RollingUpdate", autoRollback = true },
}
local own = { team = "shop", app = "db" }
StatefulSet "db" {
  replicas = 3, image = "app:1",
  template = { metadata = { labels = own } }, selector = { matchLabels = own },
  updateStrategy = { type = "RollingUpdate", autoRollback = true, progressDeadlineSeconds = 120 },
}
wait("deploy/web", "rolled out")
wait("sts/db", "rolled out")

always("three of four web pods are available", function()
  return get "deploy/web".status.availableReplicas >= 3
end)

set_image("deploy/web", "web=app:2")
set_image("sts/db", "db=app:2")
run "1m"
show "pods"
run "4m"
show "pods"
for _, name in ipairs { "deploy/web", "sts/db" } do
  expect(get(name).spec.template.spec.containers[1].image).is "app:1"
  wait(name, "rolled out")
end
events "sts/db"
