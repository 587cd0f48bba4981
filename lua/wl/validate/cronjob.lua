-- SPDX-License-Identifier: MIT
--- CronJobs.
-- (pkg/apis/batch/validation)
local check = require "wl.validate.check"
local job = require "wl.validate.job"
local meta = require "wl.validate.meta"
local policies = require "wl.validate.policy"
local schedule = require "wl.validate.schedule"
local when = require "wl.cron_job.schedule"

local cronjob = {}

-- A Job's name is the CronJob's and eleven characters, and a label.
local LONGEST_NAME = 63 - 11

local POLICIES = { "Allow", "Forbid", "Replace" }

local LIMITS = { "successfulJobsHistoryLimit", "failedJobsHistoryLimit" }

local function job_template(errors, path, template)
  local spec = template.spec or {}
  job.spec(errors, path .. ".spec", spec)
  if spec.selector then
    errors:invalid(path .. ".spec.selector", spec.selector, "`selector` will be auto-generated")
  end
  if spec.manualSelector then
    errors:not_supported(path .. ".spec.manualSelector", spec.manualSelector, { "nil", "false" })
  end
end

local function concurrency(errors, spec)
  local name = spec.concurrencyPolicy
  if check.blank(name) or not policies.named(errors, "spec", spec, "concurrency", name) then
    check.choice(errors, "spec.concurrencyPolicy", name,
      policies.supported("concurrency", POLICIES, name))
  end
end

-- old: the stored spec, or nil for a new CronJob.
local function whole(errors, spec, old)
  if check.blank(spec.schedule) then
    errors:required("spec.schedule")
  else
    local keeps_zone = old ~= nil and (old.schedule or ""):find("TZ", 1, true) ~= nil
    schedule.check(errors, "spec.schedule", spec.schedule, spec.timeZone, keeps_zone)
  end
  check.nonnegative(errors, "spec.startingDeadlineSeconds", spec.startingDeadlineSeconds)
  if not old or old.timeZone ~= spec.timeZone then
    schedule.zone(errors, "spec.timeZone", spec.timeZone)
  end
  concurrency(errors, spec)
  job_template(errors, "spec.jobTemplate", spec.jobTemplate or {})
  check.nonnegative_fields(errors, "spec", spec, LIMITS)
  policies.optional(errors, "spec.history", spec.history, "history")
end

local DST_POLICIES = { "Kubernetes", "Skip", "Once", "Shift" }

-- Not of Kubernetes: what becomes of local times that the clock skips or repeats.
local function dst_policy(errors, metadata)
  local policy = (metadata.annotations or {})[when.DST]
  if policy == nil then return end
  check.choice(errors, ("metadata.annotations[%s]"):format(when.DST), policy, DST_POLICIES)
end

--- A new CronJob.
function cronjob.validate(object, errors)
  local name = object.metadata and object.metadata.name or ""
  meta.create(errors, object)
  dst_policy(errors, object.metadata or {})
  whole(errors, object.spec or {})
  if #name > LONGEST_NAME then
    errors:invalid("metadata.name", name,
      ("must be no more than %d characters"):format(LONGEST_NAME))
  end
end

--- A changed CronJob.
function cronjob.validate_update(new, old, errors)
  meta.update(errors, new, old)
  dst_policy(errors, new.metadata or {})
  whole(errors, new.spec or {}, old.spec or {})
end

--- A changed status.
function cronjob.validate_status(new, old, errors) meta.update(errors, new, old) end

return cronjob
