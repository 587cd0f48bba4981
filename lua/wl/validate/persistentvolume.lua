-- SPDX-License-Identifier: MIT
--- PersistentVolumes and StorageClasses.
-- (pkg/apis/core/validation, pkg/apis/storage/validation)
local check = require "wl.validate.check"
local claim = require "wl.validate.claim"
local meta = require "wl.validate.meta"
local resources = require "wl.validate.resources"
local scheduling = require "wl.validate.scheduling"
local semantic = require "wl.validate.semantic"
local source = require "wl.validate.volumesource"

local volume, class = {}, {}

local RECLAIM_POLICIES = { "Delete", "Recycle", "Retain" }

local SOURCES = {
  { "hostPath" }, { "gcePersistentDisk", "persistentDisk" }, { "awsElasticBlockStore" },
  { "glusterfs" }, { "flocker" }, { "nfs" }, { "rbd" }, { "quobyte" }, { "cephfs" },
  { "iscsi" }, { "cinder", rule = source.persistentCinder }, { "fc" }, { "flexVolume" },
  { "azureFile" }, { "vsphereVolume" }, { "photonPersistentDisk" }, { "portworxVolume" },
  { "azureDisk" }, { "scaleIO" }, { "local" }, { "storageos" },
  { "csi", rule = source.persistentCsi },
}

local SOURCE_FIELDS = {}
for i, each in ipairs(SOURCES) do SOURCE_FIELDS[i] = each[1] end

local function one_source(errors, path, spec)
  local found = false
  for _, each in ipairs(SOURCES) do
    local field = each[1]
    local s = spec[field]
    if s and found then
      errors:forbidden(path .. "." .. field, "may not specify more than 1 volume type")
    elseif s then
      found = true
      local rule = each.rule or source[field]
      rule(errors, path .. "." .. (each[2] or field), s, {})
    end
  end
  if not found then errors:required(path, "must specify a volume type") end
end

local function capacity(errors, path, map)
  local count, storage = 0, map and map.storage
  for name, text in check.pairs(map) do
    count = count + 1
    resources.nonnegative(errors, check.key(path, name), text)
    resources.positive(errors, check.key(path, name), text)
  end
  if count == 0 then errors:required(path) end
  if not storage or count > 1 then errors:not_supported(path, map, { "storage" }) end
end

local function node_affinity(errors, path, spec)
  local affinity = spec.nodeAffinity
  if affinity and affinity.required then
    scheduling.node_selector(errors, path .. ".required", affinity.required)
  elseif affinity then
    errors:required(path .. ".required", "must specify required node constraints")
  elseif spec["local"] then
    errors:required(path, "Local volume requires node affinity")
  end
end

--- A new PersistentVolume.
function volume.validate(object, errors)
  local spec = object.spec or {}
  meta.create(errors, object, "dns_subdomain", "cluster")
  claim.access_modes(errors, "spec.accessModes", spec.accessModes)
  capacity(errors, "spec.capacity", spec.capacity)
  check.choice(errors, "spec.persistentVolumeReclaimPolicy", spec.persistentVolumeReclaimPolicy,
    RECLAIM_POLICIES)
  node_affinity(errors, "spec.nodeAffinity", spec)
  one_source(errors, "spec", spec)
  if spec.hostPath and spec.hostPath.path == "/"
      and spec.persistentVolumeReclaimPolicy == "Recycle" then
    errors:forbidden("spec.persistentVolumeReclaimPolicy",
      "may not be 'recycle' for a hostPath mount of '/'")
  end
  check.optional_name(errors, "spec.storageClassName", "dns_subdomain", spec.storageClassName)
  check.choice(errors, "spec.volumeMode", spec.volumeMode, claim.VOLUME_MODES)
end

--- A changed PersistentVolume: its source stays.
function volume.validate_update(new, old, errors)
  local spec, was = new.spec or {}, old.spec or {}
  meta.update(errors, new, old)
  volume.validate(new, errors)
  if not semantic.equal(semantic.with({}, spec, SOURCE_FIELDS),
      semantic.with({}, was, SOURCE_FIELDS)) then
    errors:forbidden("spec.persistentvolumesource",
      "spec.persistentvolumesource is immutable after creation")
  end
  check.immutable(errors, "volumeMode", spec.volumeMode, was.volumeMode)
  if was.nodeAffinity and not semantic.equal(spec.nodeAffinity, was.nodeAffinity) then
    errors:invalid("nodeAffinity", spec.nodeAffinity,
      "field is immutable, except for updating from beta label to GA")
  end
end

--- A changed status.
function volume.validate_status(new, old, errors) meta.update(errors, new, old) end

-- ---------------------------------------------------------------------------
-- StorageClass
-- ---------------------------------------------------------------------------

--- A new StorageClass.
function class.validate(object, errors)
  meta.create(errors, object, "dns_subdomain", "cluster")
  if check.blank(object.provisioner) then
    errors:required("provisioner", object.provisioner)
  else
    errors:each_invalid("provisioner", object.provisioner,
      check.faults("label_key", object.provisioner:lower()))
  end
  for key in check.pairs(object.parameters) do
    if key == "" then errors:invalid("parameters", key, "field can not be empty.") end
  end
  check.choice(errors, "reclaimPolicy", object.reclaimPolicy, { "Delete", "Retain" })
  check.choice(errors, "volumeBindingMode", object.volumeBindingMode,
    { "Immediate", "WaitForFirstConsumer" })
end

local FIXED = { "parameters", "provisioner", "reclaimPolicy", "volumeBindingMode" }

--- A changed StorageClass.
function class.validate_update(new, old, errors)
  meta.update(errors, new, old)
  for _, field in ipairs(FIXED) do
    if not semantic.equal(new[field], old[field]) then
      errors:forbidden(field, "updates to " .. field .. " are forbidden.")
    end
  end
end

return { PersistentVolume = volume, StorageClass = class }
