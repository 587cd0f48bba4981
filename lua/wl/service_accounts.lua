-- SPDX-License-Identifier: MIT
--- Service accounts: each namespace has one called "default", and a pod is refused
-- whose account is not there.
--
-- They are made as soon as somebody asks for service accounts; until then nobody
-- can tell the difference. Pods get no volume with a token (kube-api-access-...):
-- there is no API for their containers to talk to, and pods of one template stay
-- alike.
-- Source: pkg/controller/serviceaccount; plugin/pkg/admission/serviceaccount.
local apierror = require "wl.apierror"
local expected = require "wl.expected"
local value = require "wl.value"

local service_accounts = {}

local DEFAULT = "default"

-- ---- the controller ----

local function default_account(namespace)
  return { apiVersion = "v1", kind = "ServiceAccount",
    metadata = { name = DEFAULT, namespace = namespace } }
end

local function is_active(namespace)
  return namespace.metadata.deletionTimestamp == nil
end

local function run(ctx)
  for namespace in ctx:all "Namespace":batch():each() do
    local name = namespace.metadata.name
    if is_active(namespace) and not ctx:get("ServiceAccount", name, DEFAULT) then
      local made, message, code = ctx:create(default_account(name))
      if not made and code ~= "AlreadyExists" then return nil, message, code end
    end
  end
end

local function wake(ctx) return { ctx:all "Namespace", ctx:all "ServiceAccount" } end

--- Have a cluster make them, from the first time that somebody asks for any.
-- @param cluster
function service_accounts.install(cluster)
  local server = cluster.server
  server.on_kind[#server.on_kind + 1] = function(kind)
    if kind.name ~= "ServiceAccount" then return end
    local entry = cluster.controllers:add_component {
      name = "serviceaccount-controller", run = run, wake = wake }
    run(entry.ctx)
  end
end

-- ---- admission ----

-- Nobody has asked for any account where the kind is not known yet.
local function account_of(server, namespace, name)
  local kind = server:kind "ServiceAccount"
  return server.numbers[kind] and (server:get(kind, namespace, name)) or nil
end

local function refuse(kind, draft, namespace, name)
  return apierror.returned(apierror.forbidden(kind.resource, draft.metadata.name or "",
    ("error looking up service account %s/%s: serviceaccount %q not found"):format(namespace, name,
      name)))
end

--- An admission rule for wl.server: the account of a pod must be there, and what it
-- pulls images with is the pod's, too.
-- @param server
-- @treturn table see wl.admission_rules
function service_accounts.admission(server)
  local function secrets_for(kind, object)
    local account = kind.name == "Pod" and account_of(server, object.metadata.namespace,
      object.spec.serviceAccountName or DEFAULT)
    local secrets = account and account.imagePullSecrets
    return secrets and #secrets > 0 and #(object.spec.imagePullSecrets or {}) == 0 and secrets
  end
  return { changes = secrets_for, admit = function(kind, draft)
    if kind.name ~= "Pod" then return true end
    local namespace, name = draft.metadata.namespace, draft.spec.serviceAccountName or DEFAULT
    if not account_of(server, namespace, name) and name ~= DEFAULT -- the default is waited for
      and not expected(server, "ServiceAccount", namespace, name) then
      return refuse(kind, draft, namespace, name)
    end
    local secrets = secrets_for(kind, draft)
    if secrets then draft.spec.imagePullSecrets = value.table(secrets) end
    return true
  end }
end

return service_accounts
