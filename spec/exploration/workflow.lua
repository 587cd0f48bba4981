-- SPDX-License-Identifier: MIT
-- A Workflow: fan-out, fan-in, and a task for the case that one fails.
cluster { nodes = 2 }
chaos(require "weather"())
behave("batch.kubernetes.io/job-name", { start = "1s", after = { "5s", "30s" }, crash = 0.1 })

local JOB = { backoffLimit = 30, template = { spec = { restartPolicy = "Never",
  containers = { { name = "main", image = "x" } } } } }

local function after(...)
  local list = {}
  for i, name in ipairs { ... } do list[i] = { task = name } end
  return list
end

Workflow "w" { tasks = {
  { name = "a", job = JOB }, { name = "b", items = { "x", "y" }, dependsOn = after "a", job = JOB },
  { name = "c", dependsOn = after "a", job = JOB },
  { name = "d", dependsOn = after("b", "c"), job = JOB },
  { name = "alert", dependsOn = { { task = "b", result = "Failed" } }, job = JOB },
} }
run "5h"
expect(get "workflow/w".status.phase).is "Succeeded"
