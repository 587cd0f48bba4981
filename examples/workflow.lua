-- SPDX-License-Identifier: MIT
-- Jobs that depend on each other: fan-out, fan-in, and tasks for the case that one
-- failed. The kind is stdlib/kinds/workflow.lua.
--
--     wlrun examples/workflow.lua

-- luacheck: globals Workflow
cluster { nodes = 3, seed = 5 }

local function job(image)
  return { backoffLimit = 0, template = { spec = { restartPolicy = "Never",
    containers = { { name = "main", image = image } } } } }
end

Workflow "nightly" {
  tasks = {
    { name = "extract", job = job "extract:1" },
    { name = "load", items = { "eu", "us", "asia" }, dependsOn = { { task = "extract" } },
      job = job "load:1" },
    { name = "report", dependsOn = { { task = "load" } }, job = job "report:1" },
    { name = "alert", dependsOn = { { task = "load", result = "Failed" } }, job = job "alert:1" },
    { name = "tidy", dependsOn = { { task = "report", result = "Finished" } },
      job = job "tidy:1" },
  },
}
behave("wlrun.dev/task=load", { work = { "10s", "40s" } })

-- What each task is now.
local function phases(name)
  local found = {}
  for _, task in ipairs(get("wf/" .. name).status.tasks) do found[task.name] = task.phase end
  return found
end

always("the report comes after all that is loaded", function()
  if not exists "job/nightly-report" then return true end
  local report = get "job/nightly-report".status
  if not (report and report.startTime) then return true end
  for i = 0, 2 do
    if get("job/nightly-load-" .. i).status.succeeded ~= 1 then return false end
  end
  return true
end)

wait("wf/nightly", "Complete", "10m")
show "workflows,jobs"
expect(phases "nightly").is { extract = "Succeeded", load = "Succeeded", report = "Succeeded",
  alert = "Skipped", tidy = "Succeeded" }

-- The same, where loading one region fails: the alert deals with it.
Workflow "unlucky" { tasks = get "wf/nightly".spec.tasks }
behave("job-name=unlucky-load-1", { exit = 3 })
wait("wf/unlucky", "Complete", "10m")
show "workflows"
expect(phases "unlucky").is { extract = "Succeeded", load = "Failed", report = "Skipped",
  alert = "Succeeded", tidy = "Succeeded" }

-- A circle is refused, with the way round.
local ok, refusal = pcall(Workflow, "round", { tasks = {
  { name = "a", dependsOn = { { task = "b" } }, job = job "x" },
  { name = "b", dependsOn = { { task = "a" } }, job = job "x" } } })
expect(ok).is(false)
expect(refusal.message).contains "a -> b -> a"
