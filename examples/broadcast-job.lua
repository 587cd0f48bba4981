-- SPDX-License-Identifier: MIT
-- A job on each node, once: a kind of one's own that looks at nodes and at pods. See
-- kinds/broadcast_job.lua.
--
--     wlrun examples/broadcast-job.lua

-- luacheck: globals BroadcastJob
define(require "kinds.broadcast_job")

cluster { nodes = 4, seed = 2 }
node "node-3":cordon()

BroadcastJob "warm" { image = "warm-cache:1", parallelism = 2 }
behave("broadcast-job=warm", { start = "1s", work = { "10s", "20s" }, crash = 0.5 })

always("two at a time", function()
  local active = 0
  for _, pod in ipairs(list("pods", "broadcast-job=warm")) do
    local phase = pod.status and pod.status.phase
    if phase ~= "Succeeded" and phase ~= "Failed" then active = active + 1 end
  end
  return active <= 2
end)

wait("bcj/warm", "Complete", "10m")
show "bcj,pods"
expect(get "bcj/warm".status.succeeded, "nodes that are done").is(3)

local done = {}
for _, pod in ipairs(list("pods", "broadcast-job=warm")) do
  if pod.status.phase == "Succeeded" then
    expect(done[pod.spec.nodeName], "a second success on " .. pod.spec.nodeName).is(nil)
    done[pod.spec.nodeName] = true
  end
end
expect(done["node-3"], "the cordoned node").is(nil)

-- One that goes on for ever: nodes that come back get their pod.
BroadcastJob "agent" { image = "setup:1", completionPolicy = { type = "Never" } }
behave("broadcast-job=agent", { work = "5s" })
run "1m"
expect(get "bcj/agent".status.succeeded).is(3)
node "node-3":uncordon()
run "1m"
expect(get "bcj/agent".status.succeeded).is(4)
show "bcj"
