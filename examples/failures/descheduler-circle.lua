-- A Deployment and a descheduler that evict in a circle.
--
-- The Deployment wants its pods on the nodes with fast disks, of which there is one. The
-- descheduler wants all nodes equally full. It evicts a pod, the scheduler puts the new one
-- where it has to, and the descheduler evicts again: for ever, and nobody is at fault by himself.
-- Instead: whoever evicts has to ask where the pod could go. Where it cannot, wish for what you
-- spread: topologySpreadConstraints, and no node that only some pods may have.
--
--     wlrun check --runs 5 examples/failures/descheduler-circle.lua
--     wlrun check --runs 5 examples/failures/descheduler-circle.lua fixed

-- luacheck: globals Descheduler
local fixed = arg[1] == "fixed"
define(require "kinds.descheduler")

cluster { nodes = 3 }
node "node-1":label { disk = "fast" }

Deployment "db" { replicas = 6, image = "db:1",
  nodeSelector = not fixed and { disk = "fast" } or nil,
  topologySpreadConstraints = fixed and { { maxSkew = 1, topologyKey = "kubernetes.io/hostname",
    whenUnsatisfiable = "DoNotSchedule",
    labelSelector = { matchLabels = { app = "db" } } } } or nil }
behave("app=db", { start = "1s", ready = { "2s", "10s" } })
wait("deploy/db", "rolled out")

Descheduler "even" { everySeconds = 60 }
at_most(5, "a pod is evicted", function()
  for _, pod in ipairs(list("pods", "app=db")) do
    if pod.metadata.deletionTimestamp then return true end
  end
  return false
end)
run "1h"
show("pods", { output = "wide" })
