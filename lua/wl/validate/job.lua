-- SPDX-License-Identifier: MIT
--- Jobs: the spec, and what may change of it.
-- (pkg/apis/batch/validation, pkg/registry/batch/job)
local check = require "wl.validate.check"
local dependencies = require "wl.job.dependencies"
local jobpolicy = require "wl.validate.jobpolicy"
local jobstatus = require "wl.validate.jobstatus"
local labels = require "wl.validate.labels"
local meta = require "wl.validate.meta"
local policies = require "wl.validate.policy"
local semantic = require "wl.validate.semantic"
local template = require "wl.validate.template"

local job = {}

-- ---------------------------------------------------------------------------
-- Completions
-- ---------------------------------------------------------------------------

local MOST_PARALLEL, MOST_FAILED = 100000, 100000
-- Above so many completions, less of the rest.
local MANY_COMPLETIONS, FEW = 100000, 10000

local FOR_MANY = ("must be less than or equal to %d when completions are above %d and used "
  .. "with backoff limit per index"):format(FEW, MANY_COMPLETIONS)

local function many_completions(errors, path, spec)
  if spec.maxFailedIndexes == nil then
    errors:required(path .. ".maxFailedIndexes",
      ("must be specified when completions is above %d"):format(MANY_COMPLETIONS))
  end
  for _, field in ipairs { "parallelism", "maxFailedIndexes" } do
    local n = spec[field]
    if n and n > FEW then errors:invalid(path .. "." .. field, n, FOR_MANY) end
  end
end

local function indexed(errors, path, spec)
  local completions, failed = spec.completions, spec.maxFailedIndexes
  if completions == nil then
    errors:required(path .. ".completions", "when completion mode is Indexed")
  end
  if spec.parallelism and spec.parallelism > MOST_PARALLEL then
    errors:invalid(path .. ".parallelism", spec.parallelism,
      ("must be less than or equal to %d when completion mode is Indexed"):format(MOST_PARALLEL))
  end
  if completions and failed and failed > completions then
    errors:invalid(path .. ".maxFailedIndexes", failed,
      "must be less than or equal to completions")
  end
  if failed and failed > MOST_FAILED then
    errors:invalid(path .. ".maxFailedIndexes", failed,
      ("must be less than or equal to %d"):format(MOST_FAILED))
  end
  if completions and completions > MANY_COMPLETIONS and spec.backoffLimitPerIndex then
    many_completions(errors, path, spec)
  end
end

local function not_indexed(errors, path, spec)
  for _, field in ipairs { "backoffLimitPerIndex", "maxFailedIndexes" } do
    if spec[field] then
      errors:invalid(path .. "." .. field, spec[field], "requires indexed completion mode")
    end
  end
end

local function completion_mode(errors, path, spec)
  local mode = spec.completionMode
  check.choice(errors, path .. ".completionMode", mode, { "NonIndexed", "Indexed" })
  if mode == "Indexed" then
    indexed(errors, path, spec)
  elseif mode == nil or mode == "NonIndexed" then
    not_indexed(errors, path, spec)
  end
end

-- ---------------------------------------------------------------------------
-- The spec
-- ---------------------------------------------------------------------------

local NUMBERS = {
  "parallelism", "completions", "activeDeadlineSeconds", "backoffLimit",
  "ttlSecondsAfterFinished", "backoffLimitPerIndex", "maxFailedIndexes",
}

local LONGEST_MANAGER = 63

-- "acme.io/controller": a domain and a path.
local function managed_by(errors, path, text)
  if text == nil then return end
  local domain, rest = text:match("^([^/]*)/(.*)$")
  if text == "" then
    errors:required(path)
  elseif not domain or domain == "" or rest == "" then
    errors:invalid(path, text, 'must be a domain-prefixed path (such as "acme.io/foo")')
  else
    errors:each_invalid(path, domain, check.faults("dns_subdomain", domain))
    if not rest:find("^[%w/%-._~!$&'()*+,;=:%%]+$") then
      errors:invalid(path, rest, "Invalid path (regex used for validation is "
        .. "'[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')")
    end
  end
  if #text > LONGEST_MANAGER then errors:too_long(path, text, LONGEST_MANAGER) end
end

local function restart_policy(errors, path, spec)
  local policy = spec.template and spec.template.spec and spec.template.spec.restartPolicy
  if check.blank(policy) or policy == "Always" then
    errors:required(path, 'valid values: "OnFailure", "Never"')
  elseif policy ~= "OnFailure" and policy ~= "Never" then
    errors:not_supported(path, policy, { "OnFailure", "Never" })
  elseif spec.podFailurePolicy and policy ~= "Never" then
    errors:invalid(path, policy, 'only "Never" is supported when podFailurePolicy is specified')
  end
end

--- The spec of a Job, in a Job and in a CronJob.
function job.spec(errors, path, spec)
  check.nonnegative_fields(errors, path, spec, NUMBERS)
  if spec.maxFailedIndexes and spec.backoffLimitPerIndex == nil then
    errors:required(path .. ".backoffLimitPerIndex", "when maxFailedIndexes is specified")
  end
  managed_by(errors, path .. ".managedBy", spec.managedBy)
  completion_mode(errors, path, spec)
  jobpolicy.failure(errors, path .. ".podFailurePolicy", spec)
  jobpolicy.success(errors, path .. ".successPolicy", spec)
  jobpolicy.replacement(errors, path .. ".podReplacementPolicy", spec)
  template.check(errors, path .. ".template", spec.template or {})
  restart_policy(errors, path .. ".template.spec.restartPolicy", spec)
  policies.optional(errors, path .. ".retry", spec.retry, "retry")
end

local function template_labels(spec)
  local m = spec.template and spec.template.metadata
  return m and m.labels
end

local function selected(errors, spec)
  if spec.selector == nil then errors:required("spec.selector") end
  labels.selector(errors, "spec.selector", spec.selector)
  local compiled = labels.compile(spec.selector)
  if compiled then
    labels.template_matches(errors, "spec.template.metadata.labels", compiled,
      template_labels(spec))
  end
end

-- ---------------------------------------------------------------------------
-- Creation
-- ---------------------------------------------------------------------------

local PREFIX = "batch.kubernetes.io/"

-- The labels that tell a Job's pods from those of any other; Jobs of long ago
-- have only the first two.
local function generated(object, prefixed)
  local m = object.metadata or {}
  local pairs_of = { { "controller-uid", m.uid or "" }, { "job-name", m.name or "" } }
  for i = 1, prefixed and 2 or 0 do
    pairs_of[i + 2] = { PREFIX .. pairs_of[i][1], pairs_of[i][2] }
  end
  return pairs_of
end

-- Unless the user takes care of the selector, it and the labels are generated.
local function generated_selector(errors, object, prefixed)
  local spec = object.spec or {}
  if spec.manualSelector or not spec.selector then return end
  local expected = {}
  for _, pair in ipairs(generated(object, prefixed)) do
    expected[pair[1]] = pair[2]
    labels.expect(errors, "spec.template.metadata.labels", template_labels(spec), pair[1], pair[2])
  end
  local compiled = labels.compile(spec.selector)
  if compiled and not compiled:matches(expected) then
    errors:invalid("spec.selector", spec.selector, "`selector` not auto-generated")
  end
end

-- The host name of the last index must be a label.
local function last_hostname(errors, object)
  local spec, name = object.spec or {}, (object.metadata or {}).name
  if spec.completionMode ~= "Indexed" or (spec.completions or 0) <= 0 or not name then return end
  local host = ("%s-%d"):format(name, spec.completions - 1)
  if #check.faults("dns_label", host) > 0 then
    errors:invalid("metadata.name", name,
      "will not able to create pod with invalid DNS label: " .. host)
  end
end

local function whole(errors, object, prefixed)
  local spec = object.spec or {}
  meta.create(errors, object)
  dependencies.validate(errors, object)
  generated_selector(errors, object, prefixed)
  job.spec(errors, "spec", spec)
  selected(errors, spec)
  last_hostname(errors, object)
end

--- A new Job; its selector and labels are generated before.
function job.validate(object, errors) whole(errors, object, true) end

-- ---------------------------------------------------------------------------
-- Updates
-- ---------------------------------------------------------------------------

-- With indexes a Job grows and shrinks, together with its parallelism.
local function completions(errors, path, new, old)
  if new.completionMode ~= "Indexed" then
    return check.immutable(errors, path, new.completions, old.completions)
  end
  if new.completions == old.completions or new.completions == nil then return end
  if new.completions ~= new.parallelism then
    errors:invalid(path, new.completions, "can only be modified in tandem with spec.parallelism")
  end
end

local function is_suspended(status)
  for _, condition in check.each(status.conditions, "") do
    if condition.type == "Suspended" then return condition.status == "True" end
  end
  return false
end

-- A Job with no pods, suspended before it started or since.
local function is_at_rest(old)
  local status = old.status or {}
  return old.spec.suspend == true and (status.active or 0) == 0
    and (status.startTime == nil or is_suspended(status))
end

local SCHEDULING = { "nodeSelector", "tolerations", "schedulingGates" }

local function with_resources(new, old)
  local list = {}
  local comparable = check.count(new) == check.count(old)
  for i, c in check.each(new, "") do
    local same = comparable and c.name == old[i].name
    list[i] = same and semantic.with(c, old[i], { "resources" }) or c
  end
  return list
end

-- The new pod spec with the old one's values where a Job at rest may change.
local function comparable(new, old)
  local spec = semantic.with(new, old, SCHEDULING)
  spec.affinity = semantic.with(new.affinity, old.affinity, { "nodeAffinity" })
  spec.containers = with_resources(new.containers, old.containers)
  spec.initContainers = with_resources(new.initContainers, old.initContainers)
  return spec
end

local function template_update(errors, new, old)
  local now, was = new.spec.template or {}, old.spec.template or {}
  local pod = now.spec or {}
  if is_at_rest(old) then
    now = { metadata = semantic.with(now.metadata, was.metadata, { "labels", "annotations" }),
      spec = comparable(pod, was.spec or {}) }
  end
  check.immutable(errors, "spec.template", now, was)
end

local IMMUTABLE = {
  "selector", "completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy",
  "successPolicy",
}

--- A changed Job.
function job.validate_update(new, old, errors)
  local spec, was = new.spec or {}, old.spec or {}
  local had = template_labels(was) or {}
  whole(errors, new, had[PREFIX .. "controller-uid"] and had[PREFIX .. "job-name"])
  meta.update(errors, new, old)
  completions(errors, "spec.completions", spec, was)
  for _, field in ipairs(IMMUTABLE) do
    check.immutable(errors, "spec." .. field, spec[field], was[field])
  end
  template_update(errors, new, old)
end

--- A changed status.
function job.validate_status(new, old, errors)
  meta.update(errors, new, old)
  jobstatus.check(errors, "status", new, old)
end

return job
