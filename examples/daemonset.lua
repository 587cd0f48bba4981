-- SPDX-License-Identifier: MIT
-- A DaemonSet, lesson by lesson: a pod on every node that it fits, nodes that
-- are cordoned, tainted and labelled, both ways to roll out, and a revision that
-- cannot start.
--
--     wlrun examples/daemonset.lua

cluster { nodes = 4, seed = 11 }
behave("app=agent", { ready = "5s" })

local function nodes_with_agent()
  local names = {}
  for _, pod in ipairs(list("pods", "app=agent")) do
    names[#names + 1] = pod.spec.nodeName
  end
  table.sort(names)
  return table.concat(names, " ")
end

print "1. One pod on each node.\n"

DaemonSet "agent" { image = "agent:1", labels = { app = "agent" } }
wait("ds/agent", "rolled out", "2m")
show("ds,pods", { output = "wide" })

print "\n2. A cordoned node keeps its daemon. So does one that is tainted with NoSchedule,"
print "   but it does not count any more; NoExecute drives the daemon out.\n"

node "node-1":cordon()
node "node-2":taint "dedicated=gpu:NoSchedule"
node "node-3":taint "dedicated=gpu:NoExecute"
run "1m"
show "ds"
expect(nodes_with_agent()).is("node-1 node-2 node-4")
expect(get "ds/agent".status.numberMisscheduled).is(1)

node "node-1":uncordon()
node "node-2":taint "dedicated-"
node "node-3":taint "dedicated-"
wait("ds/agent", "rolled out", "2m")
expect(nodes_with_agent()).is("node-1 node-2 node-3 node-4")

print "\n3. With a node selector it is where the label is, and follows it.\n"

node "node-2":label { disk = "ssd" }
patch("ds/agent", { spec = { template = { spec = { nodeSelector = { disk = "ssd" } } } } })
wait("ds/agent", "rolled out", "5m")
run "30s"
expect(nodes_with_agent()).is "node-2"
node "node-4":label { disk = "ssd" }
run "30s"
show "ds"
expect(nodes_with_agent()).is "node-2 node-4"
patch("ds/agent", function(draft) draft.spec.template.spec.nodeSelector = nil end)
wait("ds/agent", "rolled out", "5m")

print "\n4. A rolling update takes a quarter of the nodes at a time.\n"

patch("ds/agent", { spec = { updateStrategy = { rollingUpdate = { maxUnavailable = "25%" } } } })
local available = function() return get "ds/agent".status.numberAvailable or 0 end
local least = 4
set_image("ds/agent", "agent=agent:2")
always("three stay available", function()
  least = math.min(least, available())
  return least >= 3
end)
local watching = watch "ds/agent"
wait("ds/agent", "rolled out", "5m")
watching.stop()
expect(least).is(3)

print "\n5. With maxSurge the new pod comes first: not one node is without.\n"

run "1m"
patch("ds/agent", { spec = { updateStrategy = { rollingUpdate = {
  maxSurge = 1, maxUnavailable = 0 } } } })
least = 4
set_image("ds/agent", "agent=agent:3")
wait("ds/agent", "rolled out", "5m")
print(("at least %d of 4 were available all the time"):format(least))
expect(least).is(4)

print "\n6. A revision that cannot start stops at the first node: one may be without.\n"

behave("app=agent", { pull_error = true, image = "agent:4" })
patch("ds/agent", { spec = { updateStrategy = { rollingUpdate = {
  maxSurge = 0, maxUnavailable = 1 } } } })
set_image("ds/agent", "agent=agent:4")
run "5m"
show "ds,pods"
rollout.status "ds/agent"

print "\n   Going back is enough: the old pod is of no use, so it may go.\n"

rollout.undo "ds/agent"
wait("ds/agent", "rolled out", "5m")
rollout.history "ds/agent"
expect(nodes_with_agent()).is "node-1 node-2 node-3 node-4"
