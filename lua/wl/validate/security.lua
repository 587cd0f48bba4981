-- SPDX-License-Identifier: MIT
--- Security contexts of pods and containers.
-- (pkg/apis/core/validation)
local check = require "wl.validate.check"
local paths = require "wl.validate.paths"

local security = {}

local PROFILES = { "Localhost", "RuntimeDefault", "Unconfined" }

local ONLY_LOCALHOST = "can only be set when %s type is Localhost"

-- ---------------------------------------------------------------------------
-- Profiles
-- ---------------------------------------------------------------------------

local function seccomp(errors, path, profile)
  if not profile then return end
  check.required_choice(errors, path .. ".type", profile.type, PROFILES,
    "type is required when seccompProfile is set")
  local at, file = path .. ".localhostProfile", profile.localhostProfile
  if profile.type ~= "Localhost" then
    if file then errors:invalid(at, profile, ONLY_LOCALHOST:format("seccomp")) end
  elseif not file then
    errors:required(at, "must be set when seccomp type is Localhost")
  else
    paths.descending(errors, at, file)
  end
end

local LONGEST_PROFILE = 4095

local function apparmor_file(errors, path, file)
  local bare = (file or ""):match("^%s*(.-)%s*$")
  if file and bare ~= file then
    errors:invalid(path, file, "must not be padded with whitespace")
  elseif bare == "" then
    errors:required(path, "must be set when AppArmor type is Localhost")
  end
  if #(file or "") > LONGEST_PROFILE then errors:too_long(path, nil, LONGEST_PROFILE) end
end

local function apparmor(errors, path, profile)
  if not profile then return end
  check.required_choice(errors, path .. ".type", profile.type, PROFILES,
    "type is required when appArmorProfile is set")
  local at, file = path .. ".localhostProfile", profile.localhostProfile
  if profile.type == "Localhost" then
    apparmor_file(errors, at, file)
  elseif file then
    errors:invalid(at, file, ONLY_LOCALHOST:format("AppArmor"))
  end
end

-- ---------------------------------------------------------------------------
-- Containers
-- ---------------------------------------------------------------------------

local function escalation(errors, path, context)
  if context.allowPrivilegeEscalation ~= false then return end
  local message = "cannot set `allowPrivilegeEscalation` to false and "
  if context.privileged then errors:invalid(path, context, message .. "`privileged` to true") end
  local added = context.capabilities and context.capabilities.add
  for _, capability in check.each(added, path) do
    if capability == "CAP_SYS_ADMIN" then
      errors:invalid(path, context, message .. "`capabilities.Add` CAP_SYS_ADMIN")
    end
  end
end

--- A container's security context; absent is fine.
-- @param host_users  whether the pod has the host's users
function security.container(errors, path, context, host_users)
  if not context then return end
  check.user_id(errors, path .. ".runAsUser", context.runAsUser)
  check.user_id(errors, path .. ".runAsGroup", context.runAsGroup)
  check.choice(errors, path .. ".procMount", context.procMount, { "Default", "Unmasked" })
  if host_users and context.procMount == "Unmasked" then
    errors:invalid(path .. ".procMount", context.procMount,
      "`hostUsers` must be false to use `Unmasked`")
  end
  seccomp(errors, path .. ".seccompProfile", context.seccompProfile)
  escalation(errors, path, context)
  apparmor(errors, path .. ".appArmorProfile", context.appArmorProfile)
end

-- ---------------------------------------------------------------------------
-- Kernel parameters
-- ---------------------------------------------------------------------------

local LONGEST_SYSCTL = 253
local SYSCTL_RULE = "must have at most 253 characters and match regex "
  .. "^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$"

local function is_sysctl(name)
  if #name > LONGEST_SYSCTL then return false end
  for segment in (name:gsub("/", ".") .. "."):gmatch("([^.]*)%.") do
    if not segment:find("^[a-z0-9]$") and not segment:find("^[a-z0-9][-_a-z0-9]*[a-z0-9]$") then
      return false
    end
  end
  return true
end

-- The namespace of the kernel that a parameter belongs to.
local function namespace(name)
  if name:find("^net[./]") then return "net" end
  local ipc = name:find("^kernel[./]shm") or name:find("^kernel[./]msg")
    or name:find("^fs[./]mqueue[./]") or name == "kernel.sem" or name == "kernel/sem"
  return ipc and "ipc" or nil
end

local function sysctls(errors, path, list, spec)
  local seen = {}
  for _, parameter, at in check.each(list, path) do
    local name = parameter.name or ""
    local where = at .. ".name"
    if name == "" then
      errors:required(where)
    elseif not is_sysctl(name) then
      errors:invalid(where, name, SYSCTL_RULE)
    elseif seen[name] then
      errors:duplicate(where, name)
    end
    seen[name] = true
    if spec.hostNetwork and namespace(name) == "net" then
      errors:invalid(where, name, "may not be specified when 'hostNetwork' is true")
    elseif spec.hostIPC and namespace(name) == "ipc" then
      errors:invalid(where, name, "may not be specified when 'hostIPC' is true")
    end
  end
end

-- ---------------------------------------------------------------------------
-- Pods
-- ---------------------------------------------------------------------------

local function shared_processes(errors, path, spec)
  if spec.shareProcessNamespace and spec.hostPID then
    errors:invalid(path .. ".shareProcessNamespace", true,
      "ShareProcessNamespace and HostPID cannot both be enabled")
  end
end

--- A pod's security context.
-- @param path  the context's
function security.pod(errors, path, spec)
  shared_processes(errors, path, spec)
  local context = spec.securityContext
  if not context then return end
  check.user_id(errors, path .. ".fsGroup", context.fsGroup)
  check.user_id(errors, path .. ".runAsUser", context.runAsUser)
  check.user_id(errors, path .. ".runAsGroup", context.runAsGroup)
  for _, group, at in check.each(context.supplementalGroups, path .. ".supplementalGroups") do
    check.user_id(errors, at, group)
  end
  sysctls(errors, path .. ".sysctls", context.sysctls, spec)
  check.choice(errors, path .. ".fsGroupChangePolicy", context.fsGroupChangePolicy,
    { "Always", "OnRootMismatch" })
  seccomp(errors, path .. ".seccompProfile", context.seccompProfile)
  apparmor(errors, path .. ".appArmorProfile", context.appArmorProfile)
  check.choice(errors, path .. ".supplementalGroupsPolicy", context.supplementalGroupsPolicy,
    { "Merge", "Strict" })
  check.choice(errors, path .. ".seLinuxChangePolicy", context.seLinuxChangePolicy,
    { "MountOption", "Recursive" })
end

--- A pod with its own users shares nothing else with the host.
function security.host_users(errors, path, spec)
  if spec.hostUsers ~= false then return end
  for _, field in ipairs { "hostNetwork", "hostPID", "hostIPC" } do
    if spec[field] then
      local name = field == "hostNetwork" and field or field:gsub("^h", "H")
      errors:forbidden(path .. "." .. name, "when `pod.Spec.HostUsers` is false")
    end
  end
end

return security
