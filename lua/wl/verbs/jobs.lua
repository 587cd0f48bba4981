-- SPDX-License-Identifier: MIT
--- Verbs about Jobs and schedules.
local cron_jobs = require "wl.cron_job.jobs"
local lab = require "wl.cron_lab"
local reference = require "wl.verbs.reference"

local jobs = {}

--- `cron "30 2 * * *" { tz = ..., from = ..., to = ... }`: see wl.cron_lab.
jobs.cron = lab.cron

--- Start a Job of a CronJob now, as `kubectl create job NAME --from=cronjob/...`.
-- @param cluster
-- @tparam string name of the Job
-- @tparam table options from = "cronjob/backup"; namespace
-- @return the Job, a view
function jobs.create_job(cluster, name, options)
  if type(name) ~= "string" or type(options) ~= "table" or type(options.from) ~= "string" then
    reference.misuse('create_job: a name and a CronJob expected, '
      .. 'as in create_job("backup-now", { from = "cronjob/backup" })')
  end
  options = reference.options("create_job", options, { from = true })
  local cron_job = reference.find(cluster, options.from, { namespace = options.namespace })
  if cron_job.kind ~= "CronJob" then
    reference.misuse("create_job: from must be a CronJob, not a %s", cron_job.kind)
  end
  return reference.check(cluster.server:create(cron_jobs.manual(cron_job, name)))
end

return jobs
