-- SPDX-License-Identifier: MIT
--- Many CronJobs: of every minute, and of every hour. A run is a Job, its pod, and the
-- history kept of both.
--
-- `make bench` measures some minutes and hours; with WLRUN_BENCH=full in the environment
-- also 1,000 CronJobs of every minute for a day, and 1,000 hourly ones for a year.
local Cluster = require "wl.cluster"

local TEMPLATE = { spec = { restartPolicy = "Never", containers = { { name = "main",
  image = "busybox" } } } }

local SETTLED = 5 -- runs of each until its history is full

-- A cluster in which n CronJobs have run so often that history goes as it comes.
local function cluster_of(n, schedule, period)
  local cluster = Cluster.new { nodes = 100, history = 0 }
  for i = 1, n do
    assert(cluster:create { apiVersion = "batch/v1", kind = "CronJob",
      metadata = { name = ("job-%04d"):format(i) },
      spec = { schedule = schedule, jobTemplate = { spec = { template = TEMPLATE } } } })
  end
  cluster:run(SETTLED * period + 30)
  return cluster
end

local function resident()
  local file <close> = assert(io.open "/proc/self/statm")
  return tonumber((file:read "a":match "^%d+ (%d+)")) * 4096
end

local function assert_history(cluster, n)
  local jobs = cluster.store:all(cluster.server:number(cluster.server:kind "Job"))
  assert(#jobs == 3 * n, "the history limits were not kept")
end

-- Seconds of one run of each of n.
local function runs(bench, n, schedule, period, times)
  local cluster = cluster_of(n, schedule, period)
  local seconds = bench.seconds(function() cluster:run(times * period) end)
  assert_history(cluster, n)
  return seconds / times
end

-- How much more memory is used after twice the time.
local function memory(bench, cluster, seconds)
  cluster:run(seconds)
  collectgarbage()
  local before = resident()
  cluster:run(2 * seconds)
  collectgarbage()
  bench.growth("cronjob.memory", before, resident())
end

local function measure(bench, name, schedule, period)
  local small = runs(bench, 50, schedule, period, 10) * 10
  local large = runs(bench, 500, schedule, period, 3)
  bench(("cronjob.%s.runs"):format(name), 500 / large, "runs/s")
  bench.growth("cronjob." .. name, small, large)
end

return function(bench)
  measure(bench, "minute", "* * * * *", 60)
  measure(bench, "hourly", "0 * * * *", 3600)
  memory(bench, cluster_of(10, "* * * * *", 60), 2 * 3600)
  if os.getenv "WLRUN_BENCH" ~= "full" then return end
  bench("cronjob.day_1000", runs(bench, 1000, "* * * * *", 60, 1440) * 1440, "s")
  bench("cronjob.year_1000", runs(bench, 1000, "0 * * * *", 3600, 365 * 24) * 365 * 24, "s")
end
