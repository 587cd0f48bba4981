-- SPDX-License-Identifier: MIT
--- Volumes that a storage system provides, for pods and for PersistentVolumes.
-- (core/v1)
--
-- Many come in two forms that differ in where their secret is: in the pod's
-- namespace (LocalObjectReference) or in any (SecretReference).
local schema = require "wl.schema"
local reference = require "wl.api.reference"

local object, list, map, required = schema.object, schema.list, schema.map, schema.required
local word, str, bool, flag, int32, count = schema.word, schema.str, schema.bool, schema.flag,
  schema.int32, schema.count

local Local, Anywhere = reference.LocalObjectReference, reference.SecretReference

local plugin = {}

-- Both forms: NameVolumeSource and NamePersistentVolumeSource.
local function both(name, fields_with)
  plugin[name .. "VolumeSource"] = object(fields_with(Local))
  plugin[name .. "PersistentVolumeSource"] = object(fields_with(Anywhere))
end

plugin.AWSElasticBlockStoreVolumeSource = object {
  volumeID = required(str), fsType = word, partition = count, readOnly = flag,
}

plugin.AzureDiskVolumeSource = object {
  diskName = required(str), diskURI = required(str),
  cachingMode = str { default = "ReadWrite", enum = { "None", "ReadOnly", "ReadWrite" } },
  fsType = str { default = "ext4" }, readOnly = bool { default = false },
  kind = str { default = "Shared", enum = { "Dedicated", "Managed", "Shared" } },
}

plugin.AzureFileVolumeSource = object {
  secretName = required(str), shareName = required(str), readOnly = flag,
}

plugin.AzureFilePersistentVolumeSource = schema.extend(plugin.AzureFileVolumeSource, {
  secretNamespace = str,
})

both("CephFS", function(Secret)
  return {
    monitors = required(list(str)), path = word, user = word, secretFile = word,
    secretRef = Secret, readOnly = flag,
  }
end)

both("Cinder", function(Secret)
  return { volumeID = required(str), fsType = word, readOnly = flag, secretRef = Secret }
end)

plugin.CSIVolumeSource = object {
  driver = required(str), readOnly = bool, fsType = str, volumeAttributes = map(str),
  nodePublishSecretRef = Local,
}

plugin.CSIPersistentVolumeSource = object {
  driver = required(str), volumeHandle = required(str), readOnly = flag, fsType = word,
  volumeAttributes = map(str),
  controllerPublishSecretRef = Anywhere, controllerExpandSecretRef = Anywhere,
  nodeStageSecretRef = Anywhere, nodePublishSecretRef = Anywhere, nodeExpandSecretRef = Anywhere,
}

plugin.FCVolumeSource = object {
  targetWWNs = list(str), wwids = list(str), lun = int32, fsType = word, readOnly = flag,
}

both("Flex", function(Secret)
  return {
    driver = required(str), fsType = word, secretRef = Secret, readOnly = flag, options = map(str),
  }
end)

plugin.FlockerVolumeSource = object { datasetName = word, datasetUUID = word }

plugin.GCEPersistentDiskVolumeSource = object {
  pdName = required(str), fsType = word, partition = count, readOnly = flag,
}

plugin.GlusterfsVolumeSource = object {
  endpoints = required(str), path = required(str), readOnly = flag,
}

plugin.GlusterfsPersistentVolumeSource = schema.extend(plugin.GlusterfsVolumeSource, {
  endpointsNamespace = str,
})

plugin.HostPathVolumeSource = object { path = required(str), type = str { default = "" } }

both("ISCSI", function(Secret)
  return {
    targetPortal = required(str), iqn = required(str), lun = required(int32),
    iscsiInterface = word { default = "default" }, fsType = word, readOnly = flag,
    portals = list(str), chapAuthDiscovery = flag, chapAuthSession = flag,
    secretRef = Secret, initiatorName = str,
  }
end)

plugin.LocalVolumeSource = object { path = required(str), fsType = str }

plugin.NFSVolumeSource = object { server = required(str), path = required(str), readOnly = flag }

plugin.PhotonPersistentDiskVolumeSource = object { pdID = required(str), fsType = word }

plugin.PortworxVolumeSource = object { volumeID = required(str), fsType = word, readOnly = flag }

plugin.QuobyteVolumeSource = object {
  registry = required(str), volume = required(str), readOnly = flag, user = word, group = word,
  tenant = word,
}

both("RBD", function(Secret)
  return {
    monitors = required(list(str)), image = required(str), fsType = word,
    pool = word { default = "rbd" }, user = word { default = "admin" },
    keyring = word { default = "/etc/ceph/keyring" }, secretRef = Secret, readOnly = flag,
  }
end)

both("ScaleIO", function(Secret)
  return {
    gateway = required(str), system = required(str), secretRef = required(Secret),
    sslEnabled = flag, protectionDomain = word, storagePool = word,
    storageMode = word { default = "ThinProvisioned" }, volumeName = word,
    fsType = word { default = "xfs" }, readOnly = flag,
  }
end)

plugin.StorageOSVolumeSource = object {
  volumeName = word, volumeNamespace = word, fsType = word, readOnly = flag, secretRef = Local,
}

plugin.StorageOSPersistentVolumeSource = schema.extend(plugin.StorageOSVolumeSource, {
  secretRef = reference.ObjectReference,
})

plugin.VsphereVirtualDiskVolumeSource = object {
  volumePath = required(str), fsType = word, storagePolicyName = word, storagePolicyID = word,
}

return schema.named(plugin)
