-- SPDX-License-Identifier: MIT
--- The Jobs of a Workflow: their names, what they wait for, and what became of them.
--
-- A task is one Job, or one for each of its items. Jobs wait for each other by the
-- annotation of wl.job.dependencies.
local conditions = require "wl.job.conditions"
local dependencies = require "wl.job.dependencies"
local graph = require "wl.workflow.graph"
local owner = require "wl.owner"
local value = require "wl.value"

local jobs = {}

--- Labels of a Workflow's Jobs and pods.
jobs.WORKFLOW, jobs.TASK = "wlrun.dev/workflow", "wlrun.dev/task"

local ITEM = "WORKFLOW_ITEM" -- environment variable

--- The names of a task's Jobs.
-- @param workflow
-- @tparam task task
-- @treturn {string,...}
function jobs.names(workflow, task)
  local base = workflow.metadata.name .. "-" .. task.name
  if not task.items then return { base } end
  local names = {}
  for i = 1, #task.items do names[i] = ("%s-%d"):format(base, i - 1) end
  return names
end

-- ---- what they wait for ----

--- Of a task with items it is enough that one failed: which is known when all have
-- finished. Until then a Job that asks for it is suspended.
-- @tparam task task that is waited for
-- @tparam string result
-- @treturn boolean
function jobs.is_decided_later(task, result) return task.items ~= nil and result == "Failed" end

local function begins_suspended(task, by_name)
  for _, one in ipairs(task.dependsOn or {}) do
    if jobs.is_decided_later(by_name[one.task], one.result) then return true end
  end
  return nil
end

--- The annotation of a task's Jobs: all Jobs of all that it waits for. A task that was
-- skipped is waited for no more.
-- @param workflow
-- @tparam task task
-- @tparam table by_name tasks
-- @tparam table skipped names of tasks -> true
-- @treturn ?string nil: it waits for nothing
function jobs.waits_for(workflow, task, by_name, skipped)
  local parts = {}
  for _, one in ipairs(task.dependsOn or {}) do
    if not skipped[one.task] then
      local other = by_name[one.task]
      local state = jobs.is_decided_later(other, one.result) and "finished"
        or graph.state(one.result)
      for _, name in ipairs(jobs.names(workflow, other)) do
        parts[#parts + 1] = name .. "=" .. state
      end
    end
  end
  return #parts > 0 and table.concat(parts, ",") or nil
end

-- ---- making them ----

local function with_item(spec, item)
  for _, container in ipairs(spec.template.spec.containers or {}) do
    container.env = container.env or {}
    table.insert(container.env, { name = ITEM, value = item })
  end
end

--- The i-th Job of a task, as it is made.
-- @param workflow
-- @tparam task task
-- @tparam integer i
-- @tparam ?string waits_for
-- @tparam table by_name tasks
-- @treturn table
function jobs.new(workflow, task, i, waits_for, by_name)
  local spec = value.table(task.job)
  spec.suspend = begins_suspended(task, by_name) or spec.suspend
  local labels = { [jobs.WORKFLOW] = workflow.metadata.name, [jobs.TASK] = task.name }
  spec.template.metadata = spec.template.metadata or {}
  spec.template.metadata.labels = spec.template.metadata.labels or {}
  for key, text in pairs(labels) do spec.template.metadata.labels[key] = text end
  if task.items then with_item(spec, task.items[i]) end
  return { apiVersion = "batch/v1", kind = "Job", spec = spec, metadata = {
    name = jobs.names(workflow, task)[i], namespace = workflow.metadata.namespace, labels = labels,
    annotations = { [dependencies.ANNOTATION] = waits_for },
    ownerReferences = { owner.reference(workflow) } } }
end

-- ---- what became of them ----

local function phase_of(job)
  local ended = conditions.finished(job)
  if ended then return ended == "Complete" and "Succeeded" or "Failed" end
  return job.status and job.status.startTime and not job.spec.suspend and "Running" or "Pending"
end

-- Of several Jobs: what the task is as a whole.
local function together(phases)
  local count = {}
  for _, phase in ipairs(phases) do count[phase] = (count[phase] or 0) + 1 end
  if count.Running or (count.Pending and #phases > count.Pending) then return "Running" end
  return count.Pending and "Pending" or count.Failed and "Failed" or "Succeeded"
end

--- What a task is: "Pending", "Running", "Succeeded" or "Failed".
-- @tparam table list the task's Jobs by number; somebody may have deleted one
-- @tparam integer count how many there are to be
-- @treturn string
function jobs.phase(list, count)
  local phases = {}
  for i = 1, count do phases[i] = list[i] and phase_of(list[i]) or "Pending" end
  return together(phases)
end

return jobs
