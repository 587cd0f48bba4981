-- SPDX-License-Identifier: MIT
--- How autoscalers are described.
-- Source: k8s.io/kubectl/pkg/describe describeHorizontalPodAutoscalerV2.
local parts = require "wl.describe.parts"

local autoscaler = {}

local function percentage(current, target)
  local now = "<unknown>"
  if current and current.averageUtilization then
    now = ("%d%% (%s)"):format(current.averageUtilization,
      tostring(current.averageValue or "<unknown>"))
  end
  return ("%s / %d%%"):format(now, target.averageUtilization)
end

local function amount(current, target)
  local now = current and (current.averageValue or current.value)
  return ("%s / %s"):format(tostring(now or "<unknown>"),
    tostring(target.averageValue or target.value or "<auto>"))
end

local function write_resource(w, metric, current)
  local target = metric.target or {}
  local now = current and current.current
  if target.averageUtilization then
    w:line(1, ("resource %s on pods  (as a percentage of request):\t%s"):format(metric.name,
      percentage(now, target)))
  else
    w:line(1, ("resource %s on pods:\t%s"):format(metric.name, amount(now, target)))
  end
end

local function write_metrics(w, object)
  local current = object.status and object.status.currentMetrics or {}
  w:line(0, "Metrics:\t( current / target )")
  for i, metric in ipairs(object.spec.metrics or {}) do
    if metric.type == "Resource" then
      write_resource(w, metric.resource, current[i] and current[i].resource)
    else
      local field = metric.type:sub(1, 1):lower() .. metric.type:sub(2)
      local wanted = metric[field] or {}
      local now = current[i] and current[i][field]
      w:line(1, ('"%s" (%s):\t%s'):format(wanted.metric and wanted.metric.name or wanted.name or "",
        metric.type, amount(now and now.current, wanted.target or {})))
    end
  end
end

--- Describe a HorizontalPodAutoscaler.
function autoscaler.HorizontalPodAutoscaler(w, object, ctx)
  local spec, status = object.spec, object.status or {}
  parts.name(w, object)
  parts.labels_and_annotations(w, object)
  w:line(0, "CreationTimestamp:\t" .. parts.moment(object.metadata.creationTimestamp))
  w:line(0, ("Reference:\t%s/%s"):format(spec.scaleTargetRef.kind, spec.scaleTargetRef.name))
  write_metrics(w, object)
  w:line(0, "Min replicas:\t" .. (spec.minReplicas and ("%d"):format(spec.minReplicas)
    or "<unset>"))
  w:line(0, ("Max replicas:\t%d"):format(spec.maxReplicas or 0))
  w:line(0, ("%s pods:\t%d current / %d desired"):format(spec.scaleTargetRef.kind,
    status.currentReplicas or 0, status.desiredReplicas or 0))
  parts.conditions(w, status.conditions, { "reason", "message" }, "")
  parts.events(w, object, ctx)
end

return autoscaler
