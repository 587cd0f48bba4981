-- Emptying a node while a PodDisruptionBudget says how many pods must answer.
cluster { nodes = 3, seed = 4 }

Deployment "web" { replicas = 4, image = "nginx:1.27" }
PodDisruptionBudget "web" { minAvailable = 3, selector = { matchLabels = { app = "web" } } }
behave("app=web", { start = "2s", ready = "20s" })
wait("deploy/web", "rolled out", "5m")
show "pdb"
expect(get "pdb/web".status.disruptionsAllowed).is(1)

-- Whatever happens by choice, three stay.
always("three pods are ready", function() return get "pdb/web".status.currentHealthy >= 3 end)

-- The first pod may go; those after it wait until another one is ready elsewhere.
-- `refused` says which budget holds them up.
local drain = node "node-1":drain()
for pod, why in pairs(drain.refused) do print(pod .. ": " .. why) end
run "5m"
expect(drain:done()).is(true)
expect(#list("pods", { field = "spec.nodeName=node-1" })).is(0)

-- A budget that is never satisfied keeps the node from being emptied at all.
scale("deploy/web", 3)
run "2m"
expect(get "pdb/web".status.disruptionsAllowed).is(0)
drain = node "node-2":drain { timeout = "10m" }
run "10m"
expect(drain:done()).is(false)
for pod, why in pairs(drain.refused) do print(pod .. ": " .. why) end
show "nodes,pods,pdb"
