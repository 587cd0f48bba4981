-- SPDX-License-Identifier: MIT
-- What stands around workloads: Services, autoscalers, budgets, quotas, drains, namespaces.
-- Argument: the scheduler.
local scheduler = arg[1]

cluster { nodes = 4 }
for i = 1, #list "nodes" do
  node("node-" .. i):label { ["topology.kubernetes.io/zone"] = i % 2 == 0 and "a" or "b" }
end
chaos(require "weather" { drain = "1 every 3m for 1m" })
behave("app=web", { start = { "1s", "3s" }, ready = { "1s", "8s" } })
metric("cpu", "app=web", { total = function(t) return t > 120 and t < 400 and 2.4 or 0.4 end })

Namespace "shop" {}
ResourceQuota "all" { namespace = "shop", hard = { pods = "3" } }
Deployment "full" { namespace = "shop", replicas = 5, image = "x" }
Service "web" { selector = { app = "web" }, ports = { { port = 80 } } }
Deployment "web" { replicas = 2, image = "web:1", schedulerName = scheduler,
  resources = { requests = { cpu = "500m" } } }
PodDisruptionBudget "web" { maxUnavailable = 1, selector = { matchLabels = { app = "web" } } }
HorizontalPodAutoscaler "web" { target = "deploy/web", cpu = 60, minReplicas = 2, maxReplicas = 6 }
run "4m"
set_image("deploy/web", "web=web:2")
run "2m"
delete "ns/shop"
run "1h"
expect(exists "ns/shop").is(false)
wait("deploy/web", "rolled out", "10m")
expect(get "deploy/web".spec.replicas).is(2)
local ready = 0
for _, slice in ipairs(list("endpointslices", "kubernetes.io/service-name=web")) do
  for _, endpoint in ipairs(slice.endpoints or {}) do
    ready = ready + (endpoint.conditions.ready and 1 or 0)
  end
end
expect(ready).is(2)
