-- SPDX-License-Identifier: MIT
--- Namespaces: those that every cluster has, that objects need one, and how one
-- is emptied.
--
-- Source: apiserver NamespaceLifecycle admission; pkg/controlplane
-- `systemnamespaces`; pkg/controller/namespace/deletion.
local apierror = require "wl.apierror"
local conditions = require "wl.conditions"
local suggest = require "wl.suggest"
local value = require "wl.value"

local namespaces = {}

local SYSTEM = { "default", "kube-node-lease", "kube-public", "kube-system" }
local IMMORTAL = { default = true, ["kube-public"] = true, ["kube-system"] = true }

--- Make the namespaces that every cluster has.
-- @param server
function namespaces.create_system(server)
  for _, name in ipairs(SYSTEM) do
    assert(server:create { apiVersion = "v1", kind = "Namespace", metadata = { name = name } })
  end
end

-- ---- admission ----

local function refuse(kind, draft, namespace)
  local name = draft.metadata.namespace
  if namespace == nil then return apierror.returned(apierror.not_found("namespaces", name)) end
  local refusal = apierror.forbidden(kind.resource, draft.metadata.name,
    ("unable to create new content in namespace %s because it is being terminated"):format(name))
  refusal.causes = { { field = "metadata.namespace", reason = "NamespaceTerminating",
    message = ("namespace %s is being terminated"):format(name) } }
  return apierror.returned(refusal)
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
-- @treturn table see wl.admission_rules
function namespaces.admission(server)
  return { admit = function(kind, draft)
    if not kind.namespaced then return true end
    local name = draft.metadata.namespace
    if server.expected_namespaces and server.expected_namespaces[name] then return true end
    local namespace = server:get("Namespace", nil, name)
    if namespace and namespace.metadata.deletionTimestamp == nil then return true end
    return refuse(kind, draft, namespace)
  end }
end

--- A rule for deletions: three namespaces stay.
-- @treturn function(kind, object) returns true, or nil, message, code
function namespaces.deletion_rule(kind, object)
  if kind.name ~= "Namespace" or not IMMORTAL[object.metadata.name] then return true end
  return apierror.returned(apierror.forbidden(kind.resource, object.metadata.name,
    "this namespace may not be deleted"))
end

-- ---- emptying ----

local function count_finalizers(batch, counts)
  for _, group in ipairs(batch:group_by "metadata.finalizers") do
    for _, finalizer in ipairs(group[1] or {}) do
      counts[finalizer] = (counts[finalizer] or 0) + #group.batch
    end
  end
end

-- What stays of a kind after all of it has been told to go.
local function empty_kind(ctx, kind, name, remaining)
  local set = ctx:matching(kind.name, name, {})
  if #set > 0 then ctx:delete_many(set:batch "staying", { propagation = "Background" }) end
  if #set == 0 then return end
  remaining.count = remaining.count + #set
  remaining.kinds[kind.plural .. "." .. kind.group] = #set
  count_finalizers(set:batch(), remaining.finalizers)
end

--- Delete what is in a namespace: pods, and when they are gone all the rest.
-- @param ctx
-- @tparam string name
-- @treturn table what is still there: count, kinds (resource -> number), finalizers
--   (finalizer -> number of objects that have it)
function namespaces.empty(ctx, name)
  local remaining = { count = 0, kinds = {}, finalizers = {} }
  empty_kind(ctx, ctx.server:kind "Pod", name, remaining)
  if remaining.count > 0 then return remaining end
  for _, kind in ipairs(ctx.server.kinds) do
    if kind.namespaced then empty_kind(ctx, kind, name, remaining) end
  end
  return remaining
end

--- Take the namespace's own finalizer away.
-- @param ctx
-- @param object the Namespace
function namespaces.finalize(ctx, object)
  return ctx:update_status(object, function(_, draft) draft.spec.finalizers = nil end)
end

-- ---- saying how far it is ----

-- Those that tell of failures this model does not have.
local FINE = {
  { "NamespaceDeletionDiscoveryFailure", "ResourcesDiscovered",
    "All resources successfully discovered" },
  { "NamespaceDeletionGroupVersionParsingFailure", "ParsedGroupVersions",
    "All legacy kube types successfully parsed" },
  { "NamespaceDeletionContentFailure", "ContentDeleted",
    "All content successfully deleted, may be waiting on finalization" },
}

local function listed(counts, format)
  local parts = {}
  for i, word in ipairs(suggest.keys(counts)) do
    parts[i] = format:format(word, counts[word])
  end
  return table.concat(parts, ", ")
end

local function content(remaining)
  local kinds, finalizers = listed(remaining.kinds, "%s has %d resource instances"),
    listed(remaining.finalizers, "%s in %d resource instances")
  return {
    kinds == "" and { "NamespaceContentRemaining", "ContentRemoved",
      "All content successfully removed" }
      or { "NamespaceContentRemaining", "SomeResourcesRemain",
        "Some resources are remaining: " .. kinds, "True" },
    finalizers == "" and { "NamespaceFinalizersRemaining", "ContentHasNoFinalizers",
      "All content-preserving finalizers finished" }
      or { "NamespaceFinalizersRemaining", "SomeFinalizersRemain",
        "Some content in the namespace has finalizers remaining: " .. finalizers, "True" },
  }
end

--- A Terminating namespace's conditions.
-- @param ctx
-- @param object the Namespace
-- @tparam table remaining as from `empty`
-- @return the list
function namespaces.conditions(ctx, object, remaining)
  local now, list = ctx:timestamp(), value.list {}
  for _, group in ipairs { FINE, content(remaining) } do
    for _, said in ipairs(group) do
      local status = said[4] or "False"
      local before = conditions.find(object.status.conditions, said[1])
      local since = before and before.status == status and before.lastTransitionTime
      list[#list + 1] = { type = said[1], status = status, reason = said[2], message = said[3],
        lastTransitionTime = since or now }
    end
  end
  return list
end

return namespaces
