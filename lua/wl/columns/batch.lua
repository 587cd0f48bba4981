-- SPDX-License-Identifier: MIT
--- The columns of Jobs and CronJobs.
-- Source: kubernetes pkg/printers/internalversion printJob, printCronJob.
local cells = require "wl.columns.cells"
local conditions = require "wl.conditions"
local duration = require "wl.duration"
local time = require "wl.time"

local batch = {}

local function has(object, type)
  local condition = conditions.find(object.status and object.status.conditions, type)
  return condition ~= nil and condition.status == "True"
end

--- The word for what a Job does.
function batch.job_status(object)
  if has(object, "Complete") then
    return "Complete"
  elseif has(object, "Failed") then
    return "Failed"
  elseif object.metadata.deletionTimestamp then
    return "Terminating"
  end
  for _, type in ipairs { "Suspended", "FailureTarget", "SuccessCriteriaMet" } do
    if has(object, type) then
      return type
    end
  end
  return "Running"
end

local function completions(object)
  local succeeded = object.status and object.status.succeeded or 0
  local parallelism = object.spec.parallelism or 0
  if object.spec.completions then
    return ("%d/%d"):format(succeeded, object.spec.completions)
  elseif parallelism > 1 then
    return ("%d/1 of %d"):format(succeeded, parallelism)
  end
  return ("%d/1"):format(succeeded)
end

--- How long a Job has run: "" before it starts.
function batch.job_duration(object, ctx)
  local status = object.status or {}
  local start = status.startTime and time.parse(status.startTime)
  if not start then
    return ""
  end
  local ended = status.completionTime and time.parse(status.completionTime)
  return duration.format((ended or ctx.now) - start)
end

batch.Job = {
  cells.NAME,
  { "STATUS", batch.job_status },
  { "COMPLETIONS", completions },
  { "DURATION", batch.job_duration },
  cells.AGE, cells.CONTAINERS, cells.IMAGES, cells.SELECTOR,
}

batch.CronJob = {
  cells.NAME,
  { "SCHEDULE", ".spec.schedule" },
  { "TIMEZONE", ".spec.timeZone" },
  { "SUSPEND", function(object) return cells.boolean(object.spec.suspend) end },
  { "ACTIVE", function(object) return #(object.status and object.status.active or {}) end },
  { "LAST SCHEDULE", function(object, ctx)
    local last = object.status and object.status.lastScheduleTime
    return last and cells.since(last, ctx)
  end },
  cells.AGE, cells.CONTAINERS, cells.IMAGES,
  { "SELECTOR", function(object)
    return cells.selector(object.spec.jobTemplate.spec.selector)
  end, wide = true },
}

return batch
