-- SPDX-License-Identifier: MIT
--- Pod templates of the workload kinds, and annotations that mean something in
-- pods.
-- (pkg/apis/core/validation: ValidatePodTemplateSpec)
local check = require "wl.validate.check"
local labels = require "wl.validate.labels"
local podspec = require "wl.validate.podspec"

local template = {}

local DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"
local MIRROR = "kubernetes.io/config.mirror"

-- No plus sign, no leading zeros, 32 bits.
local function is_cost(text)
  if not (text == "0" or text:find("^[1-9]%d*$") or text:find("^%-%d+$")) then return false end
  local n = math.tointeger(tonumber(text))
  return n ~= nil and n >= -2147483648 and n <= 2147483647
end

--- The annotations of a pod that Kubernetes itself reads.
-- @param path         the annotations'
-- @param annotations  the map, or nil
-- @param spec         the pod's spec
function template.annotations(errors, path, annotations, spec)
  local map = annotations or {}
  if map[MIRROR] and check.blank(spec.nodeName) then
    errors:invalid(check.key(path, MIRROR), map[MIRROR],
      "must set spec.nodeName if mirror pod annotation is set")
  end
  if map[DELETION_COST] and not is_cost(map[DELETION_COST]) then
    errors:invalid(check.key(path, DELETION_COST), map[DELETION_COST], "must be a 32bit integer")
  end
end

--- A pod template. Errors in its labels stand at template.labels, without the
-- metadata: they do in Kubernetes.
-- @param volumes  map of volumes that the pods will have besides, or nil
function template.check(errors, path, t, volumes)
  local m, spec = t.metadata or {}, t.spec or {}
  labels.map(errors, path .. ".labels", m.labels)
  labels.annotations(errors, path .. ".annotations", m.annotations)
  template.annotations(errors, path .. ".annotations", m.annotations, spec)
  podspec.check(errors, path .. ".spec", spec, { volumes = volumes })
  if check.count(spec.ephemeralContainers) > 0 then
    errors:forbidden(path .. ".spec.ephemeralContainers",
      "ephemeral containers not allowed in pod template")
  end
end

--- The template of a kind whose pods run for ever.
-- @param kind  as Kubernetes words it: "ReplicaSet"
function template.runs_always(errors, path, t, kind)
  local spec = t.spec or {}
  local policy = spec.restartPolicy
  if not check.blank(policy) and policy ~= "Always" then
    errors:not_supported(path .. ".spec.restartPolicy", policy, { "Always" })
  end
  if spec.activeDeadlineSeconds then
    errors:forbidden(path .. ".spec.activeDeadlineSeconds",
      ("activeDeadlineSeconds in %s is not Supported"):format(kind))
  end
end

return template
