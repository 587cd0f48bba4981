-- SPDX-License-Identifier: MIT
--- Role, ClusterRole and their bindings: kept as data.
local kind = require "wl.kind"
local legacy = require "wl.api.legacy"
local prepare = require "wl.api.prepare"
local rbac = require "wl.api.rbac"

local function declare(name, namespaced)
  return kind(name) {
    api = "rbac.authorization.k8s.io/v1",
    namespaced = namespaced,
    naming = "path_segment",
    schema = rbac[name],
    legacy = legacy[name],
    preparation = prepare.standard(rbac[name], { generation = false }),
  }
end

return {
  declare("Role", true),
  declare("ClusterRole", false),
  declare("RoleBinding", true),
  declare("ClusterRoleBinding", false),
}
