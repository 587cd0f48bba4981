-- SPDX-License-Identifier: MIT
--- HorizontalPodAutoscaler (autoscaling/v2; v1 beside it), and Scale.
local schema = require "wl.schema"
local defaults = require "wl.api.defaults.autoscaling"
local meta = require "wl.api.meta"

local object, list, merged = schema.object, schema.list, schema.merged
local required, always = schema.required, schema.always
local word, str, int32, int64, count, quantity, time = schema.word, schema.str, schema.int32,
  schema.int64, schema.count, schema.quantity, schema.time

local autoscaling = {}

autoscaling.CrossVersionObjectReference = object {
  apiVersion = word, kind = required(str), name = required(str),
}

autoscaling.MetricIdentifier = object { name = required(str), selector = meta.LabelSelector }

autoscaling.MetricTarget = object {
  type = required(str) { enum = { "AverageValue", "Utilization", "Value" } },
  value = quantity, averageValue = quantity, averageUtilization = int32,
}

autoscaling.MetricValueStatus = object {
  value = quantity, averageValue = quantity, averageUtilization = int32,
}

-- A metric is asked for with a target, and reported with what it is now.

local asked, now = required(autoscaling.MetricTarget), required(autoscaling.MetricValueStatus)
local METRIC = required(autoscaling.MetricIdentifier)
local OBJECT = required(autoscaling.CrossVersionObjectReference)

autoscaling.ResourceMetricSource = object { name = required(str), target = asked }
autoscaling.ResourceMetricStatus = object { name = required(str), current = now }

autoscaling.ContainerResourceMetricSource = object {
  name = required(str), container = required(str), target = asked,
}
autoscaling.ContainerResourceMetricStatus = object {
  name = required(str), container = required(str), current = now,
}

autoscaling.PodsMetricSource = object { metric = METRIC, target = asked }
autoscaling.PodsMetricStatus = object { metric = METRIC, current = now }

autoscaling.ObjectMetricSource = object {
  describedObject = OBJECT, metric = METRIC, target = asked,
}
autoscaling.ObjectMetricStatus = object { describedObject = OBJECT, metric = METRIC, current = now }

autoscaling.ExternalMetricSource = object { metric = METRIC, target = asked }
autoscaling.ExternalMetricStatus = object { metric = METRIC, current = now }

local METRIC_TYPES = { "ContainerResource", "External", "Object", "Pods", "Resource" }

autoscaling.MetricSpec = object {
  type = required(str) { enum = METRIC_TYPES },
  resource = autoscaling.ResourceMetricSource,
  containerResource = autoscaling.ContainerResourceMetricSource,
  pods = autoscaling.PodsMetricSource, object = autoscaling.ObjectMetricSource,
  external = autoscaling.ExternalMetricSource,
}

autoscaling.MetricStatus = object {
  type = required(str) { enum = METRIC_TYPES },
  resource = autoscaling.ResourceMetricStatus,
  containerResource = autoscaling.ContainerResourceMetricStatus,
  pods = autoscaling.PodsMetricStatus, object = autoscaling.ObjectMetricStatus,
  external = autoscaling.ExternalMetricStatus,
}

autoscaling.HPAScalingPolicy = object {
  type = required(str) { enum = { "Percent", "Pods" } },
  value = required(int32), periodSeconds = required(int32),
}

autoscaling.HPAScalingRules = object {
  stabilizationWindowSeconds = int32, selectPolicy = str { enum = { "Disabled", "Max", "Min" } },
  policies = list(autoscaling.HPAScalingPolicy), tolerance = quantity,
}

autoscaling.HorizontalPodAutoscalerBehavior = object {
  scaleUp = autoscaling.HPAScalingRules, scaleDown = autoscaling.HPAScalingRules,
}

autoscaling.HorizontalPodAutoscalerSpec = object {
  scaleTargetRef = required(autoscaling.CrossVersionObjectReference),
  minReplicas = int32 { default = 1 }, maxReplicas = required(int32),
  metrics = list(autoscaling.MetricSpec), behavior = autoscaling.HorizontalPodAutoscalerBehavior,
} { complete = defaults.autoscaler_spec }

autoscaling.HorizontalPodAutoscalerCondition = meta.condition()

autoscaling.HorizontalPodAutoscalerStatus = object {
  observedGeneration = int64, lastScaleTime = time,
  currentReplicas = count, desiredReplicas = required(int32) { default = 0 },
  currentMetrics = list(autoscaling.MetricStatus),
  conditions = merged(autoscaling.HorizontalPodAutoscalerCondition, "type"),
}

autoscaling.HorizontalPodAutoscaler = meta.resource {
  spec = required(autoscaling.HorizontalPodAutoscalerSpec) { default = {} },
  status = always(autoscaling.HorizontalPodAutoscalerStatus),
}

-- autoscaling/v1

local v1 = {}

v1.CrossVersionObjectReference = autoscaling.CrossVersionObjectReference

v1.HorizontalPodAutoscalerSpec = object {
  scaleTargetRef = required(autoscaling.CrossVersionObjectReference),
  minReplicas = int32 { default = 1 }, maxReplicas = required(int32),
  targetCPUUtilizationPercentage = int32,
}

v1.HorizontalPodAutoscalerStatus = object {
  observedGeneration = int64, lastScaleTime = time,
  currentReplicas = required(int32) { default = 0 },
  desiredReplicas = required(int32) { default = 0 }, currentCPUUtilizationPercentage = int32,
}

v1.HorizontalPodAutoscaler = meta.resource {
  spec = required(v1.HorizontalPodAutoscalerSpec) { default = {} },
  status = always(v1.HorizontalPodAutoscalerStatus),
}

v1.ScaleSpec = object { replicas = count }

v1.ScaleStatus = object { replicas = required(int32) { default = 0 }, selector = word }

v1.Scale = meta.resource { spec = always(v1.ScaleSpec), status = always(v1.ScaleStatus) }

autoscaling.v1 = schema.named(v1)

return schema.named(autoscaling)
