-- SPDX-License-Identifier: MIT
--- Objects that pods need, that exist in no manifest here.
--
-- A note each: they may be in the cluster already. The governing Service of a
-- StatefulSet is looked at, too: without it its pods have no names in DNS.
local Model = require "wl.lint.model"
local rule = require "wl.lint.rule"

-- What one source of a volume or variable refers to, unless it is optional.
local function refer(found, source, kind, field, key)
  if source and not source.optional then found(kind, source[key or "name"], field) end
end

local function each_volume(spec, found)
  for i, volume in ipairs(spec.volumes or {}) do
    local at = ("spec.volumes[%d]."):format(i - 1)
    refer(found, volume.configMap, "ConfigMap", at .. "configMap.name")
    refer(found, volume.secret, "Secret", at .. "secret.secretName", "secretName")
    refer(found, volume.persistentVolumeClaim, "PersistentVolumeClaim",
      at .. "persistentVolumeClaim.claimName", "claimName")
  end
end

local function each_variable(container, at, found)
  for i, source in ipairs(container.envFrom or {}) do
    local here = ("%s.envFrom[%d]."):format(at, i - 1)
    refer(found, source.configMapRef, "ConfigMap", here .. "configMapRef.name")
    refer(found, source.secretRef, "Secret", here .. "secretRef.name")
  end
  for i, variable in ipairs(container.env or {}) do
    local from, here = variable.valueFrom or {}, ("%s.env[%d].valueFrom."):format(at, i - 1)
    refer(found, from.configMapKeyRef, "ConfigMap", here .. "configMapKeyRef.name")
    refer(found, from.secretKeyRef, "Secret", here .. "secretKeyRef.name")
  end
end

local function check(model, entry, report)
  local told = {}
  local function found(kind, name, field)
    local key = kind .. "/" .. tostring(name)
    if name and not told[key] and not model:find(kind, entry.namespace, name) then
      told[key] = true
      report(entry, Model.pod_path(entry, field), ("%s %q is in none of these manifests: without "
        .. "it the pods do not start"):format(kind, name), "add it, or mark it optional: true")
    end
  end
  each_volume(entry.pods.spec, found)
  for i, container in ipairs(entry.pods.spec.containers) do
    each_variable(container, ("spec.containers[%d]"):format(i - 1), found)
  end
end

local function check_service_name(model, entry, report)
  local name = entry.object.spec.serviceName
  local service = name and name ~= "" and model:find("Service", entry.namespace, name)
  if name and name ~= "" and not service then
    report(entry, "spec.serviceName", ("there is no Service %q in these manifests: without it the "
      .. "pods have no names in DNS"):format(name),
      "add a headless Service (clusterIP: None) of this name")
  elseif service and service.object.spec.clusterIP ~= "None" then
    report(entry, "spec.serviceName", ("Service %q is not headless: the pods have no names in DNS")
      :format(name), "write clusterIP: None in the Service", "warning")
  end
end

return rule "missing-object" {
  about = "a ConfigMap, Secret, claim or Service that is referred to and not there",
  severity = "note",
  check = function(model, report)
    for _, entry in ipairs(model:with_pods()) do check(model, entry, report) end
    for entry in model:each "StatefulSet" do check_service_name(model, entry, report) end
  end,
}
