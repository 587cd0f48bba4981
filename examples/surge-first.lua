-- SPDX-License-Identifier: MIT
-- A rolling update and SurgeFirst under the same budget, side by side: how many pods are
-- available at the worst moment, and how many there are on the nodes at the most, those
-- included that take their time to end.
--
--     wlrun examples/surge-first.lua

cluster { nodes = 5, seed = 6 }
behave("team=shop", { start = "1s", ready = { "5s", "15s" }, terminate = { "10s", "25s" } })

local budget = { maxSurge = 2, maxUnavailable = 2 }
local function deployment(name, strategy)
  Deployment(name) { replicas = 10, image = "app:1", strategy = strategy,
    selector = { matchLabels = { app = name } },
    template = { metadata = { labels = { app = name, team = "shop" } } } }
  wait("deploy/" .. name, "rolled out")
end
deployment("rolling", { rollingUpdate = budget })
deployment("surge", { type = "SurgeFirst", surgeFirst = { maxSurge = 2, maxUnavailable = 2,
  countTerminating = true } })

local least, most = {}, {}
local function measure(name)
  local available = get("deploy/" .. name).status.availableReplicas or 0
  least[name] = math.min(least[name] or 10, available)
  most[name] = math.max(most[name] or 0, #list("pods", "app=" .. name))
end
always("the surge stays available, and within its nodes", function()
  measure "rolling"
  measure "surge"
  return least.surge >= 10 and most.surge <= 12
end)

for _, name in ipairs { "rolling", "surge" } do
  set_image("deploy/" .. name, name .. "=app:2")
  local start = now()
  wait("deploy/" .. name, "rolled out", "10m")
  run "1m"
  print(("%-8s %3ds   never fewer than %2d available, never more than %2d there"):format(name,
    now() - start - 60, least[name], most[name]))
end
expect(least.rolling).below(10)
