-- SPDX-License-Identifier: MIT
--- Work that ends: Job, CronJob. (batch/v1)
local schema = require "wl.schema"
local defaults = require "wl.api.defaults.batch"
local meta = require "wl.api.meta"
local pod = require "wl.api.pod"
local reference = require "wl.api.reference"

local object, list, set, merged = schema.object, schema.list, schema.set, schema.merged
local required, always = schema.required, schema.always
local word, str, bool, int32, int64, count, time = schema.word, schema.str, schema.bool,
  schema.int32, schema.int64, schema.count, schema.time

local batch = {}

batch.PodFailurePolicyOnExitCodesRequirement = object {
  containerName = str, operator = required(str) { enum = { "In", "NotIn" } },
  values = required(set(int32)),
}

batch.PodFailurePolicyOnPodConditionsPattern = object {
  type = required(str), status = word { default = "True" },
}

batch.PodFailurePolicyRule = object {
  action = required(str) { enum = { "Count", "FailIndex", "FailJob", "Ignore" } },
  onExitCodes = batch.PodFailurePolicyOnExitCodesRequirement,
  onPodConditions = list(batch.PodFailurePolicyOnPodConditionsPattern),
}

batch.PodFailurePolicy = object { rules = required(list(batch.PodFailurePolicyRule)) }

batch.SuccessPolicyRule = object { succeededIndexes = str, succeededCount = int32 }

batch.SuccessPolicy = object { rules = required(list(batch.SuccessPolicyRule)) }

-- What to do about a failed pod: see wl.retry.
batch.Retry = object { type = required(str) } { policy = { "retry", "type" } }

batch.JobSpec = object {
  parallelism = int32, completions = int32,
  completionMode = str { enum = { "Indexed", "NonIndexed" } },
  selector = meta.LabelSelector, manualSelector = bool,
  template = required(pod.PodTemplateSpec) { default = {} },
  backoffLimit = int32, backoffLimitPerIndex = int32, maxFailedIndexes = int32,
  podFailurePolicy = batch.PodFailurePolicy, successPolicy = batch.SuccessPolicy,
  podReplacementPolicy = str { enum = { "Failed", "TerminatingOrFailed" } },
  activeDeadlineSeconds = int64, ttlSecondsAfterFinished = int32,
  suspend = bool, managedBy = str, retry = batch.Retry { extension = true },
}

batch.JobCondition = meta.condition { lastProbeTime = time }

batch.UncountedTerminatedPods = object { succeeded = set(str), failed = set(str) }

-- See wl.job.retry.
batch.RetryStatus = object {
  notBefore = time, message = str, recent = list(time),
  waiting = list(object { index = int32, notBefore = time }),
}

batch.JobStatus = object {
  conditions = list(batch.JobCondition) { merge = "type" },
  startTime = time, completionTime = time,
  active = count, ready = int32, succeeded = count, failed = count, terminating = int32,
  completedIndexes = word, failedIndexes = str,
  uncountedTerminatedPods = batch.UncountedTerminatedPods,
  retry = batch.RetryStatus { extension = true },
}

batch.Job = meta.resource {
  spec = always(batch.JobSpec), status = always(batch.JobStatus),
} { complete = defaults.job }

batch.JobTemplateSpec = object {
  metadata = always(meta.ObjectMeta), spec = always(batch.JobSpec),
}

batch.CronJobSpec = object {
  schedule = required(str), timeZone = str, startingDeadlineSeconds = int64,
  concurrencyPolicy = word { default = "Allow", enum = { "Allow", "Forbid", "Replace" } },
  suspend = bool { default = false },
  jobTemplate = required(batch.JobTemplateSpec) { default = {} },
  successfulJobsHistoryLimit = int32 { default = 3 },
  failedJobsHistoryLimit = int32 { default = 1 }, history = meta.History { extension = true },
} { policy = { "concurrency", "concurrencyPolicy" } }

batch.CronJobStatus = object {
  active = list(reference.ObjectReference), lastScheduleTime = time, lastSuccessfulTime = time,
  conditions = merged(meta.condition(), "type") { extension = true }, -- see wl.policy.failure
}

batch.CronJob = meta.resource {
  spec = required(batch.CronJobSpec) { default = {} }, status = always(batch.CronJobStatus),
}

return schema.named(batch)
