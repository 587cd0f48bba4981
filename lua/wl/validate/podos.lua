-- SPDX-License-Identifier: MIT
--- What a pod may not have on the operating system it names.
-- (pkg/apis/core/validation: validateOS, validateLinux, validateWindows)
local check = require "wl.validate.check"

local podos = {}

local CONTAINERS = { "containers", "initContainers", "ephemeralContainers" }

-- Calls rule(path of the security context, the context) for each container that
-- has one.
local function each_context(path, spec, rule)
  for _, field in ipairs(CONTAINERS) do
    for _, c, at in check.each(spec[field], path .. "." .. field) do
      if c.securityContext then rule(at .. ".securityContext", c.securityContext) end
    end
  end
end

local function linux(errors, path, spec)
  local function no_windows(at, context)
    if context.windowsOptions then
      errors:forbidden(at .. ".windowsOptions", "windows options cannot be set for a linux pod")
    end
  end
  no_windows(path .. ".securityContext", spec.securityContext or {})
  each_context(path, spec, no_windows)
end

local NOT_IN_SPEC = { "hostUsers", "shareProcessNamespace" }
local NOT_TRUE_IN_SPEC = { "hostPID", "hostIPC" }

local NOT_IN_POD_CONTEXT = {
  "appArmorProfile", "seLinuxOptions", "seccompProfile", "fsGroup", "fsGroupChangePolicy",
  "sysctls", "runAsUser", "runAsGroup", "supplementalGroups", "supplementalGroupsPolicy",
  "seLinuxChangePolicy",
}

local NOT_IN_CONTEXT = {
  "appArmorProfile", "seLinuxOptions", "seccompProfile", "capabilities",
  "readOnlyRootFilesystem", "privileged", "allowPrivilegeEscalation", "procMount", "runAsUser",
  "runAsGroup",
}

local function windows(errors, path, spec)
  local function none_of(at, map, fields, allowed)
    for _, field in ipairs(fields) do
      if map[field] ~= nil and map[field] ~= allowed then
        errors:forbidden(at .. "." .. field, "cannot be set for a windows pod")
      end
    end
  end
  none_of(path, spec, NOT_IN_SPEC)
  none_of(path, spec, NOT_TRUE_IN_SPEC, false)
  none_of(path .. ".securityContext", spec.securityContext or {}, NOT_IN_POD_CONTEXT)
  each_context(path, spec, function(at, context) none_of(at, context, NOT_IN_CONTEXT) end)
end

--- The spec's `os` and what goes with it.
function podos.check(errors, path, spec)
  local os = spec.os
  if not os then return end
  if check.blank(os.name) then
    errors:required(path .. ".os.name", "cannot be empty")
  elseif os.name == "linux" then
    linux(errors, path, spec)
  elseif os.name == "windows" then
    windows(errors, path, spec)
  else
    errors:not_supported(path .. ".os", os.name, { "linux", "windows" })
  end
end

return podos
