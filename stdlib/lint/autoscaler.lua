-- SPDX-License-Identifier: MIT
--- A HorizontalPodAutoscaler that can not measure, or fights a manifest.
--
-- Utilization is a share of what the containers request: without requests there is
-- nothing to take a share of. And a manifest that says `replicas` takes back at each
-- apply what the autoscaler did.
local Model = require "wl.lint.model"
local rule = require "wl.lint.rule"

local function request_of(container, resource)
  local resources = container.resources
  return resources and (resources.requests or {})[resource] or nil
end

local function check_metric(entry, target, metric, field, report)
  local source = metric.resource or metric.containerResource
  if not source or source.target.type ~= "Utilization" then return end
  for i, container in ipairs(target.pods.spec.containers) do
    local is_meant = not metric.containerResource or metric.containerResource.container
      == container.name
    if is_meant and not request_of(container, source.name) then
      report(target, Model.pod_path(target, ("spec.containers[%d].resources"):format(i - 1)),
        ("HorizontalPodAutoscaler/%s (%s) wants a share of the %s request, and container %s has "
        .. "none: it never scales"):format(entry.name, field, source.name, container.name),
        ("write resources.requests.%s"):format(source.name))
    end
  end
end

local function said_replicas(target)
  local given = target.document.object
  return given.spec and given.spec.replicas ~= nil
end

local function check(model, entry, report)
  local spec = entry.object.spec
  local target = model:find(spec.scaleTargetRef.kind, entry.namespace, spec.scaleTargetRef.name)
  if not target then
    report(entry, "spec.scaleTargetRef", ("there is no %s %q in these manifests"):format(
      spec.scaleTargetRef.kind, spec.scaleTargetRef.name),
      "write the kind and name of the workload")
    return
  end
  for i, metric in ipairs(target.pods and spec.metrics or {}) do
    check_metric(entry, target, metric, ("spec.metrics[%d]"):format(i - 1), report)
  end
  if said_replicas(target) then
    report(target, "spec.replicas", ("each apply sets this back, whatever HorizontalPodAutoscaler/"
      .. "%s has made of it"):format(entry.name), "take replicas out of the manifest", "note")
  end
end

return rule "autoscaler" {
  about = "a HorizontalPodAutoscaler that cannot measure its target, or fights a manifest",
  severity = "warning",
  check = function(model, report)
    for entry in model:each "HorizontalPodAutoscaler" do check(model, entry, report) end
  end,
}
