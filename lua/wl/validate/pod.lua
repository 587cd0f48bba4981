-- SPDX-License-Identifier: MIT
--- Pods: what may be created, and what may change of one that exists.
-- (pkg/apis/core/validation: ValidatePodCreate, ValidatePodUpdate,
-- ValidatePodStatusUpdate)
local check = require "wl.validate.check"
local container = require "wl.validate.container"
local ip = require "wl.validate.ip"
local meta = require "wl.validate.meta"
local podspec = require "wl.validate.podspec"
local podupdate = require "wl.validate.podupdate"
local template = require "wl.validate.template"

local pod = {}

-- Without a service account there is no token of one.
local function tokens(errors, spec)
  if not check.blank(spec.serviceAccountName) then return end
  for _, volume, at in check.each(spec.volumes, "spec.volumes") do
    local sources = volume.projected and volume.projected.sources
    for _, source, where in check.each(sources, at .. ".projected.sources") do
      if source.serviceAccountToken then
        errors:forbidden(where .. ".serviceAccountToken",
          "must not be specified when serviceAccountName is not set")
      end
    end
  end
end

local function whole(errors, object)
  local m, spec = object.metadata or {}, object.spec or {}
  template.annotations(errors, "metadata.annotations", m.annotations, spec)
  podspec.check(errors, "spec", spec, { is_pod = true, pod_name = m.name })
  tokens(errors, spec)
  container.images(errors, "spec.containers", spec.containers)
  container.images(errors, "spec.initContainers", spec.initContainers)
end

--- A new pod.
function pod.validate(object, errors)
  local spec = object.spec or {}
  meta.create(errors, object)
  whole(errors, object)
  if check.count(spec.ephemeralContainers) > 0 then
    errors:forbidden("spec.ephemeralContainers", "cannot be set on create")
  end
  if not check.blank(spec.nodeName) and check.count(spec.schedulingGates) > 0 then
    errors:forbidden("spec.nodeName", "cannot be set until all schedulingGates have been cleared")
  end
end

--- A changed pod.
function pod.validate_update(new, old, errors)
  meta.update(errors, new, old)
  whole(errors, new)
  podupdate.annotations(errors, "metadata.annotations", new, old)
  podupdate.spec(errors, "spec", new.spec or {}, old.spec or {})
end

-- ---------------------------------------------------------------------------
-- Status
-- ---------------------------------------------------------------------------

local SYSTEM_CONDITIONS = check.set { "PodScheduled", "Ready", "Initialized" }

local function conditions(errors, path, list)
  for _, condition, at in check.each(list, path) do
    if not SYSTEM_CONDITIONS[condition.type or ""] then
      check.name(errors, at .. ".Type", "label_key", condition.type or "")
    end
  end
end

local function by_name(list)
  local map = {}
  for _, item in check.each(list, "") do map[item.name or ""] = item end
  return map
end

-- Whether a container that has ended may start again.
local function may_restart(policy, ended, sidecar)
  return policy == "Always" or sidecar or policy == "OnFailure" and ended.exitCode ~= 0
end

local function stays_ended(errors, path, new, old, spec, containers)
  local now, specs = by_name(new), by_name(containers)
  for _, status, at in check.each(old, path) do
    local ended = status.state and status.state.terminated
    local later = now[status.name or ""]
    local own = specs[status.name or ""] or {}
    local policy = own.restartPolicy or spec.restartPolicy
    if ended and later and not (later.state and later.state.terminated)
        and not may_restart(policy, ended, own.restartPolicy == "Always") then
      errors:forbidden(at .. ".state", "may not be transitioned to non-terminated state")
    end
  end
end

local function addresses(errors, path, list)
  local seen = {}
  for _, item, at in check.each(list, path) do
    ip.check(errors, at, item.ip or "")
    local version = ip.version(item.ip or "")
    if version and seen[version] then
      errors:invalid(path, list, "may specify no more than one IP for each IP family")
    end
    seen[version or 0] = true
  end
end

--- A changed status.
function pod.validate_status(new, old, errors)
  local status, was, spec = new.status or {}, old.status or {}, old.spec or {}
  meta.update(errors, new, old)
  podupdate.annotations(errors, "metadata.annotations", new, old)
  conditions(errors, "status.conditions", status.conditions)
  if (new.spec or {}).nodeName ~= spec.nodeName then
    errors:forbidden("status.nodeName", "may not be changed directly")
  end
  if status.nominatedNodeName ~= was.nominatedNodeName then
    check.optional_name(errors, "status.nominatedNodeName", "dns_subdomain",
      status.nominatedNodeName)
  end
  if was.qosClass then
    check.immutable(errors, "status.qosClass", status.qosClass, was.qosClass)
  end
  stays_ended(errors, "status.containerStatuses", status.containerStatuses,
    was.containerStatuses, spec, spec.containers)
  stays_ended(errors, "status.initContainerStatuses", status.initContainerStatuses,
    was.initContainerStatuses, spec, spec.initContainers)
  addresses(errors, "status.podIPs", status.podIPs)
  addresses(errors, "status.hostIPs", status.hostIPs)
end

return pod
