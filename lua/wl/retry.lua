-- SPDX-License-Identifier: MIT
--- Retry policies: what to do about a failed pod of a Job.
--
--     return retry "Fixed" {
--       params = { delay = retry.int { default = 10, min = 0 } },
--       decide = function(view)
--         return { action = "retry", after = view.params.delay }
--       end,
--     }
--
-- A Job names one in a field that Kubernetes does not have, beside its own
-- limits, which go on to count: `retry: { type: Fixed, fixed: { delay: 30 } }`
-- in its spec.
local policy = require "wl.policy"
local types = require "wl.policy.types"

local ACTIONS = { "retry", "fail", "ignore", "fail_index" }

return policy.declare("retry", {
  word = "retry",
  doc = "what to do about a failed pod of a Job",
  named = "spec.retry.type",
  example = "Fixed",
  fields = { params = "table" },
  required = { "decide" },
  functions = {
    decide = {
      doc = "asked once for each failure",
      receives = {
        { "failures", types.count, "failures so far, this one included; of the index, if any" },
        { "total", types.count, "failures of the whole Job so far, this one included" },
        { "recent", types.list(types.time, "a list of moments"), "when pods of the workload failed,"
          .. " this one included: of all Jobs of a CronJob; the latest last" },
        { "exit_code", types.number_any, "of the container that failed", optional = true },
        { "container", types.text, "its name", optional = true },
        { "reason", types.text, "of the pod: Evicted, DeadlineExceeded ...", optional = true },
        { "index", types.count, "of an Indexed Job's pod", optional = true },
        { "failed_at", types.time, "when it failed" },
        { "ran", types.seconds, "how long it had run" },
        { "since_start", types.seconds, "how long the Job has run" },
        { "params", types.any, "the policy's own block of the manifest", optional = true },
        { "now", types.time, "the virtual time" },
      },
      returns = types.either(types.seconds, types.one_of(ACTIONS), types.record({
        { "action", types.one_of(ACTIONS), "what to do" },
        { "after", types.seconds, "with retry: seconds until then", optional = true },
        { "message", types.text, "why, for people", optional = true },
      }, "a table with action, after, message")),
      means = {
        retry = "start another pod; a number alone is retry after so many seconds",
        fail = "fail the Job",
        ignore = "start another pod, and do not count the failure",
        fail_index = "fail the pod's index, and go on with the others",
      },
    },
  },
})
