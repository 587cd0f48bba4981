-- SPDX-License-Identifier: MIT
--- The graph of a Workflow's tasks: who waits for whom, in which order they come,
-- and what is wrong with it.
local suggest = require "wl.suggest"

local graph = {}

-- What a dependency's result is in the words of Job dependencies (see
-- wl.job.dependencies).
local STATES = { Succeeded = "complete", Failed = "failed", Finished = "finished" }

graph.RESULTS = { "Failed", "Finished", "Succeeded" }

--- The state of a Job that a result asks for: "complete", "failed" or "finished".
-- @tparam string result
function graph.state(result) return STATES[result] end

--- The tasks of a Workflow by name.
-- @tparam {task,...} tasks
-- @treturn table
function graph.by_name(tasks)
  local found = {}
  for _, task in ipairs(tasks) do found[task.name] = task end
  return found
end

-- The way from a task back to itself; nil: there is none.
local function circle(by_name, task, path, on_path, done)
  path[#path + 1] = task.name
  if on_path[task.name] then return path end
  on_path[task.name] = true
  for _, one in ipairs(task.dependsOn or {}) do
    local other = by_name[one.task]
    if other and not done[other.name] and circle(by_name, other, path, on_path, done) then
      return path
    end
  end
  on_path[task.name], done[task.name] = nil, true
  path[#path] = nil
end

-- Only the circle, without the way that leads to it.
local function only_circle(path)
  for i = 1, #path - 1 do
    if path[i] == path[#path] then return { table.unpack(path, i) } end
  end
end

local function check_dependencies(errors, by_name, names, task, path)
  local seen = {}
  for j, one in ipairs(task.dependsOn or {}) do
    local at = ("%s.dependsOn[%d].task"):format(path, j - 1)
    if not by_name[one.task] then
      errors:invalid(at, one.task, "there is no such task" .. suggest.hint(one.task, names))
    elseif seen[one.task] then
      errors:duplicate(at, one.task)
    end
    seen[one.task] = true
  end
end

--- Say what is wrong with tasks: names twice, dependencies on nothing, circles.
-- @param errors see wl.fielderrors
-- @tparam {task,...} tasks
function graph.validate(errors, tasks)
  local by_name, names = {}, {}
  for i, task in ipairs(tasks) do
    if by_name[task.name] then
      errors:duplicate(("spec.tasks[%d].name"):format(i - 1), task.name)
    end
    by_name[task.name], names[#names + 1] = task, task.name
  end
  local done, told = {}, false
  for i, task in ipairs(tasks) do
    local path = ("spec.tasks[%d]"):format(i - 1)
    check_dependencies(errors, by_name, names, task, path)
    local found = not told and not done[task.name] and circle(by_name, task, {}, {}, done)
    if found then
      told = true
      errors:invalid(path .. ".dependsOn", task.name, "the tasks wait for each other: "
        .. table.concat(only_circle(found), " -> "))
    end
  end
end

--- The tasks so that each comes after those it depends on; otherwise as they are written.
-- @tparam {task,...} tasks without a circle
-- @treturn {task,...}
function graph.sorted(tasks)
  local by_name, list, placed = graph.by_name(tasks), {}, {}
  local function place(task)
    if placed[task.name] then return end
    placed[task.name] = true
    for _, one in ipairs(task.dependsOn or {}) do place(by_name[one.task]) end
    list[#list + 1] = task
  end
  for _, task in ipairs(tasks) do place(task) end
  return list
end

return graph
