-- SPDX-License-Identifier: MIT
-- A Release of three workloads in order, and one that goes back.
cluster { nodes = 3 }
chaos(require "weather"())
behave("tier", { start = "1s", ready = { "1s", "5s" } })
behave("tier", { image = "agent:3", never_ready = true })

local function workload(name, replicas)
  local labels = { app = name, tier = "shop" }
  return { image = name .. ":1", replicas = replicas, selector = { matchLabels = labels },
    template = { metadata = { labels = labels } } }
end

StatefulSet "db"(workload("db", 2))
Deployment "api"(workload("api", 3))
DaemonSet "agent"(workload "agent")

local function release(version)
  Release("shop-" .. version) { deadlineSeconds = 300, workloads = {
    { kind = "StatefulSet", name = "db", images = { db = "db:" .. version } },
    { kind = "Deployment", name = "api", images = { api = "api:" .. version } },
    { kind = "DaemonSet", name = "agent", images = { agent = "agent:" .. version } },
  } }
end

local OVER = { Complete = true, Failed = true, RolledBack = true }
local function phase(version) return get("release/shop-" .. version).status.phase end

run "2m"
release(2)
run "30m"
expect(OVER[phase(2)]).is(true)
release(3)
run "1h"
expect(phase(3)).is_not "Complete"
expect(OVER[phase(3)]).is(true)
