-- SPDX-License-Identifier: MIT
--- Containers, init containers and sidecars of a pod.
--
-- The context of a check is what the pod knows: its volumes and claims by name,
-- its grace period, its restart policy, whether it has the host's users.
-- (pkg/apis/core/validation)
local check = require "wl.validate.check"
local env = require "wl.validate.env"
local probe = require "wl.validate.probe"
local resources = require "wl.validate.resources"
local security = require "wl.validate.security"
local volumes = require "wl.validate.volumes"

local container = {}

local PROTOCOLS = { "SCTP", "TCP", "UDP" }
local PULL_POLICIES = { "Always", "IfNotPresent", "Never" }
local RESTART_POLICIES = { "Always", "Never", "OnFailure" }

-- ---------------------------------------------------------------------------
-- Ports
-- ---------------------------------------------------------------------------

local function port_name(errors, path, name, seen)
  local faults = check.faults("port_name", name)
  errors:each_invalid(path, name, faults)
  if #faults > 0 then return end
  if seen[name] then errors:duplicate(path, name) end
  seen[name] = true
end

local function ports(errors, path, list)
  local seen = {}
  for _, port, at in check.each(list, path) do
    if not check.blank(port.name) then port_name(errors, at .. ".name", port.name, seen) end
    if (port.containerPort or 0) == 0 then
      errors:required(at .. ".containerPort")
    else
      check.port_number(errors, at .. ".containerPort", port.containerPort)
    end
    if port.hostPort ~= 0 then check.port_number(errors, at .. ".hostPort", port.hostPort) end
    check.choice(errors, at .. ".protocol", port.protocol, PROTOCOLS)
  end
end

-- A port of the host belongs to one container.
local function host_ports(errors, path, list, seen)
  for _, port, at in check.each(list, path) do
    local number = port.hostPort or 0
    if number ~= 0 then
      local word = ("%s/%s/%d"):format(port.protocol or "TCP", port.hostIP or "", number)
      if seen[word] then errors:duplicate(at .. ".hostPort", word) end
      seen[word] = true
    end
  end
end

-- ---------------------------------------------------------------------------
-- What all containers have in common
-- ---------------------------------------------------------------------------

local RESIZED = { "cpu", "memory" }
local RESIZE_POLICIES = { "NotRequired", "RestartContainer" }

local function resize_policy(errors, path, list, restart_policy)
  local seen = {}
  for _, policy, at in check.each(list, path) do
    if policy.resourceName and seen[policy.resourceName] then
      errors:duplicate(at, policy.resourceName)
    end
    seen[policy.resourceName or ""] = true
    check.required_choice(errors, path, policy.resourceName, RESIZED)
    check.required_choice(errors, path, policy.restartPolicy, RESIZE_POLICIES)
    if restart_policy == "Never" and policy.restartPolicy ~= "NotRequired" then
      errors:invalid(path, policy.restartPolicy or "",
        "must be 'NotRequired' when `restartPolicy` is 'Never'")
    end
  end
end

local MOST_RULES, MOST_CODES = 20, 255

local function restart_rule(errors, path, rule)
  if rule.action ~= "Restart" then
    errors:not_supported(path .. ".action", rule.action or "", { "Restart" })
  end
  local codes = rule.exitCodes
  if not codes then return errors:required(path .. ".exitCodes", "must be specified") end
  if codes.operator ~= "In" and codes.operator ~= "NotIn" then
    errors:not_supported(path .. ".exitCodes.operator", codes.operator or "", { "In", "NotIn" })
  end
  if check.count(codes.values) > MOST_CODES then
    errors:too_many(path .. ".exitCodes.values", #codes.values, MOST_CODES)
  end
end

local function restart(errors, path, c)
  local rules = c.restartPolicyRules
  check.choice(errors, path .. ".restartPolicy", c.restartPolicy, RESTART_POLICIES)
  if not c.restartPolicy and check.count(rules) > 0 then
    errors:required(path .. ".restartPolicy",
      "must specify restartPolicy when restart rules are used")
  end
  if check.count(rules) > MOST_RULES then
    errors:too_many(path .. ".restartPolicyRules", #rules, MOST_RULES)
  end
  for _, rule, at in check.each(rules, path .. ".restartPolicyRules") do
    restart_rule(errors, at, rule)
  end
end

local function common(errors, path, c, context)
  check.required_name(errors, path .. ".name", "dns_label", c.name)
  check.required(errors, path .. ".image", c.image)
  check.choice(errors, path .. ".terminationMessagePolicy", c.terminationMessagePolicy,
    { "File", "FallbackToLogsOnError" })
  ports(errors, path .. ".ports", c.ports)
  env.variables(errors, path .. ".env", c.env)
  env.maps(errors, path .. ".envFrom", c.envFrom)
  volumes.mounts(errors, path .. ".volumeMounts", c, context.volumes)
  volumes.devices(errors, path .. ".volumeDevices", c, context.volumes)
  check.choice(errors, path .. ".imagePullPolicy", c.imagePullPolicy, PULL_POLICIES)
  resources.container(errors, path .. ".resources", c.resources, context.claims)
  resize_policy(errors, path .. ".resizePolicy", c.resizePolicy, context.restart_policy)
  restart(errors, path, c)
  security.container(errors, path .. ".securityContext", c.securityContext, context.host_users)
end

-- A name is used once among all containers; a missing one is told elsewhere.
local function unique_name(errors, path, name, seen)
  if check.blank(name) then return end
  if seen[name] then errors:duplicate(path .. ".name", name) end
  seen[name] = true
end

-- ---------------------------------------------------------------------------
-- The lists
-- ---------------------------------------------------------------------------

--- The containers that make the pod.
-- @return the set of their names
function container.main(errors, path, list, context)
  local names, taken = {}, {}
  if check.count(list) == 0 then errors:required(path) end
  for _, c, at in check.each(list, path) do
    common(errors, at, c, context)
    unique_name(errors, at, c.name, names)
    probe.all(errors, at, c, context.grace)
  end
  for _, c, at in check.each(list, path) do host_ports(errors, at .. ".ports", c.ports, taken) end
  return names
end

--- The containers that run before; one that restarts always is a sidecar.
-- @param names  the names taken; adds its own
function container.init(errors, path, list, context, names)
  for _, c, at in check.each(list, path) do
    common(errors, at, c, context)
    unique_name(errors, at, c.name, names)
    host_ports(errors, check.at(path, 1) .. ".ports", c.ports, {})
    if c.restartPolicy == "Always" then
      probe.all(errors, at, c, context.grace)
    else
      probe.none(errors, at, c)
    end
  end
end

-- What a debug container cannot have.
local NOT_EPHEMERAL = {
  "ports", "resources", "livenessProbe", "readinessProbe", "startupProbe", "lifecycle",
  "restartPolicy", "restartPolicyRules", "resizePolicy",
}

--- The containers added to a running pod to look into it.
-- @param names  the names of the other containers
function container.ephemeral(errors, path, list, context, names)
  local others = {}
  for name in pairs(names) do others[name] = true end
  for _, c, at in check.each(list, path) do
    common(errors, at, c, context)
    unique_name(errors, at, c.name, names)
    if not check.blank(c.targetContainerName) and not others[c.targetContainerName] then
      errors:not_found(at .. ".targetContainerName", c.targetContainerName)
    end
    for _, field in ipairs(NOT_EPHEMERAL) do
      if c[field] then
        errors:forbidden(at .. "." .. field, "cannot be set for an Ephemeral Container")
      end
    end
  end
end

--- Of a pod, not of a template: images have no space around them.
function container.images(errors, path, list)
  for _, c, at in check.each(list, path) do
    local image = c.image or ""
    if image:find("^%s") or image:find("%s$") then
      errors:invalid(at .. ".image", image, "must not have leading or trailing whitespace")
    end
  end
end

return container
