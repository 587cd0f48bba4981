-- SPDX-License-Identifier: MIT
-- A release of three workloads in order: the database, the API on it, the agents last. When
-- one of them fails, what was released already goes back, the last one first.
--
--     wlrun examples/release.lua

cluster { nodes = 4, seed = 3 }
behave("tier", { start = "1s", ready = "5s" })
behave("tier", { image = "agent:3", never_ready = true })

local function labels(name) return { app = name, tier = "shop" } end
local function workload(name)
  return { image = name .. ":1", selector = { matchLabels = labels(name) },
    template = { metadata = { labels = labels(name) } } }
end

local db, api, agent = workload "db", workload "api", workload "agent"
db.replicas, db.updateStrategy = 3, { type = "RollingUpdate", autoRollback = true }
api.replicas = 4
StatefulSet "db"(db)
Deployment "api"(api)
DaemonSet "agent"(agent)
for _, name in ipairs { "sts/db", "deploy/api", "ds/agent" } do wait(name, "rolled out") end

local function image(name) return get(name).spec.template.spec.containers[1].image end

always("the API is never newer than its database", function()
  return image "deploy/api":sub(-1) <= image "sts/db":sub(-1)
end)
always("no agent is newer than the API", function()
  return image "ds/agent":sub(-1) <= image "deploy/api":sub(-1)
end)

local function release(version)
  Release("shop-" .. version) {
    deadlineSeconds = 180,
    workloads = {
      { kind = "StatefulSet", name = "db", images = { db = "db:" .. version } },
      { kind = "Deployment", name = "api", images = { api = "api:" .. version } },
      { kind = "DaemonSet", name = "agent", images = { agent = "agent:" .. version } },
    },
  }
end

local watching = watch "releases"
release(2)
wait("release/shop-2", function(one) return one.status.phase == "Complete" end, "10m")
expect(image "ds/agent").is "agent:2"

release(3)
wait("release/shop-3", function(one) return one.status.phase == "RolledBack" end, "20m")
watching.stop()
expect(image "sts/db").is "db:2"
expect(image "deploy/api").is "api:2"
expect(image "ds/agent").is "agent:2"
for _, name in ipairs { "sts/db", "deploy/api", "ds/agent" } do wait(name, "rolled out") end
