-- SPDX-License-Identifier: MIT
-- Batches of one, two, four ... pods with a rest of a minute in between, under a StatefulSet:
-- the highest ordinals first, one at a time.
--
--     wlrun examples/batches.lua

cluster { nodes = 4, seed = 2 }
behave("app=queue", { start = "1s", ready = "5s" })

StatefulSet "queue" {
  replicas = 8, image = "queue:1",
  updateStrategy = { type = "Batches", batches = { first = 1, factor = 2, rest = "1m" } },
}
wait("sts/queue", "rolled out", "5m")

always("one pod at most is missing", function()
  return (get "sts/queue".status.readyReplicas or 0) >= 7
end)

set_image("sts/queue", "queue=queue:2")
for _ = 1, 6 do
  run "50s"
  local status = get "sts/queue".status
  print(("%4ds  %d of 8 pods are new   %s"):format(now(), status.updatedReplicas or 0,
    status.rollout.message or status.rollout.phase))
end
wait("sts/queue", "rolled out", "10m")
