-- SPDX-License-Identifier: MIT
--- The pods that a Job makes: of its template, with what tracks and numbers them.
--
-- Source: pkg/controller/job/job_controller.go `manageJob`; indexed_job_utils.go.
local failure_policy = require "wl.job.failure_policy"
local generated_names = require "wl.generated_names"
local names = require "wl.job.names"
local pod_template = require "wl.pod_template"
local value = require "wl.value"

local pods = {}

local ENV = "JOB_COMPLETION_INDEX"

local function add_env(containers)
  for _, container in ipairs(containers or {}) do
    container.env = container.env or {}
    local there = false
    for _, variable in ipairs(container.env) do there = there or variable.name == ENV end
    if not there then
      table.insert(container.env, { name = ENV, valueFrom = { fieldRef = {
        fieldPath = ("metadata.labels['%s']"):format(names.INDEX) } } })
    end
  end
end

--- A pod of a Job that does not number its pods.
-- @param job
-- @treturn table
function pods.plain(job)
  local pod = pod_template.pod(job, job.spec.template)
  local finalizers = pod.metadata.finalizers
  if finalizers == nil then
    pod.metadata.finalizers = { names.TRACKING }
    return pod
  end
  pod.metadata.finalizers = value.table(finalizers)
  if not names.is_tracked(pod) then table.insert(pod.metadata.finalizers, names.TRACKING) end
  return pod
end

--- What the pods of an Indexed Job have in common.
-- @param job
-- @treturn table
function pods.indexed(job)
  local pod = value.table(pods.plain(job))
  add_env(pod.spec.containers)
  add_env(pod.spec.initContainers)
  pod.metadata.labels = pod.metadata.labels or {}
  pod.metadata.annotations = pod.metadata.annotations or {}
  return pod
end

--- How often an index has failed, when its pod is replaced.
-- @param job
-- @param replaced the failed pod, or nil: the first of its index
-- @treturn integer failures that count
-- @treturn integer failures that do not
function pods.failure_counts(job, replaced)
  if not replaced then return 0, 0 end
  local counted, ignored = names.failures(replaced), names.ignored(replaced)
  if failure_policy.counts(job.spec.podFailurePolicy, replaced) then return counted + 1, ignored end
  return counted, ignored + 1
end

--- Number a pod.
-- @param draft of a pod as `indexed` makes it, changed in place
-- @param job
-- @tparam integer index
-- @param replaced the failed pod of this index, or nil
function pods.number(draft, job, index, replaced)
  local text, metadata = ("%d"):format(index), draft.metadata
  metadata.generateName = generated_names.indexed_pod_prefix(job.metadata.name, index)
  metadata.annotations[names.INDEX], metadata.labels[names.INDEX] = text, text
  draft.spec.hostname = ("%s-%d"):format(job.metadata.name, index)
  if job.spec.backoffLimitPerIndex then
    local counted, ignored = pods.failure_counts(job, replaced)
    metadata.annotations[names.FAILURES] = ("%d"):format(counted)
    metadata.annotations[names.IGNORED] = ignored > 0 and ("%d"):format(ignored) or nil
  end
end

return pods
