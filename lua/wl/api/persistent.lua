-- SPDX-License-Identifier: MIT
--- Storage that outlives pods: claims and the volumes that answer them. (core/v1)
local schema = require "wl.schema"
local meta = require "wl.api.meta"
local placement = require "wl.api.placement"
local plugin = require "wl.api.storage_plugin"
local reference = require "wl.api.reference"

local object, list, map, merged = schema.object, schema.list, schema.map, schema.merged
local required, always = schema.required, schema.always
local word, str, time, resources = schema.word, schema.str, schema.time, schema.resources

local ACCESS_MODES = { "ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod" }
local VOLUME_MODE = str { default = "Filesystem", enum = { "Block", "Filesystem" } }

local persistent = {}

persistent.VolumeResourceRequirements = object { limits = resources, requests = resources }

persistent.PersistentVolumeClaimSpec = object {
  accessModes = list(str { enum = ACCESS_MODES }), selector = meta.LabelSelector,
  resources = always(persistent.VolumeResourceRequirements),
  volumeName = word, storageClassName = str, volumeMode = VOLUME_MODE,
  dataSource = reference.TypedLocalObjectReference,
  dataSourceRef = reference.TypedObjectReference, volumeAttributesClassName = str,
}

persistent.PersistentVolumeClaimCondition = meta.condition { lastProbeTime = time }

persistent.ModifyVolumeStatus = object {
  targetVolumeAttributesClassName = word, status = required(str),
}

persistent.PersistentVolumeClaimStatus = object {
  phase = word { default = "Pending", enum = { "Bound", "Lost", "Pending" } },
  accessModes = list(str), capacity = resources, allocatedResources = resources,
  allocatedResourceStatuses = map(str),
  conditions = merged(persistent.PersistentVolumeClaimCondition, "type"),
  currentVolumeAttributesClassName = str, modifyVolumeStatus = persistent.ModifyVolumeStatus,
}

persistent.PersistentVolumeClaim = meta.resource {
  spec = always(persistent.PersistentVolumeClaimSpec),
  status = always(persistent.PersistentVolumeClaimStatus),
}

persistent.PersistentVolumeClaimTemplate = object {
  metadata = meta.ObjectMeta,
  spec = required(persistent.PersistentVolumeClaimSpec) { default = {} },
}

persistent.VolumeNodeAffinity = object { required = placement.NodeSelector }

-- The storage systems that a PersistentVolume can be of, by field.
local SOURCES = {
  awsElasticBlockStore = plugin.AWSElasticBlockStoreVolumeSource,
  azureDisk = plugin.AzureDiskVolumeSource,
  azureFile = plugin.AzureFilePersistentVolumeSource,
  cephfs = plugin.CephFSPersistentVolumeSource,
  cinder = plugin.CinderPersistentVolumeSource,
  csi = plugin.CSIPersistentVolumeSource,
  fc = plugin.FCVolumeSource,
  flexVolume = plugin.FlexPersistentVolumeSource,
  flocker = plugin.FlockerVolumeSource,
  gcePersistentDisk = plugin.GCEPersistentDiskVolumeSource,
  glusterfs = plugin.GlusterfsPersistentVolumeSource,
  hostPath = plugin.HostPathVolumeSource,
  iscsi = plugin.ISCSIPersistentVolumeSource,
  ["local"] = plugin.LocalVolumeSource,
  nfs = plugin.NFSVolumeSource,
  photonPersistentDisk = plugin.PhotonPersistentDiskVolumeSource,
  portworxVolume = plugin.PortworxVolumeSource,
  quobyte = plugin.QuobyteVolumeSource,
  rbd = plugin.RBDPersistentVolumeSource,
  scaleIO = plugin.ScaleIOPersistentVolumeSource,
  storageos = plugin.StorageOSPersistentVolumeSource,
  vsphereVolume = plugin.VsphereVirtualDiskVolumeSource,
}

persistent.PersistentVolumeSpec = schema.extend(object(SOURCES), {
  capacity = resources, accessModes = list(str { enum = ACCESS_MODES }),
  claimRef = reference.ObjectReference,
  persistentVolumeReclaimPolicy =
    word { default = "Retain", enum = { "Delete", "Recycle", "Retain" } },
  storageClassName = word, mountOptions = list(str), volumeMode = VOLUME_MODE,
  nodeAffinity = persistent.VolumeNodeAffinity, volumeAttributesClassName = str,
})

persistent.PersistentVolumeStatus = object {
  phase = word { default = "Pending",
    enum = { "Available", "Bound", "Failed", "Pending", "Released" } },
  message = word, reason = word, lastPhaseTransitionTime = time,
}

persistent.PersistentVolume = meta.resource {
  spec = always(persistent.PersistentVolumeSpec),
  status = always(persistent.PersistentVolumeStatus),
}

return schema.named(persistent)
