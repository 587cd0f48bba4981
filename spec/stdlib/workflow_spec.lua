-- SPDX-License-Identifier: MIT
--- Workflows: what runs, in which order, and what is skipped.
local Cluster = require "wl.cluster"
local conditions = require "wl.job.conditions"
local rng = require "wl.rng"
local time = require "wl.time"
local verbs = require "wl.verbs.nodes"

local function job(image, labels)
  return { backoffLimit = 0, template = { metadata = { labels = labels },
    spec = { restartPolicy = "Never", containers = { { name = "main", image = image } } } } }
end

local function workflow(name, tasks)
  return { apiVersion = "wlrun.dev/v1", kind = "Workflow",
    metadata = { name = name, namespace = "default" }, spec = { tasks = tasks } }
end

local function get(cluster, kind, name) return (cluster.server:get(kind, "default", name)) end

local function phases_of(cluster, name)
  local found = {}
  for _, task in ipairs(get(cluster, "Workflow", name).status.tasks) do
    found[task.name] = task.phase
  end
  return found
end

describe("a Workflow that is wrong", function()
  local function refused(tasks)
    local server = Cluster.new { nodes = 1 }.server
    local made, message, code, causes = server:create(workflow("w", tasks))
    assert.is_nil(made)
    return message, code, causes and causes[1] and causes[1].field
  end

  it("is refused with the field", function()
    local message, code, field = refused { { name = "a", job = job "x" },
      { name = "b", job = job "x", dependsOn = { { task = "aa" } } } }
    assert.same({ "Invalid", "spec.tasks[1].dependsOn[0].task" }, { code, field })
    assert.matches('there is no such task; did you mean "a"?', message)
    message, code, field = refused { { name = "x", job = job "x" },
      { name = "a", job = job "x", dependsOn = { { task = "x" }, { task = "b" } } },
      { name = "b", job = job "x", dependsOn = { { task = "c" } } },
      { name = "c", job = job "x", dependsOn = { { task = "a" } } } }
    assert.same({ "Invalid", "spec.tasks[1].dependsOn" }, { code, field })
    assert.matches("wait for each other: a %-> b %-> c %-> a", message)
    assert.matches("a %-> a", (refused { { name = "a", job = job "x",
      dependsOn = { { task = "a" } } } }))
    assert.equal("spec.tasks[1].name", select(3, refused { { name = "a", job = job "x" },
      { name = "a", job = job "x" } }))
    assert.equal("spec.tasks[0].name", select(3, refused { { name = "A b", job = job "x" } }))
    assert.equal("spec.tasks[0].job.template.spec.restartPolicy", select(3, refused {
      { name = "a", job = { template = { spec = { containers = { { name = "m", image = "x" } },
        restartPolicy = "Always" } } } } }))
    assert.equal("spec.tasks[1].dependsOn[1].task", select(3, refused {
      { name = "a", job = job "x" }, { name = "b", job = job "x",
        dependsOn = { { task = "a" }, { task = "a" } } } }))
  end)

  it("may not be changed while it runs", function()
    local cluster = Cluster.new { nodes = 1 }
    local made = assert(cluster.server:create(workflow("w", { { name = "a", job = job "x" } })))
    local changed, message = cluster.server:change(made, function(draft)
      draft.spec.tasks[1].job.backoffLimit = 3
    end)
    assert.is_nil(changed)
    assert.matches("spec: Forbidden: field is immutable", message)
  end)
end)

-- What must become of tasks, worked out from their results.
local function expected(tasks, fails)
  local phases = {}
  local function decide(task)
    for _, one in ipairs(task.dependsOn) do
      local phase = phases[one.task]
      local good = phase == one.result or one.result == "Finished"
      if not good then return "Skipped" end
    end
    return fails[task.name] and "Failed" or "Succeeded"
  end
  for _, task in ipairs(tasks) do phases[task.name] = decide(task) end
  return phases
end

local RESULTS = { "Succeeded", "Succeeded", "Failed", "Finished" }

-- Each task depends on some that come before it.
local function random_tasks(random, count)
  local tasks, fails = {}, {}
  for i = 1, count do
    local task = { name = "t" .. i, dependsOn = {}, job = job("x", { task = "t" .. i }),
      items = random:integer(1, 4) == 1 and { "a", "b" } or nil }
    for j = 1, i - 1 do
      if random:integer(1, 3) == 1 then
        task.dependsOn[#task.dependsOn + 1] = { task = "t" .. j,
          result = RESULTS[random:integer(1, #RESULTS)] }
      end
    end
    tasks[i], fails["t" .. i] = task, random:integer(1, 3) == 1
  end
  return tasks, fails
end

local function first_job(cluster, task)
  return get(cluster, "Job", "w-" .. task) or get(cluster, "Job", "w-" .. task .. "-0")
end

local function started(one) return one.status.startTime and time.parse(one.status.startTime) end

local function ended(one)
  local _, condition = conditions.finished(one)
  return time.parse(condition.lastTransitionTime)
end

describe("Workflows", function()
  it("end as their tasks' results ask for, each task after those that it waits for", function()
    for seed = 1, 12 do
      local random = rng.new(seed, "workflow")
      local tasks, fails = random_tasks(random, 7)
      local cluster = Cluster.new { nodes = 3, seed = seed }
      for name, fail in pairs(fails) do
        verbs.behave(cluster, "task=" .. name, { work = random:integer(1, 9),
          exit = fail and 1 or nil })
      end
      assert(cluster.server:create(workflow("w", tasks)))
      cluster:run "30m"
      local phases = phases_of(cluster, "w")
      assert.same(expected(tasks, fails), phases, "seed " .. seed)
      for _, task in ipairs(tasks) do
        for _, one in ipairs(phases[task.name] ~= "Skipped" and task.dependsOn or {}) do
          local before, after = first_job(cluster, one.task), first_job(cluster, task.name)
          assert.is_true(not before or started(after) >= ended(before), "seed " .. seed)
        end
      end
    end
  end)

  it("fail when a task fails and none deals with it", function()
    local cluster = Cluster.new { nodes = 1 }
    verbs.behave(cluster, "", { exit = 1, image = "bad" })
    assert(cluster.server:create(workflow("alone", { { name = "a", job = job "bad" } })))
    assert(cluster.server:create(workflow("dealt-with", { { name = "a", job = job "bad" },
      { name = "b", job = job "x", dependsOn = { { task = "a", result = "Failed" } } } })))
    cluster:run "5m"
    assert.same({ "Failed", "Succeeded" }, { get(cluster, "Workflow", "alone").status.phase,
      get(cluster, "Workflow", "dealt-with").status.phase })
    assert.equal("TaskFailed", get(cluster, "Workflow", "alone").status.conditions[1].reason)
  end)

  it("give each item its Job, and its name to it", function()
    local cluster = Cluster.new { nodes = 1 }
    assert(cluster.server:create(workflow("w", { { name = "a", items = { "eu", "us" },
      job = job "x" } })))
    cluster:run "1m"
    for i, item in ipairs { "eu", "us" } do
      local one = get(cluster, "Job", "w-a-" .. i - 1)
      assert.same({ name = "WORKFLOW_ITEM", value = item },
        require("wl.value").table(one.spec.template.spec.containers[1].env[1]))
    end
  end)

  it("take their Jobs and pods with them", function()
    local cluster = Cluster.new { nodes = 1 }
    local made = assert(cluster.server:create(workflow("w", { { name = "a", job = job "x" } })))
    cluster:run "1m"
    assert.equal(1, #cluster:list "Job")
    cluster.server:delete(made)
    cluster:run "1m"
    assert.same({ 0, 0, 0 }, { #cluster:list "Workflow", #cluster:list "Job",
      #cluster:list "Pod" })
  end)
end)

describe("a Workflow's Job that somebody deletes", function()
  it("is made again, and the task has not succeeded meanwhile", function()
    local cluster = Cluster.new { nodes = 1 }
    verbs.behave(cluster, "", { after = "1m", exit = 0 })
    verbs.behave(cluster, "job-name=w-a-0", { after = "5s", exit = 0 })
    assert(cluster:create(workflow("w", { { name = "a", items = { "x", "y", "z" },
      job = job "x" } })))
    cluster:run "20s"
    assert(cluster:delete(get(cluster, "Job", "w-a-1"), { propagation = "Background" }))
    cluster:run "5s"
    assert.same({ a = "Running" }, phases_of(cluster, "w"))
    cluster:run "5m"
    assert.same({ a = "Succeeded" }, phases_of(cluster, "w"))
    assert.equal(3, #cluster:list "Job")
  end)
end)
