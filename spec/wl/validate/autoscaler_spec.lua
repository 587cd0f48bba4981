-- SPDX-License-Identifier: MIT
-- What a HorizontalPodAutoscaler may say. A case: what it is about, YAML, what is
-- said against it. (pkg/apis/autoscaling/validation)
local refusals = require "spec.support.refusals"

local TARGET = "scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }"

local function spec(fields) return ("spec: { maxReplicas: 5, %s, %s }"):format(TARGET, fields) end

local function metric(text) return spec("metrics: [" .. text .. "]") end

local function behaving(text) return spec("behavior: { scaleUp: " .. text .. " }") end

local NEW = "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler"

describe("a HorizontalPodAutoscaler:", function()
  refusals.created(NEW, {
    { "a good one", spec "minReplicas: 1" },
    { "limits", "spec: { minReplicas: 3, maxReplicas: 2, " .. TARGET .. " }",
      "spec.maxReplicas invalid" },
    { "limits below one", "spec: { minReplicas: 0, maxReplicas: 0, " .. TARGET .. " }",
      "spec.minReplicas invalid", "spec.maxReplicas invalid" },
    { "no target", "spec: { maxReplicas: 2, scaleTargetRef: { kind: '', name: '' } }",
      "spec.scaleTargetRef.kind required", "spec.scaleTargetRef.name required",
      "spec.scaleTargetRef.apiVersion invalid" },
    { "a target that is no name", "spec: { maxReplicas: 2, scaleTargetRef: { kind: a/b, "
        .. "name: .., apiVersion: a/b/c } }",
      "spec.scaleTargetRef.kind invalid", "spec.scaleTargetRef.name invalid",
      "spec.scaleTargetRef.apiVersion invalid" },
    { "a target without a group", "spec: { maxReplicas: 2, scaleTargetRef: { kind: Deployment, "
        .. "name: web, apiVersion: v1 } }",
      "spec.scaleTargetRef.apiVersion invalid" },
    { "a target of the core", "spec: { maxReplicas: 2, scaleTargetRef: { name: web, "
        .. "kind: ReplicationController, apiVersion: v1 } }" },
  })

  refusals.changed(NEW .. "\n" .. spec "minReplicas: 1", {
    { "its numbers", "spec: { maxReplicas: 0 }", "spec.maxReplicas invalid" },
    { "its target", "spec: { scaleTargetRef: { apiVersion: v1 } }",
      "spec.scaleTargetRef.apiVersion invalid" },
  })

  refusals.reported(NEW .. "\n" .. spec "minReplicas: 1", {
    { "numbers", "status: { currentReplicas: -1, desiredReplicas: -1 }",
      "status.currentReplicas invalid", "status.desiredReplicas invalid" },
  })
end)

describe("its metrics:", function()
  refusals.created(NEW, {
    { "types", metric "{ type: X }, { type: Resource }, { type: '' }",
      "spec.metrics[0].type unsupported", "spec.metrics[1].resource required",
      "spec.metrics[2].type required" },
    { "another source", metric("{ type: Pods, resource: { name: cpu, target: { "
        .. "type: Utilization, averageUtilization: 50 } } }"), "spec.metrics[0].pods required" },
    { "two sources", metric("{ type: Resource, resource: { name: cpu, target: { type: "
        .. "Utilization, averageUtilization: 50 } }, pods: { metric: { name: a }, "
        .. "target: { type: AverageValue, averageValue: 1 } } }"),
      "spec.metrics[0].pods forbidden" },
    { "a resource without name and number",
      metric "{ type: Resource, resource: { name: '', target: { type: Utilization } } }",
      "spec.metrics[0].resource.name required",
      "spec.metrics[0].resource.target.averageUtilization required" },
    { "a resource with two numbers", metric("{ type: Resource, resource: { name: cpu, target: { "
        .. "type: Utilization, averageUtilization: 0, averageValue: 0 } } }"),
      "spec.metrics[0].resource.target.averageUtilization invalid",
      "spec.metrics[0].resource.target.averageValue invalid",
      "spec.metrics[0].resource.target.averageValue forbidden" },
    { "a container", metric("{ type: ContainerResource, containerResource: { name: cpu, "
        .. "container: A_b, target: { type: X, averageValue: 1 } } }, { type: ContainerResource, "
        .. "containerResource: { name: '', container: '', target: { type: Value, averageValue: 1 "
        .. "} } }"),
      "spec.metrics[0].containerResource.container invalid",
      "spec.metrics[0].containerResource.target.type invalid",
      "spec.metrics[1].containerResource.container required",
      "spec.metrics[1].containerResource.name required" },
    { "pods", metric("{ type: Pods, pods: { metric: { name: a/b }, target: { type: Value, "
        .. "value: 1 } } }"),
      "spec.metrics[0].pods.metric.name invalid",
      "spec.metrics[0].pods.target.averageValue required" },
    { "an object", metric("{ type: Object, object: { describedObject: { kind: '', name: a }, "
        .. "metric: { name: '' }, target: { type: '' } } }"),
      "spec.metrics[0].object.describedObject.kind required",
      "spec.metrics[0].object.metric.name required",
      "spec.metrics[0].object.target.type required",
      "spec.metrics[0].object.target.averageValue required" },
    { "an external one", metric("{ type: External, external: { metric: { name: a }, target: { "
        .. "type: Value, value: 1, averageValue: 1 } } }"),
      "spec.metrics[0].external.target.value forbidden" },
  })
end)

describe("its behavior:", function()
  refusals.created(NEW, {
    { "windows", behaving "{ stabilizationWindowSeconds: 3601 }",
      "spec.behavior.scaleUp.stabilizationWindowSeconds invalid" },
    { "a window below zero", behaving "{ stabilizationWindowSeconds: -1 }",
      "spec.behavior.scaleUp.stabilizationWindowSeconds invalid" },
    { "which policy", behaving "{ selectPolicy: X }",
      "spec.behavior.scaleUp.selectPolicy unsupported" },
    { "policies", behaving("{ policies: [{ type: X, value: 0, periodSeconds: 0 }, { type: Pods, "
        .. "value: 1, periodSeconds: 1801 }] }"),
      "spec.behavior.scaleUp.policies[0].type unsupported",
      "spec.behavior.scaleUp.policies[0].value invalid",
      "spec.behavior.scaleUp.policies[0].periodSeconds invalid",
      "spec.behavior.scaleUp.policies[1].periodSeconds invalid" },
    { "a tolerance", behaving "{ tolerance: -1 }", "spec.behavior.scaleUp.tolerance invalid" },
  })
end)
