-- SPDX-License-Identifier: MIT
--- PersistentVolume, PersistentVolumeClaim, StorageClass: kept as data.
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
  },
  kind "PersistentVolumeClaim" {
    api = "v1",
    short = { "pvc" },
    schema = persistent.PersistentVolumeClaim,
    validation = require "wl.validate.claim",
    preparation = as_data(persistent.PersistentVolumeClaim),
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
