-- SPDX-License-Identifier: MIT
--- One sync of a CronJob: what has become of its Jobs, and the run that is due.
--
-- Source: pkg/controller/cronjob/cronjob_controllerv2.go `syncCronJob`.
local conditions = require "wl.job.conditions"
local jobs = require "wl.cron_job.jobs"
local owner = require "wl.owner"
local policy = require "wl.policy"
local schedule = require "wl.cron_job.schedule"
local time = require "wl.time"
local value = require "wl.value"

local Run = {}
Run.__index = Run

--- @param ctx
-- @param cron_job
-- @treturn Run
function Run.open(ctx, cron_job)
  local status = value.table(cron_job.status or {})
  return setmetatable({ ctx = ctx, cron_job = cron_job, status = status,
    active = status.active or {}, owned = ctx:owned(cron_job, "Job"), dirty = false }, Run)
end

--- Its Jobs as they were when this was called first, which is to be before anything
-- is done about them.
-- @treturn {{job=,uid=,how=},...} how each has ended: "Complete", "Failed", or nil
function Run:jobs()
  if self.all then return self.all end
  local all, are_complete = {}, self.owned:count "complete" == #self.owned
  for job in self.owned:each() do
    all[#all + 1] = { job = job, uid = job.metadata.uid,
      how = are_complete and "Complete" or conditions.finished(job) or nil }
  end
  self.all = all
  return all
end

--- Tell people.
function Run:tell(type, reason, format, ...)
  self.ctx:event(self.cron_job, type, reason, format:format(...))
end

-- ---- what has become of the Jobs ----

-- Times are texts of one form, so they compare as such.
local function note_success(self, job)
  local at, last = job.status.completionTime, self.status.lastSuccessfulTime
  if not last or at and at > last then
    self.status.lastSuccessfulTime = at or last
    self.dirty = true
  end
end

local function look_at(self, job, uid, how)
  local place = jobs.place(self.active, uid)
  if not place and not how then
    self:tell("Warning", "UnexpectedJob",
      "Saw a job that the controller did not create or forgot: %s", job.metadata.name)
  elseif place and how then
    table.remove(self.active, place)
    self:tell("Normal", "SawCompletedJob", "Saw completed job: %s, condition: %s",
      job.metadata.name, how)
    self.dirty = true
  end
  if how == "Complete" then note_success(self, job) end
end

-- A Job in the list that is no longer there, or is another's by now.
local function drop_missing(self)
  if #self.active == 0 then return true end
  local mine, kept = {}, {}
  for _, one in ipairs(self:jobs()) do mine[one.uid] = true end
  for _, reference in ipairs(self.active) do
    local found, message, code = true, nil, nil
    if not mine[reference.uid] then
      found, message, code = self.ctx:get("Job", reference.namespace, reference.name)
    end
    if not found and code ~= "NotFound" then return nil, message, code end
    if found then
      kept[#kept + 1] = reference
    else
      self:tell("Normal", "MissingJob", "Active job went missing: %s", reference.name)
      self.dirty = true
    end
  end
  self.active = kept
  return true
end

local function is_running(self, reference)
  local job = self.ctx:by_uid(reference.uid)
  return job and not conditions.finished(job) and owner.controls(self.cron_job, job)
end

-- Do the counts tell that nothing has ended, gone or come since the status was written?
local function is_as_before(self)
  local owned, last = self.owned, self.status.lastSuccessfulTime
  if self.all or #owned - owned:count "finished" ~= #self.active then return false end
  for _, reference in ipairs(self.active) do
    if not is_running(self, reference) then return false end
  end
  return owned:count "complete" == 0
    or last ~= nil and owned:next_time("completed", time.parse(last)) == nil
end

--- See what has ended, and what is gone.
-- @treturn ?boolean true; or nil, message, code
function Run:look_at_jobs()
  if is_as_before(self) then return true end
  for _, one in ipairs(self:jobs()) do look_at(self, one.job, one.uid, one.how) end
  return drop_missing(self)
end

-- ---- starting a run ----

-- Has the run been started? Its name tells.
local function is_started(self, job, scheduled)
  for _, reference in ipairs(self.active) do
    if reference.name == job.metadata.name then return true end
  end
  local last = self.status.lastScheduleTime
  return last ~= nil and time.parse(last) == scheduled
end

local function replace(self)
  for _, reference in ipairs(table.move(self.active, 1, #self.active, 1, {})) do
    local job, message, code = self.ctx:get("Job", reference.namespace, reference.name)
    if not job then
      self:tell("Warning", "FailedGet", "Get job: %s", message)
      return nil, message, code
    elseif not jobs.delete(self, job) then
      return nil, ("could not replace job %s/%s"):format(reference.namespace, reference.name),
        "InternalError"
    end
    self.dirty = true
  end
  return true
end

local function enter(self, job, scheduled)
  table.insert(self.active, jobs.reference(job))
  self.status.lastScheduleTime = time.format(scheduled)
  self.dirty = true
end

-- The Job is there: ours, from a sync that was cut short, or somebody else's.
local function take_existing(self, name, scheduled)
  local job, message, code = self.ctx:get("Job", self.cron_job.metadata.namespace, name)
  if not job then return nil, message, code end
  local ours = owner.controls(self.cron_job, job)
  if not ours or jobs.place(self.active, job.metadata.uid) then return false end
  enter(self, job, scheduled)
  return true
end

local function create(self, job, scheduled)
  local made, message, code = self.ctx:create(job)
  if made then
    self:tell("Normal", "SuccessfulCreate", "Created job %s", made.metadata.name)
    enter(self, made, scheduled)
    return true
  elseif code == "AlreadyExists" then
    return take_existing(self, job.metadata.name, scheduled)
  end
  self:tell("Warning", "FailedCreate", "Error creating job: %s", message)
  return nil, message, code
end

local function is_too_late(self, scheduled)
  local limit = self.cron_job.spec.startingDeadlineSeconds
  return limit ~= nil and scheduled + limit < self.ctx.now
end

local function policy_of(self)
  local name = self.cron_job.spec.concurrencyPolicy or "Allow"
  local p = self.ctx:policy("concurrency", name)
  if not p then return nil, ("there is no concurrency policy %q"):format(name), "Invalid" end
  return p
end

local function view(self, p, more)
  more.active, more.params, more.now = #self.active, self.cron_job.spec[p.block], self.ctx.now
  return more
end

-- What the concurrency policy says of the run that was due at a moment.
local function decide(self, scheduled)
  local p, message, code = policy_of(self)
  if not p then return nil, message, code end
  return policy.call(self.ctx, p, self.cron_job, "decide", view(self, p, { scheduled = scheduled }))
end

--- Which of the runs that are due is to be started.
-- @tparam number latest the moment of the latest
-- @param due the schedule
-- @treturn ?number|boolean its moment; false: none; or nil, message, code
-- @treturn ?boolean whether there are others after it
function Run:choose(latest, due)
  local p, message, code = policy_of(self)
  if not p then return nil, message, code end
  if not p.choose then return latest end
  local all = schedule.all_due({ spec = self.cron_job.spec, metadata = self.cron_job.metadata,
    status = self.status }, self.ctx.now, due)
  local chosen, reason
  chosen, message, reason = policy.call(self.ctx, p, self.cron_job, "choose",
    view(self, p, { due = all }))
  if chosen == nil then return nil, message, reason end
  for _, at in ipairs(all) do
    if at == chosen then return at, at < latest end
  end
  return chosen == true and latest
end

--- Start the run of a moment, if it may start.
-- @tparam integer scheduled
-- @treturn ?boolean false: there is nothing more to do until something changes; or nil,
--   message, code
function Run:start(scheduled)
  local job = jobs.scheduled(self.cron_job, scheduled)
  if is_too_late(self, scheduled) then
    self:tell("Warning", "MissSchedule", "Missed scheduled time to start a job: %s",
      time.format(scheduled))
    return true
  elseif is_started(self, job, scheduled) then
    return true
  end
  local what, message, code = decide(self, scheduled)
  if not what then return nil, message, code end
  if what == "skip" then
    self:tell("Normal", "JobAlreadyActive", "Not starting job because prior execution is "
      .. "running and concurrency policy is %s", self.cron_job.spec.concurrencyPolicy)
    return true
  elseif what == "replace" then
    local done
    done, message, code = replace(self)
    if not done then return nil, message, code end
  end
  return create(self, job, scheduled)
end

-- ---- the status ----

--- Write the status when it has changed.
-- @treturn ?boolean true; or nil, message, code
function Run:write()
  if not self.dirty then return true end
  self.status.active = #self.active > 0 and self.active or nil
  local written, message, code = self.ctx:update_status(self.cron_job, self.status)
  if not written then return nil, message, code end
  return true
end

--- Seconds until the next run. @treturn ?number
function Run:wait(due)
  return schedule.wait({ spec = self.cron_job.spec, metadata = self.cron_job.metadata,
    status = self.status }, self.ctx.now, due)
end

return Run
