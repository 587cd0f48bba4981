-- SPDX-License-Identifier: MIT
--- The spec of a pod, in a pod and in a template.
-- (pkg/apis/core/validation: ValidatePodSpec)
local check = require "wl.validate.check"
local container = require "wl.validate.container"
local dns = require "wl.validate.dns"
local labels = require "wl.validate.labels"
local podos = require "wl.validate.podos"
local podresources = require "wl.validate.podresources"
local scheduling = require "wl.validate.scheduling"
local security = require "wl.validate.security"
local spread = require "wl.validate.spread"
local volumes = require "wl.validate.volumes"

local podspec = {}

local MAX_INT32 = 2147483647
local RESTART_POLICIES = { "Always", "OnFailure", "Never" }

-- ---------------------------------------------------------------------------
-- Claims for devices
-- ---------------------------------------------------------------------------

local ONE_CLAIM = {
  both = "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified",
  none = "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`",
}

local function resource_claims(errors, path, list)
  local known = {}
  for _, claim, at in check.each(list, path) do
    check.required_name(errors, at .. ".name", "dns_label", claim.name)
    if claim.name and known[claim.name] then errors:duplicate(at .. ".name", claim.name) end
    known[claim.name or ""] = not check.blank(claim.name) or nil
    local name, template = claim.resourceClaimName, claim.resourceClaimTemplateName
    if name and template then errors:invalid(at, claim, ONE_CLAIM.both) end
    if not name and not template then errors:invalid(at, claim, ONE_CLAIM.none) end
    check.name(errors, at .. ".resourceClaimName", "dns_subdomain", name)
    check.name(errors, at .. ".resourceClaimTemplateName", "dns_subdomain", template)
  end
  return known
end

-- ---------------------------------------------------------------------------
-- The network
-- ---------------------------------------------------------------------------

-- On the host's network a container's port is the host's. A template may leave
-- it open: it is filled in when the pod is made.
local function host_network(errors, path, spec, is_pod)
  if not spec.hostNetwork then return end
  for _, c, at in check.each(spec.containers, path .. ".containers") do
    for _, port, where in check.each(c.ports, at .. ".ports") do
      local host = port.hostPort or 0
      if (is_pod or host ~= 0) and host ~= port.containerPort then
        errors:invalid(where .. ".hostPort", host,
          "must match `containerPort` when `hostNetwork` is true")
      end
    end
  end
end

local LONGEST_HOSTNAME = 64

local function hostname_override(errors, path, spec)
  local name = spec.hostnameOverride
  if not name then return end
  check.name(errors, path, "dns_subdomain", name)
  if #name > LONGEST_HOSTNAME then errors:too_long(path, name, LONGEST_HOSTNAME) end
  if spec.hostNetwork then
    errors:forbidden(path, "may not be specified when hostNetwork is true")
  end
  if spec.setHostnameAsFQDN then
    errors:forbidden(path, "may not be specified when setHostnameAsFQDN is true")
  end
end

local function host_names(errors, path, spec)
  check.optional_name(errors, path .. ".hostname", "dns_label", spec.hostname)
  check.optional_name(errors, path .. ".subdomain", "dns_label", spec.subdomain)
  hostname_override(errors, path .. ".hostnameOverride", spec)
  dns.settings(errors, path, spec)
  dns.host_aliases(errors, path .. ".hostAliases", spec.hostAliases)
end

-- ---------------------------------------------------------------------------
-- Placement
-- ---------------------------------------------------------------------------

local function readiness_gates(errors, path, list)
  for _, gate, at in check.each(list, path) do
    check.name(errors, at .. ".conditionType", "label_key", gate.conditionType or "")
  end
end

local function placement(errors, path, spec)
  labels.map(errors, path .. ".nodeSelector", spec.nodeSelector)
  scheduling.affinity(errors, path .. ".affinity", spec.affinity)
  readiness_gates(errors, path .. ".readinessGates", spec.readinessGates)
  scheduling.gates(errors, path .. ".schedulingGates", spec.schedulingGates)
  spread.constraints(errors, path .. ".topologySpreadConstraints", spec.topologySpreadConstraints)
  scheduling.tolerations(errors, path .. ".tolerations", spec.tolerations)
  check.choice(errors, path .. ".preemptionPolicy", spec.preemptionPolicy,
    { "PreemptLowerPriority", "Never" })
end

local NAMES = { "serviceAccountName", "nodeName", "priorityClassName", "runtimeClassName" }

local function references(errors, path, spec)
  for _, field in ipairs(NAMES) do
    check.optional_name(errors, path .. "." .. field, "dns_subdomain", spec[field])
  end
end

-- ---------------------------------------------------------------------------
-- The whole
-- ---------------------------------------------------------------------------

local function containers(errors, path, spec, context)
  local names = container.main(errors, path .. ".containers", spec.containers, context)
  container.init(errors, path .. ".initContainers", spec.initContainers, context, names)
  container.ephemeral(errors, path .. ".ephemeralContainers", spec.ephemeralContainers, context,
    names)
end

--- The spec of a pod.
-- @param options  { is_pod = a pod itself, not a template; pod_name;
--   volumes = map of volumes that come from elsewhere }
function podspec.check(errors, path, spec, options)
  local known = volumes.list(errors, path .. ".volumes", spec.volumes, options)
  for name, volume in check.pairs(options.volumes) do known[name] = volume end
  local context = {
    volumes = known,
    claims = resource_claims(errors, path .. ".resourceClaims", spec.resourceClaims),
    grace = spec.terminationGracePeriodSeconds,
    restart_policy = spec.restartPolicy,
    host_users = spec.hostUsers ~= false,
  }
  containers(errors, path, spec, context)
  podresources.check(errors, path .. ".resources", spec, context.claims)
  host_network(errors, path, spec, options.is_pod)
  check.choice(errors, path .. ".restartPolicy", spec.restartPolicy, RESTART_POLICIES)
  security.pod(errors, path .. ".securityContext", spec)
  security.host_users(errors, path, spec)
  check.range(errors, path .. ".activeDeadlineSeconds", spec.activeDeadlineSeconds, 1, MAX_INT32)
  host_names(errors, path, spec)
  placement(errors, path, spec)
  references(errors, path, spec)
  podos.check(errors, path, spec)
end

return podspec
