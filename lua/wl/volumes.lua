-- SPDX-License-Identifier: MIT
--- Storage for claims: PersistentVolumeClaims are bound at once, to a volume that
-- is there and fits or to one that is made for them.
--
-- A cluster has a default StorageClass as soon as it has claims. A claim of a
-- class that does not exist waits; so does one that asks for no class ("") and
-- finds no volume. When a claim goes, its volume goes or is released, as its
-- reclaim policy says. When to bind (volumeBindingMode) makes no difference here:
-- volumes are wherever their pods are.
-- Source: pkg/controller/volume/persistentvolume; plugin/pkg/admission/storage.
local quantity = require "wl.quantity"
local selector = require "wl.selector"
local value = require "wl.value"

local volumes = {}

local IS_DEFAULT = "storageclass.kubernetes.io/is-default-class"
local PROVISIONED_BY = "pv.kubernetes.io/provisioned-by"

local STANDARD = {
  apiVersion = "storage.k8s.io/v1", kind = "StorageClass",
  metadata = { name = "default", annotations = { [IS_DEFAULT] = "true" } },
  provisioner = "wlrun.io/disk", reclaimPolicy = "Delete",
}

-- ---- classes ----

-- Of several the newest.
local function default_class(ctx)
  local newest
  for class in ctx:all("StorageClass"):each() do
    if (class.metadata.annotations or {})[IS_DEFAULT] == "true" then
      newest = class
    end
  end
  return newest
end

local function class_of(ctx, claim)
  local name = claim.spec.storageClassName
  if name == nil then
    return default_class(ctx)
  end
  return name ~= "" and ctx:get("StorageClass", nil, name) or nil
end

-- ---- volumes that are there ----

local function size_of(text) return text and quantity.parse(text) or quantity.parse "0" end

local function includes(list, wanted)
  for _, one in ipairs(list or {}) do
    if one == wanted then
      return true
    end
  end
  return false
end

local function is_meant_for(volume, claim)
  local reference = volume.spec.claimRef
  return reference == nil or reference.name == claim.metadata.name
    and reference.namespace == claim.metadata.namespace
    and (reference.uid == nil or reference.uid == claim.metadata.uid)
end

local function fits(volume, claim, class_name)
  local spec = volume.spec
  if (spec.storageClassName or "") ~= class_name or not is_meant_for(volume, claim)
    or (spec.volumeMode or "Filesystem") ~= (claim.spec.volumeMode or "Filesystem") then
    return false
  end
  for _, mode in ipairs(claim.spec.accessModes or {}) do
    if not includes(spec.accessModes, mode) then
      return false
    end
  end
  return not claim.spec.selector
    or selector.from(claim.spec.selector):matches(volume.metadata.labels or {})
end

local function requested(claim) return (claim.spec.resources.requests or {}).storage end

-- The smallest that is large enough.
local function find(ctx, claim, class_name)
  local wanted, best, best_size = size_of(requested(claim)), nil, nil
  for volume in ctx:where("PersistentVolume", "unclaimed"):each() do
    local size = size_of((volume.spec.capacity or {}).storage)
    if size >= wanted and fits(volume, claim, class_name)
      and (not best or size < best_size) then
      best, best_size = volume, size
    end
  end
  return best
end

-- ---- volumes that are made ----

local function reference_to(claim)
  local metadata = claim.metadata
  return { apiVersion = "v1", kind = "PersistentVolumeClaim", name = metadata.name,
    namespace = metadata.namespace, uid = metadata.uid }
end

local function provision(ctx, claim, class)
  local name = "pvc-" .. claim.metadata.uid
  local made, message = ctx:create {
    apiVersion = "v1", kind = "PersistentVolume",
    metadata = { name = name, annotations = { [PROVISIONED_BY] = class.provisioner } },
    spec = {
      capacity = { storage = requested(claim) }, accessModes = claim.spec.accessModes,
      volumeMode = claim.spec.volumeMode, storageClassName = class.metadata.name,
      persistentVolumeReclaimPolicy = class.reclaimPolicy, mountOptions = class.mountOptions,
      hostPath = { path = "/var/lib/wlrun/" .. name }, claimRef = reference_to(claim),
    },
  }
  if made then
    ctx:event(claim, "Normal", "ProvisioningSucceeded", "Successfully provisioned volume " .. name)
  else
    ctx:event(claim, "Warning", "ProvisioningFailed", message)
  end
  return made
end

local function look_for(ctx, claim)
  local class = class_of(ctx, claim)
  local class_name = class and class.metadata.name or claim.spec.storageClassName or ""
  local named = claim.spec.volumeName
  if named then
    local volume = ctx:get("PersistentVolume", nil, named)
    return volume and is_meant_for(volume, claim) and volume or nil
  end
  -- One that was found, or made, before and is not bound to the end yet.
  local volume = ctx:on_node(claim.metadata.uid, "PersistentVolume"):first()
    or find(ctx, claim, class_name)
  if volume or class then
    return volume or provision(ctx, claim, class)
  elseif class_name ~= "" then
    ctx:event(claim, "Warning", "ProvisioningFailed",
      ("storageclass.storage.k8s.io %q not found"):format(class_name))
  else
    ctx:event(claim, "Normal", "FailedBinding", "no persistent volumes available for this claim "
      .. "and no storage class is set")
  end
end

-- ---- binding ----

local function bind(ctx, claim)
  local volume = look_for(ctx, claim)
  volume = volume and ctx:update(volume, function(draft)
    draft.spec.claimRef = reference_to(claim)
  end)
  volume = volume and ctx:update_status(volume, function(draft) draft.phase = "Bound" end)
  local named = volume and ctx:update(claim, function(draft)
    draft.spec.volumeName = volume.metadata.name
  end)
  if named then
    ctx:update_status(named, { phase = "Bound", accessModes = volume.spec.accessModes,
      capacity = volume.spec.capacity })
  end
end

-- A volume whose claim is gone.
local function reclaim(ctx, volume)
  if volume.spec.persistentVolumeReclaimPolicy == "Delete" then
    ctx:delete(volume)
  else
    ctx:update_status(volume, function(draft) draft.phase = "Released" end)
  end
end

local function each(set, act)
  for object in set:batch():each() do
    act(object)
  end
end

local function run(ctx)
  each(ctx:where("PersistentVolume", "new"), function(volume)
    ctx:update_status(volume, function(draft) draft.phase = "Available" end)
  end)
  each(ctx:where("PersistentVolumeClaim", "unbound"), function(claim) bind(ctx, claim) end)
  local held = ctx:where("PersistentVolume", "bound")
  if #held ~= #ctx:where("PersistentVolumeClaim", "bound") then
    each(held, function(volume)
      local reference = volume.spec.claimRef
      if not reference or not ctx:by_uid(reference.uid) then
        reclaim(ctx, volume)
      end
    end)
  end
end

local function wake(ctx)
  return { ctx:where("PersistentVolumeClaim", "unbound"), ctx:all "StorageClass",
    ctx:where("PersistentVolumeClaim", "bound"), ctx:where("PersistentVolume", "unclaimed") }
end

-- ---- the cluster's side ----

--- An admission rule for wl.server: a claim that says nothing of its class gets
-- the default one.
-- @param ctx
-- @treturn function(kind, draft) returns true
function volumes.admission(ctx)
  return function(kind, draft)
    if kind.name == "PersistentVolumeClaim" and draft.spec.storageClassName == nil then
      local class = default_class(ctx)
      draft.spec.storageClassName = class and class.metadata.name
    end
    return true
  end
end

--- Have a cluster bind claims, from the first one on.
-- @param cluster
function volumes.install(cluster)
  local server = cluster.server
  server.on_kind[#server.on_kind + 1] = function(kind)
    if kind.name == "PersistentVolumeClaim" then
      if not cluster.has_storage_since then
        assert(server:create(value.of(STANDARD)))
        cluster.has_storage_since = server.store:revision()
      end
      local entry = cluster.controllers:add_component {
        name = "persistentvolume-controller", run = run, wake = wake,
      }
      server.admit[#server.admit + 1] = volumes.admission(entry.ctx)
    end
  end
end

return volumes
