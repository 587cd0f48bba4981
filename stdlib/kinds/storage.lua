-- SPDX-License-Identifier: MIT
--- PersistentVolume, PersistentVolumeClaim, StorageClass. Claims are bound by wl.volumes.
local facet = require "wl.facet"
local kind = require "wl.kind"
local legacy = require "wl.api.legacy"
local persistent = require "wl.api.persistent"
local prepare = require "wl.api.prepare"
local storage = require "wl.api.storage"
local validate = require "wl.validate.persistentvolume"

local function as_data(t)
  return prepare.standard(t, { generation = false })
end

return {
  kind "PersistentVolume" {
    api = "v1",
    short = { "pv" },
    namespaced = false,
    schema = persistent.PersistentVolume,
    validation = validate.PersistentVolume,
    preparation = as_data(persistent.PersistentVolume),
    facets = {
      { "going", facet.present "metadata.deletionTimestamp" },
      { "unclaimed", facet.equals("status.phase", "Available") },
      { "over", facet.any { facet.equals("status.phase", "Released"),
                            facet.equals("status.phase", "Failed") } },
      { "held", facet.all { facet.present "spec.claimRef.uid", facet.negate "over" } },
      -- Those that a controller has to see to: to offer, and to delete.
      { "unheld", facet.all { facet.absent "spec.claimRef.uid", facet.negate "unclaimed" } },
      { "discarded", facet.all { facet.equals("status.phase", "Released"),
                                 facet.present "spec.claimRef.uid", facet.negate "going",
        facet.equals("spec.persistentVolumeReclaimPolicy", "Delete") } },
    },
    indexed = { "spec.claimRef.uid" },
  },
  kind "PersistentVolumeClaim" {
    api = "v1",
    short = { "pvc" },
    schema = persistent.PersistentVolumeClaim,
    validation = require "wl.validate.claim",
    preparation = as_data(persistent.PersistentVolumeClaim),
    facets = {
      { "going", facet.present "metadata.deletionTimestamp" },
      { "bound", facet.equals("status.phase", "Bound") },
      { "unbound", facet.all { facet.none_of("status.phase", "Bound", "Lost"),
                               facet.negate "going" } },
    },
  },
  kind "StorageClass" {
    api = "storage.k8s.io/v1",
    plural = "storageclasses",
    short = { "sc" },
    namespaced = false,
    schema = storage.StorageClass,
    legacy = legacy.StorageClass,
    validation = validate.StorageClass,
    preparation = as_data(storage.StorageClass),
  },
}
