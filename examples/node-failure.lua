-- A node goes down: what becomes of the pods on it, minute by minute.
--
--     wlrun examples/node-failure.lua

local here = arg[0]:match "^(.*)/" or "."

cluster { nodes = 3, seed = 7 }

apply(here .. "/nginx-deployment.yaml")
wait("deploy/web", "rolled out", "5m")
show "pods"

print "\n== the machine of node-2 goes down"
node "node-2":fail()
run "30s"
-- Kubernetes has not noticed: the pod counts as ready, and gets traffic.
expect(get "deploy/web".status.readyReplicas).is(3)

run "15s"
print "\n== 45 s later: its kubelet has not been heard for 40 s"
show "nodes,pods"
expect(get "deploy/web".status.readyReplicas).is(2)

run "4m50s"
-- The pod tolerates an unreachable node for five minutes: no substitute yet.
expect(#list "pods").is(3)

run "10s"
print "\n== five minutes after that: a substitute, and the old pod in limbo"
show "pods"
expect(get "deploy/web".status.readyReplicas).is(3)
expect(#list "pods").is(4)

print "\n== the machine is up again: its kubelet learns that the pod is gone"
node "node-2":recover()
run "10s"
show "nodes,pods"
expect(#list "pods").is(3)

print()
events "node/node-2"
