-- SPDX-License-Identifier: MIT
-- What a rollout does when a node dies half way.
--
--     wlrun examples/node-failure.lua [replicas]
--
-- The node is noticed to be gone after 40 seconds; its pods stop being ready
-- then, are evicted after five minutes more, and stay Terminating until the
-- node is back.

local replicas = math.tointeger(arg[1] or "6")

cluster { nodes = 4, seed = 3 }

Deployment "web" { replicas = replicas, image = "nginx:1.14" }
behave("app=web", { start = "1s", ready = { "2s", "8s" } })
wait("deploy/web", "rolled out", "5m")

-- One node of four may take its share of the pods, and the rollout a quarter.
local least = replicas // 2
always(least .. " stay available", function()
  return get "deploy/web".status.availableReplicas >= least
end)

set_image("deploy/web", "web=nginx:1.16")
after("5s", function() node "node-2":fail() end)
after("20m", function() node "node-2":recover() end)

watch "nodes,deploy"
wait("deploy/web", "rolled out", "10m")
run "10m"
print "\nten minutes after the rollout, with the node still down:\n"
show "nodes,pods"

run "15m"
print "\nand with the node back:\n"
show "nodes,pods"

expect(#list("pods", "app=web")).is(replicas)
