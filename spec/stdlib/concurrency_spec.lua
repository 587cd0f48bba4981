-- SPDX-License-Identifier: MIT
--- Concurrency policies: which runs of a CronJob take place, and when.
local Cluster = require "wl.cluster"
local concurrency = require "wl.concurrency"
local cron = require "wl.cron"
local schedule = require "wl.cron_job.schedule"
local time = require "wl.time"
local verbs = require "wl.verbs.nodes"

local START = time.parse "2024-01-01T00:00:00Z"

local function cron_job(given)
  local spec = { schedule = "* * * * *", successfulJobsHistoryLimit = 100,
    jobTemplate = { spec = { template = { spec = { restartPolicy = "Never",
      containers = { { name = "x", image = "x" } } } } } } }
  for field, x in pairs(given) do spec[field] = x end
  return { apiVersion = "batch/v1", kind = "CronJob",
    metadata = { name = "c", namespace = "default" }, spec = spec }
end

-- Runs of 10 minutes, of which the second takes 200 seconds and the others five: "minute of
-- the schedule at second of the start".
local function runs(given, length)
  local cluster, n = Cluster.new { nodes = 1 }, 0
  verbs.behave(cluster, "", function(pod)
    n = n + 1
    pod:sleep(n == 2 and (length or 200) or 5)
    pod:exit(0)
  end)
  for name, p in pairs(given.policies or {}) do cluster:add_policy("concurrency", name, p) end
  given.policies = nil
  assert(cluster.server:create(cron_job(given)))
  cluster:run "7m"
  local list = {}
  for _, job in ipairs(cluster:list "Job") do
    local minute = (math.tointeger(job.metadata.name:match "%d+$") * 60 - START) // 60
    list[#list + 1] = ("%d@%d"):format(minute, time.parse(job.status.startTime) - START)
  end
  return table.concat(list, " "), cluster
end

describe("concurrency policies", function()
  for _, case in ipairs {
    { "Allow", "1@60 2@120 3@180 4@240 5@300 6@360 7@420" },
    { "Forbid", "1@60 2@120 5@321 6@360 7@420" },
    { "KeepLatest", "1@60 2@120 5@321 6@360 7@420" },
    { "Replace", "1@60 3@180 4@240 5@300 6@360 7@420" },
    { "Skip", "1@60 2@120 6@360 7@420" },
    { "Queue", "1@60 2@120 3@321 4@327 5@333 6@360 7@420" },
  } do
    it(case[1] .. " starts what it should when it should", function()
      assert.equal(case[2], (runs { concurrencyPolicy = case[1] }))
    end)
  end

  it("Queue keeps so many waiting, and runs so many at once", function()
    assert.equal("1@60 2@120 4@321 5@327 6@360 7@420",
      (runs { concurrencyPolicy = "Queue", queue = { limit = 2 } }))
    assert.equal("1@60 2@120 3@180 4@240 5@300 6@360 7@420",
      (runs { concurrencyPolicy = "Queue", queue = { parallel = 2 } }))
  end)

  it("Queue lets go what has waited too long", function()
    assert.equal("1@60 2@120 5@321 6@360 7@420",
      (runs { concurrencyPolicy = "Queue", startingDeadlineSeconds = 60 }))
  end)

  it("Queue never runs two at once", function()
    local _, cluster = runs({ concurrencyPolicy = "Queue" }, 100)
    local busy = {}
    for _, job in ipairs(cluster:list "Job") do
      busy[#busy + 1] = { time.parse(job.status.startTime),
        job.status.completionTime and time.parse(job.status.completionTime) or math.huge }
    end
    table.sort(busy, function(a, b) return a[1] < b[1] end)
    for i = 2, #busy do assert.is_true(busy[i][1] >= busy[i - 1][2]) end
  end)

  it("may be a user's own, and may choose only what is due", function()
    local own = concurrency "Oldest" {
      choose = function(view) return view.due[1] end,
      decide = function(view) return view.active == 0 and "start" or "skip" end,
    }
    assert.equal("1@60 2@120 3@321 4@327 5@333 6@360 7@420",
      (runs { concurrencyPolicy = "Oldest", policies = { Oldest = own } }))
    own = concurrency "Wild" {
      choose = function(view) return view.now - 1 end,
      decide = function() return "start" end,
    }
    assert.equal("", (runs { concurrencyPolicy = "Wild", policies = { Wild = own } }))
  end)

  it("are told of the latest hundred, when very many were missed", function()
    local object = cron_job {}
    object.metadata.creationTimestamp = "2024-01-01T00:00:00Z"
    local due = cron.parse("* * * * *", {})
    local now = START + 5000 * 60
    local all = schedule.all_due(object, now, due)
    assert.equal(100, #all)
    assert.same({ now - 99 * 60, now }, { all[1], all[100] })
    assert.same({ START + 60, START + 120 }, schedule.all_due(object, START + 130, due))
    assert.same({}, schedule.all_due(object, START + 30, due))
  end)
end)
