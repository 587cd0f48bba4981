-- SPDX-License-Identifier: MIT
-- Deletion: background, foreground and orphans, namespaces, nodes, claims.
cluster { nodes = 3 }
chaos(require "weather"())
behave("app", { start = { "1s", "3s" }, ready = { "1s", "8s" } })

local function both(name) return { replicas = 2, image = "x", labels = { app = name } } end
for _, name in ipairs { "back", "fore", "orphan" } do Deployment(name)(both(name)) end
Namespace "shop" {}
StatefulSet "db" { namespace = "shop", replicas = 2, image = "x", serviceName = "db",
  volumeClaimTemplates = { data = "1Gi" } }
Job "bill" { namespace = "shop", image = "x", restartPolicy = "Never", completions = 3 }
run "2m"
delete("deploy/back")
delete("deploy/fore", { propagation = "Foreground" })
delete("deploy/orphan", { propagation = "Orphan" })
run "1m"
delete "ns/shop"
run "1h"
expect(exists "ns/shop").is(false)
expect(exists "deploy/fore").is(false)
expect(exists "deploy/orphan").is(false)
expect(#list("rs", "app=orphan")).is(1)
expect(#list "rs").is(1)
expect(#list("pods", { field = "metadata.namespace=shop" })).is(0)
