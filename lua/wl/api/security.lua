-- SPDX-License-Identifier: MIT
--- What a pod and its containers may do on their node. (core/v1)
local schema = require "wl.schema"

local object, list, required = schema.object, schema.list, schema.required
local word, str, bool, int64 = schema.word, schema.str, schema.bool, schema.int64

local security = {}

local PROFILE_TYPES = { "Localhost", "RuntimeDefault", "Unconfined" }

security.SELinuxOptions = object { user = word, role = word, type = word, level = word }

security.WindowsSecurityContextOptions = object {
  gmsaCredentialSpecName = str, gmsaCredentialSpec = str, runAsUserName = str, hostProcess = bool,
}

security.SeccompProfile = object {
  type = required(str) { enum = PROFILE_TYPES }, localhostProfile = str,
}

security.AppArmorProfile = object {
  type = required(str) { enum = PROFILE_TYPES }, localhostProfile = str,
}

security.Capabilities = object { add = list(str), drop = list(str) }

security.Sysctl = object { name = required(str), value = required(str) }

security.SecurityContext = object {
  capabilities = security.Capabilities, privileged = bool, allowPrivilegeEscalation = bool,
  readOnlyRootFilesystem = bool, procMount = str { enum = { "Default", "Unmasked" } },
  runAsUser = int64, runAsGroup = int64, runAsNonRoot = bool,
  seLinuxOptions = security.SELinuxOptions, seccompProfile = security.SeccompProfile,
  appArmorProfile = security.AppArmorProfile,
  windowsOptions = security.WindowsSecurityContextOptions,
}

security.PodSecurityContext = object {
  runAsUser = int64, runAsGroup = int64, runAsNonRoot = bool,
  supplementalGroups = list(int64),
  supplementalGroupsPolicy = str { enum = { "Merge", "Strict" } },
  fsGroup = int64, fsGroupChangePolicy = str { enum = { "Always", "OnRootMismatch" } },
  sysctls = list(security.Sysctl),
  seLinuxOptions = security.SELinuxOptions,
  seLinuxChangePolicy = str { enum = { "MountOption", "Recursive" } },
  seccompProfile = security.SeccompProfile, appArmorProfile = security.AppArmorProfile,
  windowsOptions = security.WindowsSecurityContextOptions,
}

return schema.named(security)
