-- SPDX-License-Identifier: MIT
--- The volumes of a pod. (core/v1)
local schema = require "wl.schema"
local container = require "wl.api.container"
local defaults = require "wl.api.defaults.volume"
local meta = require "wl.api.meta"
local persistent = require "wl.api.persistent"
local plugin = require "wl.api.storage_plugin"

local object, list, map, required = schema.object, schema.list, schema.map, schema.required
local word, str, bool, flag, int32, int64 = schema.word, schema.str, schema.bool, schema.flag,
  schema.int32, schema.int64

local FILE_MODE = int32 { default = 420 } -- 0644

local volume = {}

volume.KeyToPath = object { key = required(str), path = required(str), mode = int32 }

volume.ConfigMapVolumeSource = object {
  name = word, items = list(volume.KeyToPath), defaultMode = FILE_MODE, optional = bool,
}

volume.SecretVolumeSource = object {
  secretName = word, items = list(volume.KeyToPath), defaultMode = FILE_MODE, optional = bool,
}

volume.DownwardAPIVolumeFile = object {
  path = required(str), fieldRef = container.ObjectFieldSelector,
  resourceFieldRef = container.ResourceFieldSelector, mode = int32,
}

volume.DownwardAPIVolumeSource = object {
  items = list(volume.DownwardAPIVolumeFile), defaultMode = FILE_MODE,
}

volume.EmptyDirVolumeSource = object { medium = word, sizeLimit = schema.quantity }

volume.EphemeralVolumeSource = object {
  volumeClaimTemplate = persistent.PersistentVolumeClaimTemplate,
}

volume.GitRepoVolumeSource = object {
  repository = required(str), revision = word, directory = word,
}

volume.ImageVolumeSource = object {
  reference = word, pullPolicy = word { enum = container.PULL_POLICIES },
} { complete = defaults.image }

volume.PersistentVolumeClaimVolumeSource = object { claimName = required(str), readOnly = flag }

-- projected: several sources in one directory

volume.ConfigMapProjection = object { name = word, items = list(volume.KeyToPath), optional = bool }

volume.SecretProjection = object { name = word, items = list(volume.KeyToPath), optional = bool }

volume.DownwardAPIProjection = object { items = list(volume.DownwardAPIVolumeFile) }

volume.ServiceAccountTokenProjection = object {
  audience = word, expirationSeconds = int64 { default = 3600 }, path = required(str),
}

volume.ClusterTrustBundleProjection = object {
  name = str, signerName = str, labelSelector = meta.LabelSelector, optional = bool,
  path = required(str),
}

volume.PodCertificateProjection = object {
  signerName = required(str), keyType = required(str), maxExpirationSeconds = int32,
  credentialBundlePath = word, keyPath = word, certificateChainPath = word,
  userAnnotations = map(str),
}

volume.VolumeProjection = object {
  configMap = volume.ConfigMapProjection, secret = volume.SecretProjection,
  downwardAPI = volume.DownwardAPIProjection,
  serviceAccountToken = volume.ServiceAccountTokenProjection,
  clusterTrustBundle = volume.ClusterTrustBundleProjection,
  podCertificate = volume.PodCertificateProjection,
}

volume.ProjectedVolumeSource = object {
  sources = list(volume.VolumeProjection), defaultMode = FILE_MODE,
}

volume.Volume = object {
  name = required(str),
  awsElasticBlockStore = plugin.AWSElasticBlockStoreVolumeSource,
  azureDisk = plugin.AzureDiskVolumeSource,
  azureFile = plugin.AzureFileVolumeSource,
  cephfs = plugin.CephFSVolumeSource,
  cinder = plugin.CinderVolumeSource,
  configMap = volume.ConfigMapVolumeSource,
  csi = plugin.CSIVolumeSource,
  downwardAPI = volume.DownwardAPIVolumeSource,
  emptyDir = volume.EmptyDirVolumeSource,
  ephemeral = volume.EphemeralVolumeSource,
  fc = plugin.FCVolumeSource,
  flexVolume = plugin.FlexVolumeSource,
  flocker = plugin.FlockerVolumeSource,
  gcePersistentDisk = plugin.GCEPersistentDiskVolumeSource,
  gitRepo = volume.GitRepoVolumeSource,
  glusterfs = plugin.GlusterfsVolumeSource,
  hostPath = plugin.HostPathVolumeSource,
  image = volume.ImageVolumeSource,
  iscsi = plugin.ISCSIVolumeSource,
  nfs = plugin.NFSVolumeSource,
  persistentVolumeClaim = volume.PersistentVolumeClaimVolumeSource,
  photonPersistentDisk = plugin.PhotonPersistentDiskVolumeSource,
  portworxVolume = plugin.PortworxVolumeSource,
  projected = volume.ProjectedVolumeSource,
  quobyte = plugin.QuobyteVolumeSource,
  rbd = plugin.RBDVolumeSource,
  scaleIO = plugin.ScaleIOVolumeSource,
  secret = volume.SecretVolumeSource,
  storageos = plugin.StorageOSVolumeSource,
  vsphereVolume = plugin.VsphereVirtualDiskVolumeSource,
} { complete = defaults.volume }

return schema.named(volume)
