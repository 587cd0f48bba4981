-- SPDX-License-Identifier: MIT
-- A partition, as StatefulSets have it, for a Deployment: so many pods stay old until somebody
-- lowers the number. What is made anew meanwhile keeps to it.
--
--     wlrun examples/partition.lua

cluster { nodes = 3, seed = 2 }
behave("app=web", { start = "1s", ready = "4s" })

Deployment "web" {
  replicas = 10, image = "web:1",
  strategy = { type = "Partition", partition = { partition = "80%", maxUnavailable = 1 } },
}
wait("deploy/web", "rolled out")

local function new_pods() return get "deploy/web".status.updatedReplicas or 0 end
local function lower(partition)
  patch("deploy/web", { spec = { strategy = { partition = { partition = partition } } } })
  run "2m"
  print(("partition %-4s %2d of 10 pods are new"):format(tostring(partition), new_pods()))
end

always("nine of ten are available", function()
  return get "deploy/web".status.availableReplicas >= 9
end)

set_image("deploy/web", "web=web:2")
lower "80%"
expect(new_pods()).is(2)
lower(5)
expect(new_pods()).is(5)
lower(0)
expect(new_pods()).is(10)
wait("deploy/web", "rolled out")
