-- SPDX-License-Identifier: MIT
--- The state of a cluster at a moment, and clusters that begin with it.
--
--     local shot = cluster:snapshot()            -- now
--     local shot = cluster:snapshot(revision)    -- right after that write
--     local other = Cluster.restore(shot)
--
-- A snapshot holds the objects exactly as they were (uids, resourceVersions,
-- timestamps), the clock, the seed and what is drawn from it next, and the world
-- around the objects that scripts have described: behaviours, metrics, policies;
-- and events. It shares all values with the cluster: it costs a few words an
-- object, and is independent of what becomes of the cluster.
--
-- A restored cluster knows nothing else. Its controllers, scheduler and kubelets
-- begin as processes do that were stopped after that write and are started again:
-- with the objects alone. The same snapshot gives the same run. Timers, invariants
-- and listeners belong to the script that made them, and are not part of it.
local snapshot = {}

local function copied(map)
  local copy = {}
  for key, x in pairs(map) do copy[key] = x end
  return copy
end

local Snapshot = {}
Snapshot.__index = Snapshot

--- The moment that it shows.
-- @treturn number seconds since the epoch
function Snapshot:now() return self.seconds end

--- The write after which it was taken.
-- @treturn integer
function Snapshot:revision() return self.objects:revision() end

--- How many objects it has.
function Snapshot:__len() return #self.objects end

--- Take a snapshot.
-- @param cluster
-- @tparam ?integer revision of a write in the history; the latest when left out
-- @treturn Snapshot; or nil, message, code
function snapshot.take(cluster, revision)
  local objects, message, code = cluster.store:snapshot(revision)
  if not objects then return nil, message, code end
  local is_present = objects:revision() == cluster.store:revision()
  local seconds = is_present and cluster:now() or objects:time() / 1000
  local streams = {}
  for name, stream in pairs(cluster.streams) do streams[name] = stream:copy() end
  return setmetatable({
    objects = objects, kinds = copied(cluster.server.kinds), seconds = seconds,
    options = cluster.options, started = cluster.started, streams = streams,
    policies = copied(cluster.policies), namespace = cluster.namespace,
    expected_namespaces = copied(cluster.server.expected_namespaces),
    events = cluster.events:copy(seconds), behaviours = cluster.kubelet.behaviours:copy(),
    metrics = cluster.metrics and cluster.metrics.entries,
    has_storage_since = cluster.has_storage_since,
  }, Snapshot)
end

--- Fill a cluster that has no objects and kinds yet.
-- @param cluster
-- @tparam Snapshot shot
function snapshot.load(cluster, shot)
  local server = cluster.server
  cluster.started, cluster.namespace = shot.started, shot.namespace
  if (shot.has_storage_since or math.huge) <= shot:revision() then
    cluster.has_storage_since = shot.has_storage_since
  end
  cluster.policies = copied(shot.policies)
  server.policies = cluster.policies
  for name, stream in pairs(shot.streams) do cluster.streams[name] = stream:copy() end
  server.expected_namespaces = copied(shot.expected_namespaces)
  cluster.events = shot.events:copy(shot.seconds, function() return cluster:now() end)
  for _, kind in ipairs(shot.kinds) do server:number(kind) end
  assert(server.store:load(shot.objects))
end

--- Give it the world around its objects, once its parts are there.
-- @param cluster
-- @tparam Snapshot shot
function snapshot.surround(cluster, shot)
  cluster.kubelet:resume(shot.behaviours:copy())
  if shot.metrics then
    require("wl.metrics").of(cluster).entries = table.move(shot.metrics, 1, #shot.metrics, 1, {})
  end
end

return snapshot
