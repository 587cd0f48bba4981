-- SPDX-License-Identifier: MIT
-- Jobs and CronJobs whose process is stopped at every write and goes on from the
-- objects: nothing is counted twice, lost, or run once too often.
local restarts = require "spec.support.restarts"

local change = restarts.change

local function job(name, fields, pod)
  pod = pod or {}
  pod.restartPolicy = pod.restartPolicy or "Never"
  local spec = { template = restarts.template(name, pod) }
  for field, x in pairs(fields or {}) do spec[field] = x end
  return { apiVersion = "batch/v1", kind = "Job", metadata = { name = name }, spec = spec }
end

local function cron_job(fields, pod)
  local spec = { schedule = "* * * * *", jobTemplate = { spec = job("tick", {}, pod).spec } }
  for field, x in pairs(fields) do spec[field] = x end
  return { apiVersion = "batch/v1", kind = "CronJob", metadata = { name = "tick" }, spec = spec }
end

-- Pods that were made in the first seconds fail.
local function fails_at_first(pod)
  pod:sleep "2s"
  if pod.metadata.creationTimestamp < "2024-01-01T00:00:02Z" then pod:exit(1) end
end

local function at_most(n)
  return function(cluster)
    local there = restarts.pods(cluster, function(pod)
      return not pod.metadata.deletionTimestamp and pod.status.phase ~= "Succeeded"
        and pod.status.phase ~= "Failed"
    end)
    if there > n then error(("%d pods are active"):format(there), 0) end
  end
end

describe("Stopped at any write,", function()
  it("a Job completes as often as it should", function()
    restarts.check {
      last = 40, always = at_most(2), behaviours = { ["app=sum"] = { work = "3s" } },
      objects = { job("sum", { completions = 4, parallelism = 2 }) },
    }
  end)

  it("a Job tries again what fails, with its delays", function()
    restarts.check {
      last = 60, always = at_most(2), behaviours = { ["app=sum"] = fails_at_first },
      objects = { job("sum", { completions = 2, parallelism = 2, backoffLimit = 4 }) },
    }
  end)

  it("a Job that fails too often fails", function()
    restarts.check {
      last = 90, always = at_most(1), behaviours = { ["app=sum"] = { after = "1s", exit = 3 } },
      objects = { job("sum", { backoffLimit = 1 }) },
    }
  end)

  it("a Job restarts its containers in place", function()
    restarts.check {
      last = 60, behaviours = { ["app=sum"] = { after = "1s", exit = 3 } },
      objects = { job("sum", { backoffLimit = 1 }, { restartPolicy = "OnFailure" }) },
    }
  end)

  it("an Indexed Job completes each index once", function()
    restarts.check {
      last = 60, always = at_most(2), behaviours = { ["app=sum"] = { work = "2s" } },
      objects = { job("sum", { completions = 3, parallelism = 2, completionMode = "Indexed" }) },
    }
  end)

  it("an Indexed Job fails the index that fails too often", function()
    restarts.check {
      last = 60,
      behaviours = { ["app=sum"] = { work = "2s" },
        ["batch.kubernetes.io/job-completion-index=1"] = { after = "1s", exit = 1 } },
      objects = { job("sum", { completions = 3, parallelism = 3, completionMode = "Indexed",
        backoffLimitPerIndex = 1, maxFailedIndexes = 2 }) },
    }
  end)

  it("a success policy ends a Job early", function()
    restarts.check {
      last = 60, behaviours = { ["app=sum"] = { work = "20s", terminate = "2s" },
        ["batch.kubernetes.io/job-completion-index=0"] = { after = "2s" } },
      objects = { job("sum", { completions = 3, parallelism = 3, completionMode = "Indexed",
        successPolicy = { rules = { { succeededIndexes = "0" } } } }) },
    }
  end)

  it("a failure policy ignores, and then fails the Job", function()
    restarts.check {
      last = 60,
      behaviours = { ["app=sum"] = function(pod)
        pod:sleep "2s"
        pod:exit(pod.metadata.creationTimestamp < "2024-01-01T00:00:02Z" and 7 or 42)
      end },
      objects = { job("sum", { completions = 2, parallelism = 1, backoffLimit = 3,
        podFailurePolicy = { rules = {
          { action = "Ignore", onExitCodes = { operator = "In", values = { 7 } } },
          { action = "FailJob", onExitCodes = { operator = "In", values = { 42 } } },
        } } }) },
    }
  end)

  it("a Job is suspended, resumed, and goes after its time to live", function()
    restarts.check {
      last = 60, behaviours = { ["app=sum"] = { work = "5s", terminate = "1s" } },
      objects = { job("sum", { completions = 2, ttlSecondsAfterFinished = 10 }) },
      actions = {
        { 2, change("Job", "sum", function(draft) draft.spec.suspend = true end) },
        { 10, change("Job", "sum", function(draft) draft.spec.suspend = false end) },
      },
    }
  end)

  it("a Job runs out of time", function()
    restarts.check {
      last = 60, behaviours = { ["app=sum"] = { work = "50s", terminate = "2s" } },
      objects = { job("sum", { completions = 2, parallelism = 2, activeDeadlineSeconds = 8 }) },
    }
  end)

  it("a Job replaces a pod that is deleted, once it is gone", function()
    restarts.check {
      last = 60, behaviours = { ["app=sum"] = { work = "8s", terminate = "2s" } },
      objects = { job("sum", { completions = 1, podReplacementPolicy = "Failed" }) },
      actions = { { 3, function(cluster)
        assert(cluster:delete(cluster:list("Pod", { selector = "app=sum" })[1]))
      end } },
    }
  end)

  it("a Job waits for another", function()
    restarts.check {
      last = 40, behaviours = { ["app in (first,second)"] = { work = "3s" } },
      objects = { job "first", (function()
        local second = job "second"
        second.metadata.annotations = { ["wlrun.dev/depends-on"] = "first" }
        return second
      end)() },
    }
  end)

  it("a CronJob that forbids overlaps runs one at a time, and keeps its history", function()
    restarts.check {
      last = 320, start = "2024-01-01T00:00:30Z", always = at_most(1),
      behaviours = { ["app=tick"] = { work = "70s" } },
      objects = { cron_job { concurrencyPolicy = "Forbid", successfulJobsHistoryLimit = 1 } },
    }
  end)

  it("a CronJob replaces what still runs", function()
    restarts.check {
      last = 200, start = "2024-01-01T00:00:30Z",
      behaviours = { ["app=tick"] = { work = "90s", terminate = "1s" } },
      objects = { cron_job { concurrencyPolicy = "Replace" } },
    }
  end)

  it("a CronJob runs each time once, is suspended and resumed", function()
    restarts.check {
      last = 400, start = "2024-01-01T00:00:30Z", behaviours = { ["app=tick"] = { work = "2s" } },
      objects = { cron_job { concurrencyPolicy = "Allow", startingDeadlineSeconds = 20 } },
      actions = {
        { 100, change("CronJob", "tick", function(draft) draft.spec.suspend = true end) },
        { 250, change("CronJob", "tick", function(draft) draft.spec.suspend = false end) },
      },
    }
  end)
end)
