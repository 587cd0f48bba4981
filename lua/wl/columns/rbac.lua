-- SPDX-License-Identifier: MIT
--- The columns of roles and bindings.
-- Source: kubernetes pkg/printers/internalversion printRoleBinding.
local cells = require "wl.columns.cells"

local rbac = {}

local CREATED_AT = { "CREATED AT", ".metadata.creationTimestamp" }

-- Subjects of one kind, joined; service accounts with their namespace.
local function subjects(kind)
  return function(object)
    local parts = {}
    for _, subject in ipairs(object.subjects or {}) do
      if subject.kind == kind then
        local place = kind == "ServiceAccount" and (subject.namespace or "") .. "/" or ""
        parts[#parts + 1] = place .. subject.name
      end
    end
    return table.concat(parts, ", ")
  end
end

local BINDING = {
  cells.NAME,
  { "ROLE", function(object) return object.roleRef.kind .. "/" .. object.roleRef.name end },
  cells.AGE,
  { "USERS", subjects "User", wide = true },
  { "GROUPS", subjects "Group", wide = true },
  { "SERVICEACCOUNTS", subjects "ServiceAccount", wide = true },
}

rbac.Role = { cells.NAME, CREATED_AT }
rbac.ClusterRole = { cells.NAME, CREATED_AT }
rbac.RoleBinding = BINDING
rbac.ClusterRoleBinding = BINDING

return rbac
