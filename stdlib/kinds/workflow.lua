-- SPDX-License-Identifier: MIT
--- Workflow: Jobs that depend on each other. Kubernetes does not have it.
--
--     spec:
--       tasks:
--       - name: extract
--         job: { template: ... }                 # the spec of a Job
--       - name: load                             # fan-out: a Job for each item, which is in
--         items: [ eu, us ]                      # the variable WORKFLOW_ITEM
--         dependsOn: [ { task: extract } ]
--         job: { template: ... }
--       - name: report                           # fan-in: after all of them
--         dependsOn: [ { task: load } ]
--         job: { template: ... }
--       - name: alert                            # only if one failed
--         dependsOn: [ { task: load, result: Failed } ]
--         job: { template: ... }
--
-- A task begins when all that it depends on have the result that it asks for:
-- Succeeded (what is meant when nothing is said), Failed, or Finished. When that can
-- not come to be any more it is skipped, and what depends on it in turn; but what asks
-- for Finished goes on, as a task that was skipped has finished, too.
--
-- All Jobs are made at once and wait for each other by `wlrun.dev/depends-on`. The
-- Workflow succeeds when no task failed, but for those whose failure another task has
-- dealt with: it asked for Failed or Finished, and succeeded.
local batch = require "wl.api.batch"
local check = require "wl.validate.check"
local dependencies = require "wl.job.dependencies"
local graph = require "wl.workflow.graph"
local job = require "wl.validate.job"
local jobs = require "wl.workflow.jobs"
local kind = require "wl.kind"
local meta = require "wl.validate.meta"
local value = require "wl.value"

local ENDED = { Succeeded = true, Failed = true, Skipped = true }

-- ---- looking ----

-- The Jobs of each task by their numbers; one that is not there is missing.
local function find_jobs(ctx, workflow)
  local found = {}
  for _, task in ipairs(workflow.spec.tasks) do
    local list = {}
    for i, name in ipairs(jobs.names(workflow, task)) do
      list[i] = ctx:get("Job", workflow.metadata.namespace, name)
    end
    found[task.name] = list
  end
  return found
end

local function is_as_asked(phase, result)
  return phase == result or (result == "Finished" and ENDED[phase] == true)
end

-- What was skipped stays so: its Jobs are gone.
local function look(workflow, found)
  local phases, was = {}, {}
  for _, task in ipairs((workflow.status or {}).tasks or {}) do was[task.name] = task.phase end
  for _, task in ipairs(workflow.spec.tasks) do
    phases[task.name] = was[task.name] == "Skipped" and "Skipped"
      or jobs.phase(found[task.name], #jobs.names(workflow, task))
  end
  return phases
end

local function skipped_of(phases)
  local skipped = {}
  for name, phase in pairs(phases) do skipped[name] = phase == "Skipped" or nil end
  return skipped
end

-- What waits for a result that will not come is skipped, and what waits for that in turn.
local function skip_what_waits_in_vain(tasks, phases)
  for _, task in ipairs(graph.sorted(tasks)) do
    for _, one in ipairs(task.dependsOn or {}) do
      local phase = phases[one.task]
      if phases[task.name] == "Pending" and ENDED[phase] and not is_as_asked(phase, one.result) then
        phases[task.name] = "Skipped"
      end
    end
  end
end

local function may_begin(task, phases)
  for _, one in ipairs(task.dependsOn or {}) do
    if not is_as_asked(phases[one.task], one.result) then return false end
  end
  return true
end

-- ---- acting ----

local function make(ctx, workflow, found, phases)
  local by_name, skipped = graph.by_name(workflow.spec.tasks), skipped_of(phases)
  local function new(task, i, waits_for)
    return jobs.new(workflow, task, i, waits_for, by_name)
  end
  for _, task in ipairs(graph.sorted(workflow.spec.tasks)) do
    local waits_for = jobs.waits_for(workflow, task, by_name, skipped)
    for i, name in ipairs(not skipped[task.name] and jobs.names(workflow, task) or {}) do
      local made, message, code = found[task.name][i] ~= nil, nil, nil
      if not made then made, message, code = ctx:create(new(task, i, waits_for)) end
      if not made and code ~= "AlreadyExists" then
        ctx:event(workflow, "Warning", "FailedCreate", ("Error creating job %s: %s")
          :format(name, message))
        return nil, message, code
      end
    end
  end
  return true
end

local function let_begin(ctx, task, one, waits_for, phases)
  return ctx:update(one, function(draft)
    if (one.metadata.annotations or {})[dependencies.ANNOTATION] ~= waits_for then
      draft.metadata.annotations[dependencies.ANNOTATION] = waits_for
    end
    if one.spec.suspend and not task.job.suspend and may_begin(task, phases) then
      draft.spec.suspend = false
    end
  end)
end

-- Jobs that wait in vain go; those that waited for them, and need not, wait no more.
local function settle(ctx, workflow, found, phases)
  local by_name, skipped = graph.by_name(workflow.spec.tasks), skipped_of(phases)
  for _, task in ipairs(workflow.spec.tasks) do
    local waits_for = jobs.waits_for(workflow, task, by_name, skipped)
    for _, one in pairs(found[task.name]) do
      local done, message, code = true, nil, nil
      if skipped[task.name] then
        done, message, code = ctx:delete(one, { propagation = "Background" })
      elseif phases[task.name] == "Pending" then
        done, message, code = let_begin(ctx, task, one, waits_for, phases)
      end
      if not done and code ~= "NotFound" then return nil, message, code end
    end
  end
  return true
end

-- ---- the end ----

-- A failure that another task asked for, and that succeeded then, is dealt with.
local function is_dealt_with(workflow, phases, name)
  for _, task in ipairs(workflow.spec.tasks) do
    for _, one in ipairs(task.dependsOn or {}) do
      if one.task == name and one.result ~= "Succeeded" and phases[task.name] == "Succeeded" then
        return true
      end
    end
  end
  return false
end

local function verdict(workflow, phases)
  for _, task in ipairs(workflow.spec.tasks) do
    if not ENDED[phases[task.name]] then return nil end
  end
  for _, task in ipairs(workflow.spec.tasks) do
    if phases[task.name] == "Failed" and not is_dealt_with(workflow, phases, task.name) then
      return "Failed", "TaskFailed", ("task %s failed"):format(task.name)
    end
  end
  return "Complete", "TasksFinished", "all tasks have finished"
end

local function status_of(ctx, workflow, phases)
  local tasks, counts = value.list {}, { Succeeded = 0, Failed = 0, Skipped = 0, Running = 0 }
  for _, task in ipairs(workflow.spec.tasks) do
    local phase = phases[task.name]
    tasks[#tasks + 1] = { name = task.name, phase = phase }
    counts[phase] = (counts[phase] or 0) + 1
  end
  local type, reason, message = verdict(workflow, phases)
  local before = workflow.status or {}
  return { observedGeneration = workflow.metadata.generation, tasks = tasks,
    active = counts.Running, succeeded = counts.Succeeded, failed = counts.Failed,
    skipped = counts.Skipped, startTime = before.startTime or ctx:timestamp(),
    completionTime = type and ctx:timestamp() or nil,
    phase = type == "Complete" and "Succeeded" or type or "Running",
    conditions = type and value.list { { type = type, status = "True", reason = reason,
      message = message, lastTransitionTime = ctx:timestamp() } } or nil }
end

local function reconcile(ctx, workflow)
  if workflow.metadata.deletionTimestamp or (workflow.status or {}).completionTime then return end
  local found = find_jobs(ctx, workflow)
  local phases = look(workflow, found)
  skip_what_waits_in_vain(workflow.spec.tasks, phases)
  local done, message, code = make(ctx, workflow, found, phases)
  if done then done, message, code = settle(ctx, workflow, found, phases) end
  if not done then return nil, message, code end
  local status = status_of(ctx, workflow, phases)
  local written
  written, message, code = ctx:update_status(workflow, status)
  if written and status.completionTime then
    local ended = status.conditions[1]
    ctx:event(workflow, ended.type == "Failed" and "Warning" or "Normal", ended.reason,
      ended.message)
  end
  if not written then return nil, message, code end
end

-- ---- the kind ----

local function validate(object, errors)
  meta.create(errors, object, "dns_label")
  for i, task in ipairs(object.spec.tasks) do
    local path = ("spec.tasks[%d]"):format(i - 1)
    check.required_name(errors, path .. ".name", "dns_label", task.name)
    job.spec(errors, path .. ".job", task.job)
  end
  graph.validate(errors, object.spec.tasks)
end

-- What runs is not changed under its feet.
local function validate_update(new, old, errors)
  meta.update(errors, new, old)
  if not value.equal(new.spec, old.spec) then errors:forbidden("spec", "field is immutable") end
end

local Task = kind.object {
  name = kind.required(kind.str),
  items = kind.list(kind.str),
  dependsOn = kind.list(kind.object {
    task = kind.required(kind.str),
    result = kind.str { default = "Succeeded", enum = graph.RESULTS },
  }),
  job = kind.required(batch.JobSpec),
}

return kind "Workflow" {
  api = "wlrun.dev/v1",
  short = { "wf" },
  spec = { tasks = kind.required(kind.merged(Task, "name")) },
  status = {
    observedGeneration = kind.int, phase = kind.str, startTime = kind.time,
    completionTime = kind.time, active = kind.int, succeeded = kind.int, failed = kind.int,
    skipped = kind.int, conditions = kind.list(kind.any),
    tasks = kind.list(kind.object { name = kind.str, phase = kind.str }),
  },
  validate = validate,
  validate_update = validate_update,
  columns = {
    { "NAME", ".metadata.name" }, { "STATUS", ".status.phase" },
    { "TASKS", function(o) return ("%d/%d"):format((o.status or {}).succeeded or 0,
      #o.spec.tasks) end },
    { "FAILED", ".status.failed" }, { "SKIPPED", ".status.skipped" },
  },
  owns = { "Job" },
  reconcile = reconcile,
}
