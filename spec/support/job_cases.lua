-- SPDX-License-Identifier: MIT
--- Jobs and pods as the cases write them, made into objects; and back.
local names = require "wl.job.names"
local value = require "wl.value"

local job_cases = {}

local LABELS = { foo = "bar" }

--- nil in place of JSON's null.
function job_cases.optional(x)
  if x == value.null then return nil end
  return x
end
local optional = job_cases.optional

local function template(spec)
  local containers = {}
  for i, name in ipairs(optional(spec.templateContainers) or { "main" }) do
    containers[i] = { name = name, image = "image" }
  end
  return { metadata = { labels = LABELS }, spec = {
    restartPolicy = optional(spec.templateRestartPolicy) or "Never", containers = containers } }
end

--- A Job.
-- @tparam table given name, spec, status, deletionTimestamp
function job_cases.job(given)
  local spec = { template = template(given.spec or {}), manualSelector = true,
    selector = { matchLabels = LABELS } }
  for field, x in pairs(given.spec or {}) do
    if not field:find "^template" and field ~= "manualSelector" then spec[field] = optional(x) end
  end
  if spec.podFailurePolicy and not optional(spec.podFailurePolicy.rules) then
    spec.podFailurePolicy = { rules = value.list {} }
  end
  return { apiVersion = "batch/v1", kind = "Job",
    metadata = { name = given.name, namespace = "default", uid = "the-job",
      deletionTimestamp = optional(given.deletionTimestamp),
      finalizers = given.deletionTimestamp and { "foregroundDeletion" } or nil },
    spec = spec, status = given.status }
end

local function statuses(list)
  local found = {}
  for i, one in ipairs(optional(list) or {}) do
    local code, ended = optional(one.exitCode), optional(one.terminated)
    if code then ended = { exitCode = code } end
    found[i] = { name = optional(one.name) or "c" .. i, image = "image", imageID = "",
      ready = false, restartCount = optional(one.restartCount) or 0,
      state = ended and { terminated = { exitCode = ended.exitCode or 0,
        finishedAt = optional(ended.finishedAt) } } or { running = {} } }
  end
  return #found > 0 and found or nil
end
job_cases.statuses = statuses

local function conditions(given)
  local list = {}
  for _, one in ipairs(optional(given.conditions) or {}) do list[#list + 1] = one end
  if optional(given.ready) then list[#list + 1] = { type = "Ready", status = "True" } end
  return #list > 0 and list or nil
end

local OWNERS = {
  job = { apiVersion = "batch/v1", kind = "Job", name = "the-job", uid = "the-job" },
  other = { apiVersion = "batch/v1", kind = "Job", name = "other", uid = "another-job" },
}

local function owners(by)
  local owner = OWNERS[optional(by) or "job"]
  if not owner then return nil end
  local reference = { controller = true, blockOwnerDeletion = true }
  for field, x in pairs(owner) do reference[field] = x end
  return { reference }
end

local function annotations(given)
  local found = {}
  for key, text in pairs(optional(given.annotations) or {}) do found[key] = text end
  if optional(given.index) and given.index ~= "-" then found[names.INDEX] = given.index end
  return found
end

--- A pod.
function job_cases.pod(given)
  local deletion = optional(given.deletionTimestamp)
  return { apiVersion = "v1", kind = "Pod",
    metadata = { name = optional(given.name) or optional(given.uid), namespace = "default",
      uid = optional(given.uid) or given.name, labels = optional(given.labels) or LABELS,
      annotations = annotations(given),
      deletionTimestamp = deletion,
      deletionGracePeriodSeconds = optional(given.deletionGracePeriodSeconds),
      finalizers = given.trackingFinalizer and { names.TRACKING } or nil,
      ownerReferences = owners(given.controlledBy) },
    spec = { restartPolicy = "Never", nodeName = optional(given.nodeName),
      containers = { { name = "main", image = "image" } } },
    status = { phase = optional(given.phase), conditions = conditions(given),
      containerStatuses = statuses(given.containerStatuses),
      initContainerStatuses = statuses(given.initContainerStatuses) } }
end

--- Failed pods, counted before, that stand for the failures since the last success.
function job_cases.past_failures(record)
  record = record or {}
  local pods = {}
  for i = 1, record.failuresAfterLastSuccess or record.FailuresAfterLastSuccess or 0 do
    pods[i] = job_cases.pod { name = "past-" .. i, phase = "Failed", containerStatuses = { {
      terminated = { exitCode = 1,
        finishedAt = optional(record.lastFailureTime or record.LastFailureTime) } } } }
  end
  return pods
end

local function is_empty(x) return value.is_map(x) and next(value.table(x)) == nil end

-- The order of uids has no meaning.
local function sorted(uncounted)
  local found = {}
  for field, uids in pairs(uncounted) do
    found[field] = table.move(uids, 1, #uids, 1, {})
    table.sort(found[field])
  end
  return found
end

--- A status as cases write it.
function job_cases.status(status)
  local found = {}
  for field, x in pairs(status) do
    if field ~= "uncountedTerminatedPods" then
      found[field] = x
    elseif not is_empty(x) then
      found[field] = sorted(x)
    end
  end
  if not status.conditions then return found end
  found.conditions = {}
  for i, condition in ipairs(status.conditions) do
    found.conditions[i] = { type = condition.type, status = condition.status,
      reason = condition.reason }
  end
  return found
end

--- A created pod as cases write it.
function job_cases.created(pod)
  local annotations_ = pod.metadata.annotations or {}
  return { index = math.tointeger(tonumber(annotations_[names.INDEX])),
    generateName = pod.metadata.generateName, hostname = pod.spec.hostname,
    [names.FAILURES] = annotations_[names.FAILURES], [names.IGNORED] = annotations_[names.IGNORED] }
end

return job_cases
