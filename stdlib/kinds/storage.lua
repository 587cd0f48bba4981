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
      { "new", facet.equals("status.phase", "Pending") },
      { "unclaimed", facet.equals("status.phase", "Available") },
      { "bound", facet.equals("status.phase", "Bound") },
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
      { "bound", facet.equals("status.phase", "Bound") },
      { "unbound", facet.all { facet.none_of("status.phase", "Bound", "Lost"),
                               facet.absent "metadata.deletionTimestamp" } },
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
