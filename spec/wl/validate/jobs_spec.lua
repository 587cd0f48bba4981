-- SPDX-License-Identifier: MIT
-- What a Job or a CronJob may say, and what may change. A case: what it is about,
-- YAML, what is said against it. (pkg/apis/batch/validation, pkg/registry/batch)
local refusals = require "spec.support.refusals"

local POD = "restartPolicy: Never, containers: [{ name: c, image: i }]"

local function of(fields) return ("{ %s, template: { spec: { %s } } }"):format(fields, POD) end

local function job(fields) return "spec: " .. of(fields) end

local function rules(text) return job("podFailurePolicy: { rules: [" .. text .. "] }") end

local function success(text)
  return job("completionMode: Indexed, completions: 5, successPolicy: { rules: [" .. text .. "] }")
end

local NEW = "apiVersion: batch/v1\nkind: Job"

describe("a Job:", function()
  refusals.created(NEW, {
    { "numbers below zero", job("parallelism: -1, completions: -1, activeDeadlineSeconds: -1, "
        .. "backoffLimit: -1, ttlSecondsAfterFinished: -1"),
      "spec.parallelism invalid", "spec.completions invalid", "spec.activeDeadlineSeconds invalid",
      "spec.backoffLimit invalid", "spec.ttlSecondsAfterFinished invalid" },
    { "numbers that are zero", job("parallelism: 0, completions: 0, backoffLimit: 0") },
    { "restart policy Always", "spec: { template: { spec: { restartPolicy: Always, "
        .. "containers: [{ name: c, image: i }] } } }",
      "spec.template.spec.restartPolicy required" },
    { "no restart policy", "spec: { template: { spec: { containers: [{ name: c, image: i }] } } }",
      "spec.template.spec.restartPolicy required" },
    { "a restart policy", "spec: { template: { spec: { restartPolicy: X, "
        .. "containers: [{ name: c, image: i }] } } }",
      "spec.template.spec.restartPolicy unsupported" },
    { "words that are empty", job "completionMode: '', podReplacementPolicy: ''",
      "spec.completionMode unsupported", "spec.podReplacementPolicy unsupported" },
    { "a selector", job "selector: { matchLabels: { a: b } }", "spec.selector invalid",
      "spec.template.metadata.labels invalid" },
    { "a selector of its own that does not match",
      job "manualSelector: true, selector: { matchLabels: { a: b } }",
      "spec.template.metadata.labels invalid" },
    { "no selector of its own", job "manualSelector: true", "spec.selector required",
      "spec.template.metadata.labels invalid" },
    { "a controller", job "managedBy: foo", "spec.managedBy invalid" },
    { "no controller", job "managedBy: ''", "spec.managedBy required" },
    { "a controller's domain", job "managedBy: A_b/c", "spec.managedBy invalid" },
    { "a controller with a long name", job("managedBy: a.b/" .. ("x"):rep(60)),
      "spec.managedBy too long" },
    { "labels that only the Job may give", "spec: { template: { metadata: { labels: { "
        .. "job-name: x, batch.kubernetes.io/controller-uid: z } }, spec: { " .. POD .. " } } }",
      "spec.template.metadata.labels[job-name] invalid",
      "spec.template.metadata.labels[batch.kubernetes.io/controller-uid] invalid",
      "spec.template.metadata.labels invalid" },
  })
end)

describe("a Job's indexes:", function()
  refusals.created(NEW, {
    { "without completions", job "completionMode: Indexed, parallelism: 2",
      "spec.completions required" },
    { "without numbers there is one", job "completionMode: Indexed" },
    { "of a mode", job "completionMode: X", "spec.completionMode unsupported" },
    { "too many at a time", job "completionMode: Indexed, completions: 5, parallelism: 100001",
      "spec.parallelism invalid" },
    { "a limit each, without them", job "backoffLimitPerIndex: 1, maxFailedIndexes: 1",
      "spec.backoffLimitPerIndex invalid", "spec.maxFailedIndexes invalid" },
    { "failed ones without a limit each", job("completionMode: Indexed, completions: 5, "
        .. "maxFailedIndexes: 1"), "spec.backoffLimitPerIndex required" },
    { "more failed than there are", job("completionMode: Indexed, completions: 5, "
        .. "backoffLimitPerIndex: 1, maxFailedIndexes: 6"), "spec.maxFailedIndexes invalid" },
    { "below zero", job("completionMode: Indexed, completions: 5, backoffLimitPerIndex: -1, "
        .. "maxFailedIndexes: -1"),
      "spec.backoffLimitPerIndex invalid", "spec.maxFailedIndexes invalid" },
    { "very many, any number of them failed", job("completionMode: Indexed, completions: 100001, "
        .. "parallelism: 10000, backoffLimitPerIndex: 1"), "spec.maxFailedIndexes required" },
    { "very many, and many at a time", job("completionMode: Indexed, completions: 100001, "
        .. "parallelism: 10001, backoffLimitPerIndex: 1, maxFailedIndexes: 10001"),
      "spec.parallelism invalid", "spec.maxFailedIndexes invalid" },
    { "very many, without a limit each",
      job "completionMode: Indexed, completions: 100001, parallelism: 10001" },
    { "a name too long for the last one's host", "metadata: { name: " .. ("x"):rep(62) .. " }\n"
        .. job "completionMode: Indexed, completions: 10", "metadata.name invalid" },
  })
end)

describe("a Job's failure policy:", function()
  refusals.created(NEW, {
    { "without rules", "spec: { podFailurePolicy: { rules: [] }, template: { spec: { "
        .. "restartPolicy: OnFailure, containers: [{ name: c, image: i }] } } }",
      "spec.template.spec.restartPolicy invalid" },
    { "a rule about nothing", rules "{ action: Ignore }",
      "spec.podFailurePolicy.rules[0] invalid" },
    { "a rule about both", rules("{ action: Ignore, onExitCodes: { operator: In, values: [1] }, "
        .. "onPodConditions: [{ type: A, status: 'True' }] }"),
      "spec.podFailurePolicy.rules[0] invalid" },
    { "actions", rules("{ action: X, onPodConditions: [{ type: A, status: 'True' }] }, "
        .. "{ onPodConditions: [{ type: A, status: 'True' }] }, "
        .. "{ action: FailIndex, onPodConditions: [{ type: A, status: 'True' }] }"),
      "spec.podFailurePolicy.rules[0].action unsupported",
      "spec.podFailurePolicy.rules[1].action required",
      "spec.podFailurePolicy.rules[2].action invalid" },
    { "exit codes", rules("{ action: Ignore, onExitCodes: { operator: X, values: [2, 1, 1], "
        .. "containerName: d } }, { action: Ignore, onExitCodes: { values: [] } }"),
      "spec.podFailurePolicy.rules[0].onExitCodes.operator unsupported",
      "spec.podFailurePolicy.rules[0].onExitCodes.values invalid",
      "spec.podFailurePolicy.rules[0].onExitCodes.values[2] duplicate",
      "spec.podFailurePolicy.rules[0].onExitCodes.containerName invalid",
      "spec.podFailurePolicy.rules[1].onExitCodes.operator required",
      "spec.podFailurePolicy.rules[1].onExitCodes.values invalid" },
    { "success as a failure",
      rules "{ action: Ignore, onExitCodes: { operator: In, values: [0] } }",
      "spec.podFailurePolicy.rules[0].onExitCodes.values[0] invalid" },
    { "success as no failure",
      rules "{ action: Ignore, onExitCodes: { operator: NotIn, values: [0] } }" },
    { "conditions", rules("{ action: Count, onPodConditions: [{ type: 'a b', status: X }, "
        .. "{ type: A, status: '' }] }"),
      "spec.podFailurePolicy.rules[0].onPodConditions[0].type invalid",
      "spec.podFailurePolicy.rules[0].onPodConditions[0].status unsupported" },
    { "21 rules", rules(("{ action: Count, onPodConditions: [{ type: A, status: 'True' }] }, ")
        :rep(21)), "spec.podFailurePolicy.rules too many" },
    { "and replacement", job("podReplacementPolicy: TerminatingOrFailed, podFailurePolicy: { "
        .. "rules: [{ action: Count, onPodConditions: [{ type: A, status: 'True' }] }] }"),
      "spec.podReplacementPolicy unsupported" },
  })
end)

describe("a Job's success policy:", function()
  refusals.created(NEW, {
    { "without indexes", job "successPolicy: { rules: [{ succeededCount: 1 }] }",
      "spec.successPolicy invalid" },
    { "without rules",
      job "completionMode: Indexed, completions: 1, successPolicy: { rules: [] }",
      "spec.successPolicy.rules required" },
    { "an empty rule", success "{}", "spec.successPolicy.rules[0] required" },
    { "counts", success("{ succeededCount: 6 }, { succeededCount: -1 }, "
        .. "{ succeededCount: 3, succeededIndexes: '0-1' }"),
      "spec.successPolicy.rules[0].succeededCount invalid",
      "spec.successPolicy.rules[1].succeededCount invalid",
      "spec.successPolicy.rules[2].succeededCount invalid" },
    { "indexes", success("{ succeededIndexes: '5' }, { succeededIndexes: '1,1' }, "
        .. "{ succeededIndexes: '3-1' }, { succeededIndexes: 'a' }, { succeededIndexes: '0-4' }"),
      "spec.successPolicy.rules[0].succeededIndexes invalid",
      "spec.successPolicy.rules[1].succeededIndexes invalid",
      "spec.successPolicy.rules[2].succeededIndexes invalid",
      "spec.successPolicy.rules[3].succeededIndexes invalid" },
  })
end)

describe("a Job that runs,", function()
  refusals.changed(NEW .. "\n" .. job "completions: 3", {
    { "how many at a time", "spec: { parallelism: 2 }" },
    { "its end",
      "spec: { activeDeadlineSeconds: 5, backoffLimit: 2, ttlSecondsAfterFinished: 1 }" },
    { "suspended", "spec: { suspend: true }" },
    { "how many in all", "spec: { completions: 4 }", "spec.completions invalid" },
    { "in another way", "spec: { completionMode: Indexed }", "spec.completionMode invalid" },
    { "its template", "spec: { template: { spec: { activeDeadlineSeconds: 5 } } }",
      "spec.template invalid" },
    { "where its pods run", "spec: { template: { spec: { nodeSelector: { a: b } } } }",
      "spec.template invalid" },
    { "its selector", "spec: { selector: { matchLabels: { a: b } } }", "spec.selector invalid",
      "spec.template.metadata.labels invalid" },
    { "policies", "spec: { podFailurePolicy: { rules: [{ action: Count, onPodConditions: [{ "
        .. "type: A, status: 'True' }] }] }, podReplacementPolicy: Failed }",
      "spec.podFailurePolicy invalid" },
    { "its controller", "spec: { managedBy: a.b/c }", "spec.managedBy invalid" },
  })
  refusals.changed(NEW .. "\n" .. job("completionMode: Indexed, completions: 3, parallelism: 3, "
      .. "backoffLimitPerIndex: 1"), {
    { "with indexes, how many", "spec: { completions: 4, parallelism: 4 }" },
    { "with indexes, how many, but not at a time", "spec: { completions: 4 }",
      "spec.completions invalid" },
    { "with indexes, their limit", "spec: { backoffLimitPerIndex: 2 }",
      "spec.backoffLimitPerIndex invalid" },
    { "with indexes, how many may fail", "spec: { maxFailedIndexes: 2 }" },
    { "with indexes, when it has succeeded", "spec: { successPolicy: { rules: [{ "
        .. "succeededCount: 1 }] } }", "spec.successPolicy invalid" },
  })
end)

describe("a Job that is suspended,", function()
  refusals.changed(NEW .. "\n" .. job "suspend: true", {
    { "where its pods run", "spec: { template: { metadata: { labels: { a: b }, annotations: { c: d "
        .. "} }, spec: { nodeSelector: { a: b }, tolerations: [{ key: a, operator: Exists }], "
        .. "schedulingGates: [{ name: a.b/c }], affinity: { nodeAffinity: { "
        .. "requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ "
        .. "matchExpressions: [{ key: a, operator: Exists }] }] } } } } } }" },
    { "what its pods ask for", "spec: { template: { spec: { containers: [{ name: c, image: i, "
        .. "imagePullPolicy: Always, terminationMessagePath: /dev/termination-log, "
        .. "terminationMessagePolicy: File, resources: { requests: { cpu: 1 } } }] } } }" },
    { "its pods' image", "spec: { template: { spec: { containers: [{ name: c, image: j, "
        .. "imagePullPolicy: Always, terminationMessagePath: /dev/termination-log, "
        .. "terminationMessagePolicy: File }] } } }", "spec.template invalid" },
    { "which other pods its pods are near to", "spec: { template: { spec: { affinity: { "
        .. "podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: a, "
        .. "labelSelector: {} }] } } } } }", "spec.template invalid" },
    { "how many", "spec: { completions: 3 }", "spec.completions invalid" },
  })
  refusals.changed(NEW .. "\n" .. job "suspend: true" .. "\nstatus: { active: 1, "
      .. "startTime: '2024-01-01T00:00:00Z' }", {
    { "while pods still run, where they run", "spec: { template: { spec: { nodeSelector: { a: b } "
        .. "} } }", "spec.template invalid" },
  })
end)

describe("a Job's status:", function()
  local RUNS = "\nstatus: { active: 2, ready: 1, startTime: '2024-01-01T00:00:00Z', failed: 1 }"
  refusals.reported(NEW .. "\n" .. job "completions: 3" .. RUNS, {
    { "numbers", "status: { active: -1, succeeded: -1, failed: -1, ready: -1, terminating: -1 }",
      "status.active invalid", "status.succeeded invalid", "status.failed invalid",
      "status.ready invalid", "status.terminating invalid" },
    { "more ready than there are", "status: { ready: 3 }", "status.ready invalid" },
    { "complete, and nothing else", "status: { conditions: [{ type: Complete, status: 'True' }] }",
      "status.conditions invalid", "status.completionTime required", "status.active invalid" },
    { "complete and failed", "status: { active: 0, ready: 0, "
        .. "completionTime: '2024-01-01T00:00:01Z', conditions: [{ type: Complete, status: 'True' "
        .. "}, { type: SuccessCriteriaMet, status: 'True' }, { type: Failed, status: 'True' }, "
        .. "{ type: FailureTarget, status: 'True' }] }", "status.conditions invalid" },
    { "complete", "status: { active: 0, ready: 0, completionTime: '2024-01-01T00:00:01Z', "
        .. "conditions: [{ type: Complete, status: 'True' }, { type: SuccessCriteriaMet, "
        .. "status: 'True' }] }" },
    { "complete before it began", "status: { active: 0, ready: 0, "
        .. "completionTime: '2023-01-01T00:00:01Z', conditions: [{ type: Complete, status: 'True' "
        .. "}, { type: SuccessCriteriaMet, status: 'True' }] }", "status.completionTime invalid" },
    { "failed without its sign", "status: { active: 0, ready: 0, conditions: [{ type: Failed, "
        .. "status: 'True' }] }", "status.conditions invalid" },
    { "an end while it runs", "status: { completionTime: '2024-01-01T00:00:01Z' }",
      "status.completionTime invalid" },
    { "fewer failures", "status: { failed: 0 }", "status.failed invalid" },
    { "no start", "status: { startTime: null }", "status.startTime required" },
    { "indexes that it has not", "status: { completedIndexes: '0', failedIndexes: '1' }",
      "status.completedIndexes invalid", "status.failedIndexes invalid" },
    { "pods to be counted twice", "status: { uncountedTerminatedPods: { succeeded: [a, ''], "
        .. "failed: [a] } }", "status.uncountedTerminatedPods.succeeded[1] invalid",
      "status.uncountedTerminatedPods.failed[0] duplicate" },
  })
end)

describe("a CronJob:", function()
  local CRON = "apiVersion: batch/v1\nkind: CronJob"
  local function cron(fields, of_job)
    local its_spec = of(of_job or "suspend: false")
    return ("spec: { %s, jobTemplate: { spec: %s } }"):format(fields, its_spec)
  end
  refusals.created(CRON, {
    { "schedules", cron "schedule: '* * * * * *'", "spec.schedule invalid" },
    { "no schedule", cron "schedule: ''", "spec.schedule required" },
    { "a zone in the schedule", cron "schedule: 'TZ=UTC * * * * *'", "spec.schedule invalid" },
    { "zones", cron "schedule: '@daily', timeZone: Mars/Base", "spec.timeZone invalid" },
    { "the local zone", cron "schedule: '@daily', timeZone: Local", "spec.timeZone invalid" },
    { "no zone", cron "schedule: '@daily', timeZone: ''", "spec.timeZone invalid" },
    { "numbers", cron("schedule: '@daily', startingDeadlineSeconds: -1, "
        .. "successfulJobsHistoryLimit: -1, failedJobsHistoryLimit: -1"),
      "spec.startingDeadlineSeconds invalid", "spec.successfulJobsHistoryLimit invalid",
      "spec.failedJobsHistoryLimit invalid" },
    { "a policy", cron "schedule: '@daily', concurrencyPolicy: X",
      "spec.concurrencyPolicy unsupported" },
    { "its Jobs' selector", cron("schedule: '@daily'", "manualSelector: true, selector: { "
        .. "matchLabels: { a: b } }"), "spec.jobTemplate.spec.selector invalid",
      "spec.jobTemplate.spec.manualSelector unsupported" },
    { "its Jobs' numbers", cron("schedule: '@daily'", "parallelism: -1, completions: -1"),
      "spec.jobTemplate.spec.parallelism invalid", "spec.jobTemplate.spec.completions invalid" },
    { "its Jobs' pods", "spec: { schedule: '@daily', jobTemplate: { spec: { template: { spec: { "
        .. "containers: [] } } } } }",
      "spec.jobTemplate.spec.template.spec.containers required",
      "spec.jobTemplate.spec.template.spec.restartPolicy required" },
    { "a name of 53 characters", "metadata: { name: " .. ("x"):rep(53) .. " }\n"
        .. cron "schedule: '@daily'", "metadata.name invalid" },
    { "a name of 52 characters", "metadata: { name: " .. ("x"):rep(52) .. " }\n"
        .. cron "schedule: '@daily'" },
  })
  refusals.changed(CRON .. "\n" .. cron "schedule: '@daily'", {
    { "all that it does", "spec: { schedule: '@hourly', timeZone: UTC, suspend: true, "
        .. "concurrencyPolicy: Forbid, jobTemplate: { spec: { completions: 2 } } }" },
    { "a zone in the schedule", "spec: { schedule: 'CRON_TZ=UTC * * * * *' }",
      "spec.schedule invalid" },
  })
end)
