-- SPDX-License-Identifier: MIT
--- A progress deadline that is over before a pod can be available.
--
-- The soonest that a pod is: its probes' initial delays, the successes that they
-- need, and minReadySeconds, if the process answers at once.
local rule = require "wl.lint.rule"

-- Seconds until a probe may have succeeded as often as it must.
local function soonest(probe)
  if not probe then return 0 end
  return (probe.initialDelaySeconds or 0)
    + ((probe.successThreshold or 1) - 1) * (probe.periodSeconds or 10)
end

local function ready_after(spec)
  local longest = 0
  for _, container in ipairs(spec.containers) do
    local seconds = math.max(soonest(container.startupProbe), soonest(container.readinessProbe))
    longest = math.max(longest, seconds)
  end
  return longest
end

return rule "deadline-too-short" {
  about = "a progress deadline shorter than the readiness it waits for",
  severity = "warning",
  check = function(model, report)
    for entry in model:each "Deployment" do
      local spec = entry.object.spec
      local deadline, ready = spec.progressDeadlineSeconds, ready_after(entry.pods.spec)
      local least = ready + (spec.minReadySeconds or 0)
      if deadline and least >= deadline then
        report(entry, "spec.progressDeadlineSeconds", ("%d s are over before a pod can be "
          .. "available: ready after %d s at the soonest, then minReadySeconds of %d s"):format(
          deadline, ready, spec.minReadySeconds or 0),
          ("write at least %d: twice as long as it takes"):format(2 * least))
      end
    end
  end,
}
