-- SPDX-License-Identifier: MIT
--- An owner goes: how long until its dependents have gone, too.
local Cluster = require "wl.cluster"
local value = require "wl.value"

local function config(metadata)
  return { apiVersion = "v1", kind = "ConfigMap", metadata = metadata }
end

local function collect(bench, n)
  local cluster = Cluster.new { nodes = 0 }
  local owner = assert(cluster:create(config { name = "owner" }))
  assert(cluster.server:create_many(config { generateName = "child-", ownerReferences =
    value.list { { apiVersion = "v1", kind = "ConfigMap", name = "owner",
      uid = owner.metadata.uid, controller = true, blockOwnerDeletion = true } } }, n))
  cluster:settle()
  local seconds = bench.seconds(function()
    assert(cluster:delete(owner, { propagation = "Foreground" }))
    cluster:settle()
  end)
  assert(#cluster:list "ConfigMap" == 0)
  cluster.store:close()
  return seconds
end

return function(bench)
  local small, large = collect(bench, 10000), collect(bench, 100000)
  bench("garbage.100000", large, "s")
  bench.growth("garbage", small, large)
end
