-- SPDX-License-Identifier: MIT
-- What decides from counts alone writes and tells what the whole controller does.
local Cluster = require "wl.cluster"
local plain = require "wl.job.plain"
local verbs = require "wl.verbs.nodes"

local function job(fields)
  local spec = { template = { spec = { restartPolicy = "Never",
    containers = { { name = "main", image = "busybox" } } } } }
  for key, field in pairs(fields) do spec[key] = field end
  return { apiVersion = "batch/v1", kind = "Job", metadata = { name = "it" }, spec = spec }
end

local function cron_job(fields)
  fields.schedule, fields.jobTemplate = "* * * * *", { spec = job {}.spec }
  return { apiVersion = "batch/v1", kind = "CronJob", metadata = { name = "it" }, spec = fields }
end

-- All objects with their resourceVersions, which count writes, and all events.
local function outcome(object, meddle)
  local cluster, lines = Cluster.new { nodes = 2 }, {}
  assert(cluster:create(object))
  for second = 1, 400 do
    if meddle then meddle(cluster, second) end
    cluster:run(1)
  end
  for _, kind in ipairs { "CronJob", "Job", "Pod" } do
    for _, one in ipairs(cluster.server:list(kind)) do lines[#lines + 1] = tostring(one) end
  end
  for _, event in ipairs(cluster.events:list()) do
    lines[#lines + 1] = ("%s %s %s %s x%d %.3f"):format(event.kind, event.name, event.reason,
      event.message, event.count, event.last)
  end
  return lines
end

local function without_it(call)
  local sync = plain.sync
  plain.sync = function() end
  local ok, result = pcall(call)
  plain.sync = sync
  assert(ok, result)
  return result
end

local function at(moment, act)
  return function(cluster, second)
    if second == moment then act(cluster) end
  end
end

local function the_job(cluster) return assert(cluster.server:get("Job", "default", "it")) end

local cases = {
  { "one pod", job {} },
  { "pods for one completion", job { parallelism = 3 } },
  { "a pool without a number of completions", job { parallelism = 2, completions = nil } },
  { "more completions than pods at once", job { parallelism = 2, completions = 5 } },
  { "none wanted", job { completions = 0 } },
  { "more than a sync creates", job { parallelism = 501, completions = 501 } },
  { "a deadline", job { activeDeadlineSeconds = 1 } },
  { "a time to live", job { ttlSecondsAfterFinished = 7 } },
  { "every minute", cron_job {} },
  { "every minute, without history", cron_job { successfulJobsHistoryLimit = 0 } },
  { "every minute, all history", cron_job { successfulJobsHistoryLimit = 10 } },
  { "suspended and resumed", job {}, function(cluster, second)
    if second ~= 2 and second ~= 4 then return end
    assert(cluster.server:change(the_job(cluster), function(draft)
      draft.spec.suspend = second == 2
    end))
  end },
  { "more wanted later", job { parallelism = 1, completions = 4 }, at(2, function(cluster)
    assert(cluster.server:change(the_job(cluster), function(draft) draft.spec.parallelism = 3 end))
  end) },
  { "a pod that is deleted", job {}, at(2, function(cluster)
    for _, pod in ipairs(cluster.server:list "Pod") do assert(cluster.server:delete(pod)) end
  end) },
  { "pods that fail", job { backoffLimit = 2 }, at(1, function(cluster)
    verbs.behave(cluster, "", function(pod) pod:exit(1) end)
  end) },
  { "deleted with its pods", job {}, at(2, function(cluster)
    assert(cluster.server:delete(the_job(cluster), { propagation = "Foreground" }))
  end) },
}

describe("a Job that is synced from counts", function()
  for _, case in ipairs(cases) do
    it("comes to the same: " .. case[1], function()
      local function run() return outcome(case[2], case[3]) end
      assert.same(without_it(run), run())
    end)
  end

  it("is the commonest one", function()
    local sync, outcomes = plain.sync, {}
    plain.sync = function(...)
      local said, now, message, code = sync(...)
      outcomes[#outcomes + 1] = said or "no"
      return said, now, message, code
    end
    local ok, problem = pcall(outcome, job {})
    plain.sync = sync
    assert(ok, problem)
    assert.same({ "goes on", "goes on", "ended" }, outcomes)
  end)
end)
