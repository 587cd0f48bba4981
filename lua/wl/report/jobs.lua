-- SPDX-License-Identifier: MIT
--- The part of a story that tells of Jobs and CronJobs: each pod of a Job from its
-- beginning to its end, each run of a CronJob, and the runs that did not take place.
local Series = require "wl.report.series"
local conditions = require "wl.conditions"
local jobs = require "wl.cron_job.jobs"
local names = require "wl.job.names"
local owner = require "wl.owner"
local schedule = require "wl.cron_job.schedule"
local time = require "wl.time"

local Jobs = {}
Jobs.__index = Jobs

--- @treturn Jobs
function Jobs.new()
  return setmetatable({ list = {}, by_uid = {}, pods = {}, cron_jobs = {}, by_cron = {} }, Jobs)
end

-- ---- jobs ----

local ENDS = { { "Complete", "Succeeded" }, { "Failed", "Failed" } }

local function note_end(job, t, object)
  for _, pair in ipairs(ENDS) do
    local condition = conditions.find(object.status and object.status.conditions, pair[1])
    if condition and condition.status == "True" and not job.result then
      job.stop, job.result, job.reason = t, pair[2], condition.reason
    end
  end
end

local function scheduled_of(object)
  local text = (object.metadata.annotations or {})[jobs.SCHEDULED]
  return text and time.parse(text)
end

local function job_of(self, t, object)
  local job = self.by_uid[object.metadata.uid]
  if not job then
    local above = owner.controller(object)
    job = { uid = object.metadata.uid, name = "Job/" .. object.metadata.name, start = t, pods = {},
      of_cron_job = above and above.kind == "CronJob", scheduled = scheduled_of(object) }
    self.by_uid[job.uid] = job
    local cron = job.of_cron_job and self.by_cron[above.uid]
    local list = cron and cron.runs or self.list
    list[#list + 1] = job
  end
  return job
end

local function take_job(self, t, object, is_gone)
  local job = job_of(self, t, object)
  note_end(job, t, object)
  if is_gone and not job.result then job.stop, job.result = t, "Deleted" end
end

-- ---- their pods ----

local function pod_label(object)
  local index = (object.metadata.annotations or {})[names.INDEX]
  return index and "index " .. index or object.metadata.name
end

local function pod_of(self, t, object)
  local pod = self.pods[object.metadata.uid]
  if pod == nil then
    local above = owner.controller(object)
    local job = above and above.kind == "Job" and self.by_uid[above.uid]
    pod = job and { label = pod_label(object), created = t, restarts = 0 } or false
    self.pods[object.metadata.uid] = pod
    if job then job.pods[#job.pods + 1] = pod end
  end
  return pod
end

local function take_pod(self, t, object, is_gone)
  local pod = pod_of(self, t, object)
  if not pod then return end
  local phase = (object.status or {}).phase
  if phase == "Running" and not pod.start then pod.start = t end
  if (phase == "Succeeded" or phase == "Failed") and not pod.stop then
    pod.stop, pod.result = t, phase
  elseif is_gone and not pod.stop then
    pod.stop, pod.result = t, "Deleted"
  end
  local container = ((object.status or {}).containerStatuses or {})[1]
  pod.restarts = math.max(pod.restarts, container and container.restartCount or 0)
end

-- ---- cron jobs ----

local function take_cron_job(self, t, object, is_gone)
  local cron = self.by_cron[object.metadata.uid]
  if not cron then
    cron = { uid = object.metadata.uid, name = "CronJob/" .. object.metadata.name, from = t,
      runs = {}, fires = Series.new() }
    self.by_cron[cron.uid] = cron
    self.cron_jobs[#self.cron_jobs + 1] = cron
  end
  cron.fires:add(t, (is_gone or object.spec.suspend) and 0 or 1)
  cron.schedule = object.spec.schedule
  cron.object = object
end

local MOST = 5000 -- firings of one CronJob

-- The moments at which a run was due, not suspended, and not made; and which runs began while
-- another was active.
local function judge_runs(cron, origin, to)
  local made, busy_until = {}, -math.huge
  for _, run in ipairs(cron.runs) do
    if run.scheduled then made[run.scheduled] = true end
    run.overlaps = run.start < busy_until
    busy_until = math.max(busy_until, run.stop or math.huge)
  end
  local parsed = schedule.of(cron.object)
  cron.skipped = {}
  local due = parsed and parsed:between(origin + cron.from + 1, origin + to, MOST)
  for _, at in ipairs(due or {}) do
    if not made[at] and cron.fires:at(at - origin) == 1 then
      cron.skipped[#cron.skipped + 1] = at - origin
    end
  end
end

--- Finish: what can be said when all is known.
-- @tparam number origin the beginning, in seconds since the epoch
-- @tparam number to the end, in seconds since the beginning
function Jobs:finish(origin, to)
  for _, cron in ipairs(self.cron_jobs) do judge_runs(cron, origin, to) end
end

local TAKE = { Job = take_job, Pod = take_pod, CronJob = take_cron_job }

--- Take a write in.
-- @tparam table change t (seconds since the beginning), old, now
function Jobs:take(change)
  local object = change.now or change.old
  local take = TAKE[object.kind]
  if take then take(self, change.t, object, change.now == nil) end
end

return Jobs
