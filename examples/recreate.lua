-- SPDX-License-Identifier: MIT
-- Recreate: never both versions at once, not even while an old pod takes its time to end.
-- What that costs is time without any pod.
--
--     wlrun examples/recreate.lua

cluster { nodes = 3, seed = 2 }
behave("app=db", { start = "1s", ready = "4s", terminate = { "5s", "25s" } })

Deployment "db" { replicas = 3, image = "db:1", strategy = { type = "Recreate" } }
wait("deploy/db", "rolled out")

always("never both versions", function()
  local first
  for _, pod in ipairs(list "pods") do
    local image = pod.spec.containers[1].image
    first = first or image
    if image ~= first then return false end
  end
  return true
end)

local watching = watch "deploy"
set_image("deploy/db", "db=db:2")
wait("deploy/db", "rolled out", "5m")
watching.stop()
