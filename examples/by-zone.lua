-- SPDX-License-Identifier: MIT
-- One zone after the other: an agent that breaks its node's pods breaks them in one zone only.
--
--     wlrun examples/by-zone.lua

cluster { nodes = 9, seed = 4 }
local ZONES = { "zone-a", "zone-b", "zone-c" }
for i = 1, 9 do
  node("node-" .. i):label { ["topology.kubernetes.io/zone"] = ZONES[i % 3 + 1] }
end
behave("app=agent", { start = "1s", ready = "5s" })

DaemonSet "agent" {
  image = "agent:1",
  updateStrategy = { type = "ByZone", byZone = { maxUnavailable = 2, rest = "5m" } },
}
wait("ds/agent", "rolled out")

-- Zone -> how many of its nodes have the new version.
local function updated()
  local count = { ["zone-a"] = 0, ["zone-b"] = 0, ["zone-c"] = 0 }
  for _, pod in ipairs(list("pods", "app=agent")) do
    if pod.spec.nodeName and pod.spec.containers[1].image == "agent:2" then
      local zone = get("node/" .. pod.spec.nodeName).metadata.labels["topology.kubernetes.io/zone"]
      count[zone] = count[zone] + 1
    end
  end
  return count
end

always("a zone begins when the one before it is done", function()
  local count = updated()
  return (count["zone-b"] == 0 or count["zone-a"] == 3)
    and (count["zone-c"] == 0 or count["zone-b"] == 3)
end)
always("two nodes at most are without", function()
  return get "ds/agent".status.numberAvailable >= 7
end)

set_image("ds/agent", "agent=agent:2")
for _ = 1, 7 do
  run "2m"
  local count = updated()
  print(("%4ds  a: %d  b: %d  c: %d   %s"):format(now(), count["zone-a"], count["zone-b"],
    count["zone-c"], get "ds/agent".status.rollout.phase))
end
wait("ds/agent", "rolled out", "20m")
