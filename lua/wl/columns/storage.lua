-- SPDX-License-Identifier: MIT
--- The columns of volumes, claims and storage classes.
-- Source: kubernetes pkg/printers/internalversion printPersistentVolume.
local cells = require "wl.columns.cells"

local storage = {}

local MODES = { "ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod" }
local SHORT = { ReadWriteOnce = "RWO", ReadOnlyMany = "ROX", ReadWriteMany = "RWX",
  ReadWriteOncePod = "RWOP" }
local BETA_CLASS = "volume.beta.kubernetes.io/storage-class"
local DEFAULT_CLASS = {
  "storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class",
}

--- "RWO,ROX": each mode once, in the order of the API.
function storage.access_modes(modes)
  local has, parts = {}, {}
  for _, mode in ipairs(modes or {}) do
    has[mode] = true
  end
  for _, mode in ipairs(MODES) do
    parts[#parts + 1] = has[mode] and SHORT[mode] or nil
  end
  return table.concat(parts, ",")
end

--- The class of a volume or claim, "" for none.
function storage.class(object)
  local annotations = object.metadata.annotations or {}
  return annotations[BETA_CLASS] or object.spec.storageClassName or ""
end

--- "Terminating" while it waits to be deleted, else its phase.
function storage.phase(object)
  local phase = object.status and object.status.phase or ""
  return object.metadata.deletionTimestamp and "Terminating" or phase
end

local function attributes_class(object)
  return cells.text(object.spec.volumeAttributesClassName, "<unset>")
end

local function volume_mode(object)
  return cells.text(object.spec.volumeMode, "<unset>")
end

storage.PersistentVolume = {
  cells.NAME,
  { "CAPACITY", function(object) return (object.spec.capacity or {}).storage or "0" end },
  { "ACCESS MODES", function(object) return storage.access_modes(object.spec.accessModes) end },
  { "RECLAIM POLICY", function(object)
    return object.spec.persistentVolumeReclaimPolicy or ""
  end },
  { "STATUS", storage.phase },
  { "CLAIM", function(object)
    local claim = object.spec.claimRef
    return claim and ("%s/%s"):format(claim.namespace or "", claim.name or "") or ""
  end },
  { "STORAGECLASS", storage.class },
  { "VOLUMEATTRIBUTESCLASS", attributes_class },
  { "REASON", function(object) return object.status and object.status.reason or "" end },
  cells.AGE,
  { "VOLUMEMODE", volume_mode, wide = true },
}

local function bound(object, cell)
  return (object.spec.volumeName or "") ~= "" and cell(object.status or {}) or ""
end

storage.PersistentVolumeClaim = {
  cells.NAME,
  { "STATUS", storage.phase },
  { "VOLUME", function(object) return object.spec.volumeName or "" end },
  { "CAPACITY", function(object)
    return bound(object, function(status) return (status.capacity or {}).storage or "0" end)
  end },
  { "ACCESS MODES", function(object)
    return bound(object, function(status) return storage.access_modes(status.accessModes) end)
  end },
  { "STORAGECLASS", storage.class },
  { "VOLUMEATTRIBUTESCLASS", attributes_class },
  cells.AGE,
  { "VOLUMEMODE", volume_mode, wide = true },
}

local function is_default(object)
  for _, key in ipairs(DEFAULT_CLASS) do
    if (object.metadata.annotations or {})[key] == "true" then
      return true
    end
  end
  return false
end

storage.StorageClass = {
  { "NAME", function(object)
    return object.metadata.name .. (is_default(object) and " (default)" or "")
  end },
  { "PROVISIONER", ".provisioner" },
  { "RECLAIMPOLICY", function(object) return cells.text(object.reclaimPolicy, "Delete") end },
  { "VOLUMEBINDINGMODE", function(object)
    return cells.text(object.volumeBindingMode, "<unset>")
  end },
  { "ALLOWVOLUMEEXPANSION", function(object)
    return tostring(object.allowVolumeExpansion or false)
  end },
  cells.AGE,
}

return storage
