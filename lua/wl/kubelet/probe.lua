-- SPDX-License-Identifier: MIT
--- Probes as delays: when a healthy container passes them, and how long an
-- unhealthy one goes unnoticed. Source: pkg/kubelet/prober.
local probe = {}

local DEFAULTS = { initialDelaySeconds = 0, periodSeconds = 10, successThreshold = 1,
                   failureThreshold = 3 }

local function get(one, field)
  return one[field] or DEFAULTS[field]
end

-- The first probe comes after the initial delay, the others period by period.
local function passes_after(one)
  if not one then
    return 0
  end
  return get(one, "initialDelaySeconds")
    + (get(one, "successThreshold") - 1) * get(one, "periodSeconds")
end

--- Seconds from a container's start until its startup probe has passed.
-- @param container of a pod's spec
function probe.started(container)
  return passes_after(container.startupProbe)
end

--- Seconds from a container's start until it is ready.
-- @param container of a pod's spec
function probe.ready(container)
  return math.max(passes_after(container.startupProbe), passes_after(container.readinessProbe))
end

--- Seconds from the moment when a container is unhealthy until the kubelet
-- gives it up: the next probe and those that must fail after it.
-- @param one the liveness or startup probe
function probe.gives_up_after(one)
  return get(one, "failureThreshold") * get(one, "periodSeconds")
end

return probe
