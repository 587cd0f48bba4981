-- SPDX-License-Identifier: MIT
-- What implementers of StatefulSets, DaemonSets, Jobs, CronJobs and nodes commonly get
-- wrong, each on a cluster.
local Try = require "spec.support.try"
local nodes = require "wl.verbs.nodes"
local restarts = require "spec.support.restarts"

local workload = restarts.workload

local function stateful(fields)
  fields.serviceName = "db"
  return workload("StatefulSet", "db", fields)
end

local function job(fields, pod)
  pod = pod or {}
  pod.restartPolicy = pod.restartPolicy or "Never"
  local spec = { template = restarts.template("sum", pod) }
  for field, x in pairs(fields or {}) do spec[field] = x end
  return { apiVersion = "batch/v1", kind = "Job", metadata = { name = "sum" }, spec = spec }
end

local function cron_job(fields)
  local spec = { jobTemplate = { spec = job().spec } }
  for field, x in pairs(fields) do spec[field] = x end
  return { apiVersion = "batch/v1", kind = "CronJob", metadata = { name = "tick" }, spec = spec }
end

local function started(try)
  local moments = {}
  for i, one in ipairs(try:those "Job") do
    moments[i] = one.metadata.creationTimestamp:sub(12, 16)
  end
  table.sort(moments)
  return table.concat(moments, " ")
end

describe("StatefulSets:", function()
  it("a broken update blocks until its pod is deleted by hand", function()
    local try = Try.new({ nodes = 1, behaviours = { [""] = { image = "app:bad",
      never_ready = true } } }, stateful { replicas = 2 }):run(20)
    try:set_image("StatefulSet", "db", "app:bad")
    try:run(20):set_image("StatefulSet", "db", "app:3")
    try:run(60)
    assert.are.equal("app:bad", try:get("Pod", "db-1").spec.containers[1].image)
    try:delete("Pod", "db-1")
    try:run(60)
    assert.are.equal(2, try:with_image "app:3")
  end)

  it("scaling in waits for the pods above to be gone", function()
    local try = Try.new({ nodes = 1, behaviours = { [""] = { terminate = "10s" } } },
      stateful { replicas = 3 }):run(30)
    try:edit("StatefulSet", "db", function(draft) draft.spec.replicas = 1 end)
    try:run(5)
    assert.is_truthy(try:get("Pod", "db-2").metadata.deletionTimestamp)
    assert.is_nil(try:get("Pod", "db-1").metadata.deletionTimestamp)
    try:run(10)
    assert.is_truthy(try:get("Pod", "db-1").metadata.deletionTimestamp)
  end)

  it("a partition holds what is below it, also what is made anew; then all moves", function()
    local try = Try.new({ nodes = 1 }, stateful { replicas = 3,
      updateStrategy = { rollingUpdate = { partition = 1 } } }):run(20)
    local before = try:get("StatefulSet", "db").status.currentRevision
    try:set_image("StatefulSet", "db", "app:2")
    try:run(30):delete("Pod", "db-0")
    try:run(20)
    assert.are.equal("app:1", try:get("Pod", "db-0").spec.containers[1].image)
    assert.are.equal("app:2", try:get("Pod", "db-1").spec.containers[1].image)
    assert.are.equal(before, try:get("StatefulSet", "db").status.currentRevision)
    try:edit("StatefulSet", "db", function(draft)
      draft.spec.updateStrategy.rollingUpdate.partition = 0
    end)
    local status = try:run(20):get("StatefulSet", "db").status
    assert.are.equal(status.updateRevision, status.currentRevision)
    assert.are_not.equal(before, status.currentRevision)
  end)
end)

describe("DaemonSets:", function()
  it("their pods tolerate what nodes suffer from, and are bound to theirs", function()
    local try = Try.new({ nodes = 1 }, workload("DaemonSet", "agent"))
    try:edit("Node", "node-1", function(draft) draft.spec.unschedulable = true end)
    local pod = try:run(5):those("Pod")[1]
    assert.are.equal("Running", pod.status.phase)
    local keys = {}
    for _, one in ipairs(pod.spec.tolerations) do
      keys[#keys + 1] = one.key:match "/(.*)" .. ":" .. one.effect
    end
    table.sort(keys)
    assert.are.same({ "disk-pressure:NoSchedule", "memory-pressure:NoSchedule",
      "not-ready:NoExecute", "pid-pressure:NoSchedule", "unreachable:NoExecute",
      "unschedulable:NoSchedule" }, keys)
    local terms = pod.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution
    assert.are.equal("metadata.name", terms.nodeSelectorTerms[1].matchFields[1].key)
  end)

  it("a pod that fails is deleted and made again, later each time", function()
    local try = Try.new({ nodes = 1 }, workload("DaemonSet", "agent")):run(5)
    for _ = 1, 2 do
      local pod = try:those("Pod")[1]
      try.cluster.server:update_status(pod, function(status) status.phase = "Failed" end)
      try:run(0.5)
      assert.is_nil(try:get("Pod", pod.metadata.name))
      try:run(4.5)
      assert.are.equal(1, #try:those "Pod")
    end
    assert.is_true(try:told "FailedDaemonPod")
  end)

  it("with surge the new pod is available first; both at once are refused", function()
    local both = { rollingUpdate = { maxSurge = 1, maxUnavailable = 1 } }
    local _, message = Try.new({}).cluster:create(workload("DaemonSet", "agent",
      { updateStrategy = both }))
    assert.matches("may not be set when maxUnavailable is non%-zero", tostring(message))
    local try = Try.new({ nodes = 1, behaviours = { [""] = { ready = "5s" } } },
      workload("DaemonSet", "agent", { minReadySeconds = 5,
        updateStrategy = { rollingUpdate = { maxSurge = 1, maxUnavailable = 0 } } })):run(20)
    try:set_image("DaemonSet", "agent", "app:2")
    try:run(8)
    assert.are.equal(1, try:with_image "app:1")
    try:run(10)
    assert.are.equal(0, try:with_image "app:1")
  end)
end)

describe("Jobs:", function()
  it("a pod that is deleted once it has finished counts once", function()
    local try = Try.new({ nodes = 1, behaviours = { [""] = { work = "3s" } } },
      job { completions = 2 })
    local function sweep()
      for _, pod in ipairs(try:those "Pod") do
        if pod.status.phase == "Succeeded" and not pod.metadata.deletionTimestamp then
          try.cluster:delete(pod)
        end
      end
      try.cluster:after(0.01, sweep)
    end
    sweep()
    try:run(30)
    assert.are.equal(2, try:get("Job", "sum").status.succeeded)
    assert.are.equal("True", try:condition("Job", "sum", "Complete").status)
  end)

  it("the deadline wins over the backoff limit", function()
    local try = Try.new({ nodes = 1, behaviours = { [""] = { after = "1s", exit = 1 } } },
      job { backoffLimit = 10, activeDeadlineSeconds = 20 }):run(60)
    assert.are.equal("DeadlineExceeded", try:condition("Job", "sum", "Failed").reason)
  end)

  it("suspending deletes what runs, and resets the start", function()
    local try = Try.new({ nodes = 1 }, job {}):run(0)
    try.cluster.kubelet:behave("", { work = "100s" })
    try:run(5):edit("Job", "sum", function(draft) draft.spec.suspend = true end)
    try:run(5)
    assert.is_nil(try:get("Job", "sum").status.startTime)
    assert.are.equal(0, try:with_image "app:1")
    assert.are.equal("True", try:condition("Job", "sum", "Suspended").status)
  end)

  it("with OnFailure the restarts of containers count", function()
    local try = Try.new({ nodes = 1, behaviours = { [""] = { after = "1s", exit = 1 } } },
      job({ backoffLimit = 2 }, { restartPolicy = "OnFailure" })):run(200)
    assert.are.equal("BackoffLimitExceeded", try:condition("Job", "sum", "Failed").reason)
  end)

  it("what decides comes first, the end when the pods are gone", function()
    local try = Try.new({ nodes = 1, behaviours = { [""] = { work = "100s", terminate = "10s" } } },
      job { activeDeadlineSeconds = 5 }):run(10)
    assert.are.equal("True", try:condition("Job", "sum", "FailureTarget").status)
    assert.is_nil(try:condition("Job", "sum", "Failed"))
    assert.are.equal("True", try:run(10):condition("Job", "sum", "Failed").status)
  end)

  it("delays double from 10 s after the last failure", function()
    local try = Try.new({ nodes = 1, behaviours = { [""] = { after = "1s", exit = 1 } } },
      job { backoffLimit = 3 }):run(120)
    local moments = {}
    for i, pod in ipairs(try:those "Pod") do moments[i] = pod.metadata.creationTimestamp end
    table.sort(moments)
    for i, moment in ipairs(moments) do
      moments[i] = tonumber(moment:sub(15, 16)) * 60 + tonumber(moment:sub(18, 19))
    end
    assert.are.equal(4, #moments)
    for i, wait in ipairs { 10, 20, 40 } do
      local between = moments[i + 1] - moments[i]
      assert.is_true(between >= wait and between <= wait + 3, i .. ": " .. between)
    end
  end)

  it("parallelism 0 runs nothing; without completions the first success ends starting", function()
    assert.are.equal(0, #Try.new({ nodes = 1 }, job { parallelism = 0 }):run(10):those "Pod")
    local try = Try.new({ nodes = 1, behaviours = { [""] = function(pod)
      pod:sleep(pod.metadata.creationTimestamp and 3)
    end } }, job { parallelism = 2 }):run(30)
    assert.are.equal(2, #try:those "Pod")
    assert.are.equal("True", try:condition("Job", "sum", "Complete").status)
  end)

  it("completed indexes are told as ranges", function()
    local try = Try.new({ nodes = 1, behaviours = { [""] = { work = "1s" },
      ["batch.kubernetes.io/job-completion-index in (0,2)"] = { work = "100s" } } },
      job { completions = 6, parallelism = 6, completionMode = "Indexed" }):run(20)
    assert.are.equal("1,3-5", try:get("Job", "sum").status.completedIndexes)
  end)
end)

describe("CronJobs:", function()
  it("of very many missed runs only the latest is made up for", function()
    local try = Try.new({ nodes = 1, start = "2024-01-01T00:00:30Z" },
      cron_job { schedule = "* * * * *", suspend = true }):run(3 * 3600)
    try:edit("CronJob", "tick", function(draft) draft.spec.suspend = false end)
    try:run(1)
    assert.are.equal("03:00", started(try))
    assert.is_true(try:told "TooManyMissedTimes")
  end)

  it("Forbid that skips a run leaves lastScheduleTime", function()
    local try = Try.new({ nodes = 1, start = "2024-01-01T00:00:30Z",
      behaviours = { [""] = { work = "150s" } } },
      cron_job { schedule = "* * * * *", concurrencyPolicy = "Forbid" }):run(100)
    assert.are.equal("2024-01-01T00:01:00Z", try:get("CronJob", "tick").status.lastScheduleTime)
    assert.is_true(try:told "JobAlreadyActive")
  end)

  it("Replace deletes and creates in one pass", function()
    local try = Try.new({ nodes = 1, start = "2024-01-01T00:00:30Z",
      behaviours = { [""] = { work = "150s", terminate = "1s" } } },
      cron_job { schedule = "* * * * *", concurrencyPolicy = "Replace" }):run(91)
    assert.are.equal("00:02", started(try))
    assert.are.equal(1, #try:get("CronJob", "tick").status.active)
  end)

  it("TZ= in the schedule is refused; two restricted days match on either", function()
    local cluster = Try.new({}).cluster
    local made, message = cluster:create(cron_job { schedule = "TZ=UTC 0 0 * * *",
      timeZone = "Etc/UTC" })
    assert.is_nil(made)
    assert.matches("spec.schedule", message, 1, true)
    local try = Try.new({ nodes = 1, start = "2024-01-01T12:00:00Z" }, cron_job {
      schedule = "0 0 13 * 5", successfulJobsHistoryLimit = 10 }):run(14 * 86400)
    local days = {}
    for i, one in ipairs(try:those "Job") do days[i] = one.metadata.creationTimestamp:sub(9, 10) end
    table.sort(days)
    assert.are.equal("05 12 13", table.concat(days, " "))
  end)

  it("a local time that is skipped does not run, one that comes twice runs hourly", function()
    local function runs(start, schedule)
      return started(Try.new({ nodes = 1, start = start }, cron_job { schedule = schedule,
        timeZone = "Europe/Berlin", successfulJobsHistoryLimit = 10 }):run(4 * 3600))
    end
    assert.are.equal("", runs("2024-03-30T23:10:00Z", "30 2 * * *"))
    assert.are.equal("00:30 01:30 02:30 23:30", runs("2024-10-26T23:10:00Z", "30 * * * *"))
  end)
end)

describe("Pods and nodes:", function()
  it("pods of a lost node stay on their way until it is back or gone", function()
    local try = Try.new({ nodes = 2 }, workload("ReplicaSet", "web", { replicas = 1 })):run(5)
    local pod = try:those("Pod")[1]
    local node = pod.spec.nodeName
    nodes.node(try.cluster, node):fail()
    try:run(39)
    assert.are.equal("True", try:condition("Node", node, "Ready").status)
    try:run(2)
    assert.are.equal("Unknown", try:condition("Node", node, "Ready").status)
    assert.is_true(#try:get("Node", node).spec.taints > 0)
    try:run(290)
    assert.is_nil(try:get("Pod", pod.metadata.name).metadata.deletionTimestamp)
    try:run(1000)
    assert.is_truthy(try:get("Pod", pod.metadata.name).metadata.deletionTimestamp)
    nodes.node(try.cluster, node):recover()
    try:run(10)
    assert.is_nil(try:get("Pod", pod.metadata.name))
  end)

  it("crash loops back off from 10 s to 5 min, and begin anew after 10 min", function()
    local function restart_count(behaviour, seconds)
      local try = Try.new({ nodes = 1, behaviours = { [""] = behaviour } },
        { apiVersion = "v1", kind = "Pod", metadata = { name = "p" },
          spec = { containers = { { name = "c", image = "i" } } } }):run(seconds)
      return try:get("Pod", "p").status.containerStatuses[1].restartCount
    end
    -- At once, then 10, 20, 40, 80, 160, 300, 300 ... seconds.
    assert.are.equal(2, restart_count({ after = "1s", exit = 1 }, 20))
    assert.are.equal(6, restart_count({ after = "1s", exit = 1 }, 330))
    assert.are.equal(7, restart_count({ after = "1s", exit = 1 }, 640))
    assert.are.equal(3, restart_count({ after = "11m", exit = 1 }, 4 * 661 - 30))
  end)

  it("a budget does not guess about pods whose controller has no scale", function()
    local try = Try.new({ nodes = 2 }, workload("DaemonSet", "agent"),
      { apiVersion = "policy/v1", kind = "PodDisruptionBudget", metadata = { name = "b" },
        spec = { maxUnavailable = 1, selector = { matchLabels = { app = "agent" } } } }):run(10)
    local budget = try:get("PodDisruptionBudget", "b")
    assert.are.equal(0, budget.status.disruptionsAllowed)
    assert.are.equal("SyncFailed", budget.status.conditions[1].reason)
  end)
end)
