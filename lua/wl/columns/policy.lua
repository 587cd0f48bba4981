-- SPDX-License-Identifier: MIT
--- The columns of disruption budgets and autoscalers.
-- Source: kubernetes pkg/printers/internalversion printPodDisruptionBudget,
-- printHorizontalPodAutoscaler.
local cells = require "wl.columns.cells"

local policy = {}

policy.PodDisruptionBudget = {
  cells.NAME,
  { "MIN AVAILABLE", function(object) return cells.text(object.spec.minAvailable, "N/A") end },
  { "MAX UNAVAILABLE", function(object) return cells.text(object.spec.maxUnavailable, "N/A") end },
  { "ALLOWED DISRUPTIONS", cells.count "status.disruptionsAllowed" },
  cells.AGE,
}

local function percent(number)
  return number and number .. "%" or "<unknown>"
end

-- What is measured and what is wanted, for a metric's target or its status.
local function amount(target, type)
  if not target then
    return "<unknown>"
  elseif type == "Utilization" or target.averageUtilization then
    return percent(target.averageUtilization)
  end
  return tostring(target.averageValue or target.value or "<unknown>")
end

local function metric_text(metric, current)
  local field = metric.type and (metric.type:sub(1, 1):lower() .. metric.type:sub(2)) or "resource"
  local wanted = metric[field] or {}
  local target = wanted.target or {}
  local now = current and current[field] and current[field].current
  local text = amount(now, target.type) .. "/" .. amount(target, target.type)
  if not wanted.target and target.averageValue then
    text = text .. " (avg)"
  end
  return wanted.name and ("%s: %s"):format(wanted.name, text) or text
end

--- "cpu: 20%/80%", at most two metrics.
function policy.targets(object)
  local metrics = object.spec.metrics or {}
  local current = object.status and object.status.currentMetrics or {}
  local parts = {}
  for i, metric in ipairs(metrics) do
    if i <= 2 then
      parts[i] = metric_text(metric, current[i])
    end
  end
  local text = table.concat(parts, ", ")
  if #metrics > 2 then
    text = ("%s + %d more..."):format(text, #metrics - 2)
  end
  return text ~= "" and text or nil
end

policy.HorizontalPodAutoscaler = {
  cells.NAME,
  { "REFERENCE", function(object)
    local target = object.spec.scaleTargetRef
    return target.kind .. "/" .. target.name
  end },
  { "TARGETS", policy.targets },
  { "MINPODS", function(object) return object.spec.minReplicas or "<unset>" end },
  { "MAXPODS", cells.count "spec.maxReplicas" },
  { "REPLICAS", cells.count "status.currentReplicas" },
  cells.AGE,
}

return policy
