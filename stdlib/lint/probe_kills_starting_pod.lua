-- SPDX-License-Identifier: MIT
--- A container that is killed while it is still starting.
--
-- Without a startup probe the liveness probe counts failures from its initial delay
-- on; when it gives up before the readiness probe even begins, the author expected a
-- longer start than it allows. And a preStop sleep as long as the grace period
-- leaves none for the process.
local Model = require "wl.lint.model"
local rule = require "wl.lint.rule"

local function gives_up(probe)
  return (probe.initialDelaySeconds or 0)
    + (probe.failureThreshold or 3) * (probe.periodSeconds or 10)
end

local function check_liveness(entry, container, path, report)
  local alive, ready = container.livenessProbe, container.readinessProbe
  if not alive or not ready or container.startupProbe then return end
  local killed, looked_at = gives_up(alive), ready.initialDelaySeconds or 0
  if killed <= looked_at then
    report(entry, path .. ".livenessProbe", ("gives up after %d s, but the readiness probe expects "
      .. "nothing before %d s: a slow start is killed again and again"):format(killed, looked_at),
      "write a startupProbe for the start, and keep livenessProbe for what comes after")
  end
end

local function check_stop(entry, container, path, report)
  local hook = container.lifecycle and container.lifecycle.preStop
  local sleep = hook and hook.sleep and hook.sleep.seconds
  local grace = entry.pods.spec.terminationGracePeriodSeconds or 30
  if sleep and sleep >= grace then
    report(entry, path .. ".lifecycle.preStop.sleep.seconds", ("%d s use up the grace period of "
      .. "%d s: the process is killed"):format(sleep, grace),
      ("write terminationGracePeriodSeconds: %d"):format(sleep + 30))
  end
end

return rule "probe-kills-starting-pod" {
  about = "a probe or hook that leaves a container no time to start or to stop",
  severity = "warning",
  check = function(model, report)
    for _, entry in ipairs(model:with_pods()) do
      for i, container in ipairs(entry.pods.spec.containers) do
        local path = Model.pod_path(entry, ("spec.containers[%d]"):format(i - 1))
        check_liveness(entry, container, path, report)
        check_stop(entry, container, path, report)
      end
    end
  end,
}
