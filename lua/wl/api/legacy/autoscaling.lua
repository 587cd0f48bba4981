-- SPDX-License-Identifier: MIT
--- HorizontalPodAutoscaler of autoscaling/v1 and v2beta1.
local reach = require "wl.api.legacy.reach"
local value = require "wl.value"

local autoscaling = {}

local function utilization(percent)
  return {
    type = "Resource",
    resource = { name = "cpu", target = { type = "Utilization", averageUtilization = percent } },
  }
end

--- autoscaling/v1 knows the share of cpu only. It is still served.
function autoscaling.from_v1(draft)
  local spec = reach.map(draft, "spec")
  if spec and not reach.is_absent(spec, "targetCPUUtilizationPercentage") then
    spec.metrics = value.list { utilization(spec.targetCPUUtilizationPercentage) }
    spec.targetCPUUtilizationPercentage = nil
  end
  local status = reach.map(draft, "status")
  if status then status.currentCPUUtilizationPercentage = nil end
end

-- Take a field out of a map.
local function take(map, name)
  local x = map[name]
  map[name] = nil
  return x
end

local function target(source, value_field, average_field)
  local average = take(source, average_field)
  if average ~= nil then return { type = "AverageValue", averageValue = average } end
  return { type = "Value", value = value_field and take(source, value_field) }
end

local function metric(source, name_field, selector_field)
  return { name = take(source, name_field), selector = take(source, selector_field) }
end

local function resource(source)
  local percent = take(source, "targetAverageUtilization")
  source.target = percent ~= nil and { type = "Utilization", averageUtilization = percent }
    or target(source, nil, "targetAverageValue")
end

-- How each sort of metric was written in v2beta1.
local SOURCES = {
  resource = resource,
  containerResource = resource,
  pods = function(source)
    source.metric = metric(source, "metricName", "selector")
    source.target = target(source, nil, "targetAverageValue")
  end,
  object = function(source)
    source.describedObject = take(source, "target")
    source.metric = metric(source, "metricName", "selector")
    source.target = target(source, "targetValue", "averageValue")
  end,
  external = function(source)
    source.metric = metric(source, "metricName", "metricSelector")
    source.target = target(source, "targetValue", "targetAverageValue")
  end,
}

--- v2beta1 wrote the target's parts beside the metric's.
function autoscaling.from_v2beta1(draft)
  for _, entry in ipairs(reach.items(draft, "spec", "metrics")) do
    for name, convert in pairs(SOURCES) do
      if value.is_map(entry[name]) then convert(entry[name]) end
    end
  end
  draft.status = nil
end

return autoscaling
