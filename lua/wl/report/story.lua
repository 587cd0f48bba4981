-- SPDX-License-Identifier: MIT
--- The story of a run: what a picture of it shows, read from the store's history.
--
-- The history is a log of writes that is kept as long as the cluster's `history`
-- says: a story begins where it begins.
local Jobs = require "wl.report.jobs"
local Nodes = require "wl.report.nodes"
local Rollouts = require "wl.report.rollouts"

local story = {}

local PARTS = { Deployment = true, ReplicaSet = true, ReplicationController = true,
  StatefulSet = true, DaemonSet = true, Job = true, CronJob = true, Pod = true, Node = true }

local function each_write(cluster, tell)
  local store, origin = cluster.store, cluster.started * 1000
  local is_told = {}
  for number, kind in ipairs(cluster.server.kinds) do is_told[number] = PARTS[kind.name] end
  for _, ms, _, number, _, old, now in store:log(store:oldest()) do
    if is_told[number] then tell { t = (ms - origin) / 1000, old = old, now = now } end
  end
end

local function events_of(cluster)
  local list = {}
  for i, event in ipairs(cluster.events:list()) do
    list[i] = { place = i, t = event.first - cluster.started, last = event.last - cluster.started,
      type = event.type, reason = event.reason, message = event.message, count = event.count,
      object = event.kind .. "/" .. event.name, uid = event.uid, source = event.source }
  end
  table.sort(list, function(a, b)
    if a.t ~= b.t then return a.t < b.t end
    return a.place < b.place
  end)
  return list
end

--- Tell the story of a cluster up to now. O(writes in the history).
-- @param cluster
-- @treturn table times are seconds since the beginning:
--   to        now
--   from      where the history begins: 0 unless it was cut
--   rollouts  see wl.report.rollouts
--   jobs, cron_jobs   see wl.report.jobs
--   nodes     see wl.report.nodes
--   events    in order of time
function story.of(cluster)
  local rollouts, jobs, nodes = Rollouts.new(), Jobs.new(), Nodes.new()
  local from
  each_write(cluster, function(change)
    from = from or change.t
    rollouts:take(change)
    jobs:take(change)
    nodes:take(change)
  end)
  local to = cluster:now() - cluster.started
  jobs:finish(cluster.started, to)
  return { from = cluster.store:oldest() > 0 and from or 0, to = to, origin = cluster.started,
    rollouts = rollouts.list, jobs = jobs.list, cron_jobs = jobs.cron_jobs, nodes = nodes.list,
    events = events_of(cluster) }
end

return story
