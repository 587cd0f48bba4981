-- SPDX-License-Identifier: MIT
--- Namespaces: those that every cluster has, and that objects need one.
--
-- Source: apiserver NamespaceLifecycle admission; pkg/controlplane
-- `systemnamespaces`.
local apierror = require "wl.apierror"

local namespaces = {}

local SYSTEM = { "default", "kube-node-lease", "kube-public", "kube-system" }

--- Make the namespaces that every cluster has.
-- @param server
function namespaces.create_system(server)
  for _, name in ipairs(SYSTEM) do
    assert(server:create { apiVersion = "v1", kind = "Namespace", metadata = { name = name } })
  end
end

local function refuse(kind, draft, namespace)
  if namespace == nil then
    return apierror.returned(apierror.not_found("namespaces", draft.metadata.namespace))
  end
  local detail = ("unable to create new content in namespace %s because it is being terminated")
  return apierror.returned(apierror.forbidden(kind.resource, draft.metadata.name,
    detail:format(draft.metadata.namespace)))
end

--- Is a namespace on its way out? Then nothing new can be made in it, and it is no
-- use to try again.
-- @param ctx or a cluster
-- @tparam string name
-- @treturn boolean
function namespaces.is_terminating(ctx, name)
  local namespace = ctx:get("Namespace", nil, name)
  return namespace ~= nil and namespace.metadata.deletionTimestamp ~= nil
end

--- An admission rule for wl.server: nothing new in a namespace that is not
-- there or is going.
-- @param server
-- @treturn function(kind, draft) returns true, or nil, message, code
function namespaces.admission(server)
  return function(kind, draft)
    if not kind.namespaced then return true end
    local name = draft.metadata.namespace
    if server.expected_namespaces and server.expected_namespaces[name] then return true end
    local namespace = server:get("Namespace", nil, name)
    if namespace and namespace.metadata.deletionTimestamp == nil then return true end
    return refuse(kind, draft, namespace)
  end
end

return namespaces
