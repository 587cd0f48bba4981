-- SPDX-License-Identifier: MIT
--- A Job that may do its work again after it was done.
--
-- Kubernetes runs the pods of a Job at least once, not once: one that did its side
-- effect and then failed, or whose node was lost, is run again, up to backoffLimit
-- times. And while a terminating pod still works, its replacement starts.
local Model = require "wl.lint.model"
local rule = require "wl.lint.rule"

local function check(entry, spec, path, report)
  local restarts = entry.pods.spec.restartPolicy == "OnFailure"
  local limit = spec.backoffLimitPerIndex or spec.backoffLimit or 6
  if limit == 0 and not restarts then return end
  if spec.podFailurePolicy then return end
  local field = restarts and Model.pod_path(entry, "spec.restartPolicy") or path .. ".backoffLimit"
  report(entry, field, ("what has failed after its side effect is run again, up to %d time%s")
    :format(limit, limit == 1 and "" or "s"), "make the work idempotent; or write backoffLimit: 0 "
    .. "with restartPolicy: Never, or a podFailurePolicy that says which exit codes may be retried")
end

return rule "job-runs-again" {
  about = "a Job that can be retried after its side effect",
  severity = "note",
  check = function(model, report)
    for entry in model:each "Job" do check(entry, entry.object.spec, "spec", report) end
    for entry in model:each "CronJob" do
      check(entry, entry.object.spec.jobTemplate.spec, "spec.jobTemplate.spec", report)
    end
  end,
}
