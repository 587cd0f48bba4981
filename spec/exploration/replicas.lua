-- SPDX-License-Identifier: MIT
-- A ReplicaSet and a ReplicationController, with an orphan to adopt and a pod that leaves.
-- Argument: the deletion order.
local order = arg[1]
local annotations = order and { ["wlrun.dev/deletion-order"] = order } or nil

cluster { nodes = 3 }
chaos(require "weather"())
behave("app", { start = { "1s", "3s" }, ready = { "1s", "8s" } })

Pod "stray" { image = "x", labels = { app = "a" } }
ReplicaSet "a" { replicas = 4, image = "x", annotations = annotations }
ReplicationController "b" { replicas = 3, image = "x", annotations = annotations }
run "1m"
local pod = list("pods", "app=b")[1]
if pod then label("pod/" .. pod.metadata.name, "app=left") end
run "1m"
scale("rs/a", 7)
scale("rc/b", 1)
run "1m"
scale("rs/a", 2)
run "40m"
expect(get "rs/a".status.readyReplicas).is(2)
expect(get "rc/b".status.readyReplicas).is(1)
expect(#list("pods", "app=a")).is(2)
