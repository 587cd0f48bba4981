-- SPDX-License-Identifier: MIT
--- The status of a Job: whoever manages it must keep to the order in which a Job
-- ends.
--
-- A rule only looks when what it is about has changed, so that a status that
-- was already wrong can still be mended.
-- (pkg/apis/batch/validation, pkg/registry/batch/job: getStatusValidationOptions)
local check = require "wl.validate.check"
local fielderrors = require "wl.fielderrors"
local indexes = require "wl.validate.indexes"
local semantic = require "wl.validate.semantic"

local jobstatus = {}

local function is_true(status, kind)
  for _, condition in check.each(status.conditions, "") do
    if condition.type == kind and condition.status == "True" then return true end
  end
  return false
end

-- What the rules ask about a status.
local function facts(status)
  local f = {
    complete = is_true(status, "Complete"), failed = is_true(status, "Failed"),
    failing = is_true(status, "FailureTarget"), enough = is_true(status, "SuccessCriteriaMet"),
  }
  f.finished = f.complete or f.failed
  return f
end

local FIELDS = {
  "completedIndexes", "failedIndexes", "active", "ready", "terminating", "startTime",
  "completionTime", "uncountedTerminatedPods",
}

-- A set of the facts and fields that differ.
local function changes(status, was, f, g)
  local changed = {}
  for fact, holds in pairs(f) do changed[fact] = holds ~= g[fact] or nil end
  for _, field in ipairs(FIELDS) do
    changed[field] = not semantic.equal(status[field], was[field]) or nil
  end
  return changed
end

local function uncounted_count(status)
  local u = status.uncountedTerminatedPods or {}
  return check.count(u.failed) + check.count(u.succeeded)
end

-- ---------------------------------------------------------------------------
-- The rules: field, what must have changed, the condition that is refused, text
-- ---------------------------------------------------------------------------

local CONDITIONS = {
  { { "complete", "failed" }, function(f) return f.complete and f.failed end,
    "cannot set Complete=True and Failed=true conditions" },
  { { "complete", "failing" }, function(f) return f.complete and f.failing end,
    "cannot set Complete=True and FailureTarget=true conditions" },
  { { "failed", "failing" }, function(f) return f.failed and not f.failing end,
    "cannot set Failed=True condition without the FailureTarget=true condition" },
  { { "complete", "enough" }, function(f) return f.complete and not f.enough end,
    "cannot set Complete=True condition without the SuccessCriteriaMet=true condition" },
  { nil, function(f) return f.enough and f.failed end,
    "cannot set SuccessCriteriaMet=True and Failed=true conditions" },
  { nil, function(f) return f.enough and f.failing end,
    "cannot set SuccessCriteriaMet=True and FailureTarget=true conditions" },
}

local function any_changed(changed, what)
  if not what then return true end
  for _, name in ipairs(what) do
    if changed[name] then return true end
  end
  return false
end

local function conditions(errors, path, f, changed)
  for _, rule in ipairs(CONDITIONS) do
    local when, refused, text = rule[1], rule[2], rule[3]
    if any_changed(changed, when) and refused(f) then
      errors:invalid(path .. ".conditions", fielderrors.omitted, text)
    end
  end
end

local function finished(errors, path, status, f, changed)
  if not f.finished then return end
  for _, field in ipairs { "active", "terminating" } do
    if any_changed(changed, { "finished", field }) and (status[field] or 0) > 0 then
      errors:invalid(path .. "." .. field, status[field], field .. ">0 is invalid for finished job")
    end
  end
  if any_changed(changed, { "finished", "startTime" }) and not status.startTime then
    errors:required(path .. ".startTime", "startTime is required for finished job")
  end
  if any_changed(changed, { "finished", "uncountedTerminatedPods" })
      and uncounted_count(status) > 0 then
    errors:invalid(path .. ".uncountedTerminatedPods", status.uncountedTerminatedPods,
      "must be empty for finished job")
  end
end

local function times(errors, path, status, was, f, changed, job)
  local start, done, at = status.startTime, status.completionTime, path .. ".completionTime"
  if any_changed(changed, { "complete", "completionTime" }) then
    if done and not f.complete then
      errors:invalid(at, done, "cannot set completionTime when there is no Complete=True condition")
    elseif f.complete and not done then
      errors:required(at, "completionTime is required for Complete jobs")
    end
  end
  if any_changed(changed, { "startTime", "completionTime" }) and start and done
      and done < start then
    errors:invalid(at, done, "must be equal to or after `startTime`")
  end
  if done and was.completionTime and done ~= was.completionTime then
    errors:invalid(at, done, "field is immutable")
  end
  if changed.startTime and was.startTime and not job.spec.suspend then
    errors:required(path .. ".startTime", "startTime cannot be removed for unsuspended job")
  end
end

-- ---------------------------------------------------------------------------
-- Counters and indexes
-- ---------------------------------------------------------------------------

local COUNTERS = { "active", "succeeded", "failed", "ready", "terminating" }

local function uncounted(errors, path, pods)
  local seen = {}
  for _, field in ipairs { "succeeded", "failed" } do
    for _, uid, at in check.each((pods or {})[field], path .. "." .. field) do
      if uid == "" then
        errors:invalid(at, uid, "must not be empty")
      elseif seen[uid] then
        errors:duplicate(at, uid)
      end
      seen[uid] = true
    end
  end
end

local function no_decrease(errors, path, job, status, was)
  local spec = job.spec
  local may_shrink = spec.completionMode == "Indexed" and spec.completions == spec.parallelism
  for _, field in ipairs { "failed", "succeeded" } do
    local free = field == "succeeded" and may_shrink
    if not free and (status[field] or 0) < (was[field] or 0) then
      errors:invalid(path .. "." .. field, status[field] or 0,
        ("cannot decrease the %s counter"):format(field))
    end
  end
end

local function index_text(errors, path, field, status, completions)
  local text = status[field]
  if not text or not completions then return end
  local count, message = indexes.count(text, completions)
  if not count then
    errors:invalid(path .. "." .. field, text, ("error parsing %s: %s"):format(field, message))
  end
end

local function completed_indexes(errors, path, job, status)
  index_text(errors, path, "completedIndexes", status, job.spec.completions)
  if not check.blank(status.completedIndexes) and job.spec.completionMode ~= "Indexed" then
    errors:invalid(path .. ".completedIndexes", status.completedIndexes,
      "cannot set non-empty completedIndexes when non-indexed completion mode")
  end
end

local function failed_indexes(errors, path, job, status)
  if not status.failedIndexes then return end
  if job.spec.backoffLimitPerIndex then
    index_text(errors, path, "failedIndexes", status, job.spec.completions)
  else
    errors:invalid(path .. ".failedIndexes", status.failedIndexes,
      "cannot set non-null failedIndexes when backoffLimitPerIndex is null")
  end
end

local function index_lists(errors, path, job, status, changed)
  if changed.completedIndexes then completed_indexes(errors, path, job, status) end
  if changed.failedIndexes then failed_indexes(errors, path, job, status) end
  local both = job.spec.completions and status.failedIndexes
  if both and any_changed(changed, { "completedIndexes", "failedIndexes" }) then
    local index = indexes.overlap(status.completedIndexes or "", status.failedIndexes,
      job.spec.completions)
    if index then
      errors:invalid(path .. ".failedIndexes", status.failedIndexes,
        ("failedIndexes and completedIndexes overlap at index: %d"):format(index))
    end
  end
end

-- ---------------------------------------------------------------------------
-- The whole
-- ---------------------------------------------------------------------------

local STAY = {
  { "failed", "Failed" }, { "complete", "Complete" }, { "failing", "FailureTarget" },
  { "enough", "SuccessCriteriaMet" },
}

-- What says that a Job ends is never taken back.
local function stays(errors, path, f, g)
  for _, each in ipairs(STAY) do
    local fact, name = each[1], each[2]
    if g[fact] and not f[fact] then
      local kind = fact == "enough" and "" or "terminal "
      errors:invalid(path .. ".conditions", fielderrors.omitted,
        ("cannot disable the %s%s=True condition"):format(kind, name))
    end
  end
  if g.complete and not g.enough and f.enough then
    errors:invalid(path .. ".conditions", fielderrors.omitted,
      "cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions")
  end
end

--- The status of a Job against the stored one.
-- @param new  the whole Job
-- @param old  as it is stored
function jobstatus.check(errors, path, new, old)
  local status, was = new.status or {}, old.status or {}
  local f, g = facts(status), facts(was)
  local changed = changes(status, was, f, g)
  check.nonnegative_fields(errors, path, status, COUNTERS)
  uncounted(errors, path .. ".uncountedTerminatedPods", status.uncountedTerminatedPods)
  conditions(errors, path, f, changed)
  times(errors, path, status, was, f, changed, new)
  finished(errors, path, status, f, changed)
  index_lists(errors, path, new, status, changed)
  if any_changed(changed, { "ready", "active" })
      and (status.ready or 0) > (status.active or 0) then
    errors:invalid(path .. ".ready", status.ready, "cannot set more ready pods than active")
  end
  stays(errors, path, f, g)
  no_decrease(errors, path, new, status, was)
end

return jobstatus
