-- SPDX-License-Identifier: MIT
--- Defaults of role bindings that depend on other fields.
-- Source: pkg/apis/rbac/v1/defaults.go.
local rbac = {}

--- Users and groups belong to the API group of roles, service accounts to the core.
-- @param draft
function rbac.subject(draft)
  if draft.apiGroup == nil and (draft.kind == "User" or draft.kind == "Group") then
    draft.apiGroup = "rbac.authorization.k8s.io"
  end
end

return rbac
