-- SPDX-License-Identifier: MIT
--- The store from Lua: creates in bulk, updates of one field, nested reads.
local facet = require "wl.facet"
local store = require "wl.store"

local POD = {
  metadata = {
    generateName = "web-", namespace = "default",
    labels = { app = "web", ["pod-template-hash"] = "5d4f8c7b9" },
    ownerReferences = { { apiVersion = "apps/v1", kind = "ReplicaSet", name = "web-5d4f8c7b9",
      uid = "b7a9c1de-0000-4000-8000-000000000001", controller = true } },
  },
  spec = { containers = { { name = "web", image = "nginx:1.27" } }, restartPolicy = "Always",
    dnsPolicy = "ClusterFirst", schedulerName = "default-scheduler",
    terminationGracePeriodSeconds = 30, replicas = 3 },
  status = { phase = "Pending" },
}

local FACETS = {
  { "active", facet.all { facet.absent "metadata.deletionTimestamp",
                          facet.none_of("status.phase", "Succeeded", "Failed") } },
  { "ready", facet.all { "active", facet.equals("status.conditions[type=Ready].status", "True") } },
  { "phase", facet.value "status.phase" },
}

local function open()
  local s = store.open { seed = 1, history = 10000 }
  s:set_now(1704067200000)
  s:set_writer "bench"
  return s, s:kind { name = "Pod", resource = "pods", namespaced = true,
    indexed = { "spec.nodeName" }, facets = facet.compile(FACETS, 0) }
end

local function create(n)
  local s, pods = open()
  s:create_many(pods, POD, n)
  s:close()
end

return function(bench)
  bench.rate("store.create", 1000000, "objects", function() create(1000000) end)
  local small = bench.best(3, create, 100000)
  bench.growth("store.create", small, bench.best(3, create, 1000000))

  local s, pods = open()
  local batch = s:create_many(pods, POD, 1000)
  bench.rate("store.update", 500000, "updates", function()
    for i = 1, 500000 do
      s:change(batch:id(i % 1000 + 1), function(pod) pod.spec.replicas = i end)
    end
  end)
  local pod = batch[1]
  bench.rate("store.read", 3000000, "reads", function()
    local sum = 0
    for _ = 1, 3000000 do
      sum = sum + pod.spec.terminationGracePeriodSeconds
    end
    assert(sum == 90000000)
  end)
end
