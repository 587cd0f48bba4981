-- SPDX-License-Identifier: MIT
--- How volumes are described.
-- Source: k8s.io/kubectl/pkg/describe describeVolumes.
local parts = require "wl.describe.parts"

local volumes = {}

local function boolean(b)
  return tostring(b or false)
end

local function bare(x)
  return x ~= nil and tostring(x) or ""
end

-- Each source of a volume: what it is, and its lines { title, text }.
local SOURCES = {
  emptyDir = function(v)
    return "EmptyDir (a temporary directory that shares a pod's lifetime)", {
      { "Medium", bare(v.medium) },
      { "SizeLimit", v.sizeLimit and parts.quantity(v.sizeLimit) or "<unset>" },
    }
  end,
  hostPath = function(v)
    return "HostPath (bare host directory volume)", {
      { "Path", bare(v.path) }, { "HostPathType", bare(v.type) },
    }
  end,
  configMap = function(v)
    return "ConfigMap (a volume populated by a ConfigMap)", {
      { "Name", bare(v.name) }, { "Optional", boolean(v.optional) },
    }
  end,
  secret = function(v)
    return "Secret (a volume populated by a Secret)", {
      { "SecretName", bare(v.secretName) }, { "Optional", boolean(v.optional) },
    }
  end,
  persistentVolumeClaim = function(v)
    return "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)", {
      { "ClaimName", bare(v.claimName) }, { "ReadOnly", boolean(v.readOnly) },
    }
  end,
  nfs = function(v)
    return "NFS (an NFS mount that lasts the lifetime of a pod)", {
      { "Server", bare(v.server) }, { "Path", bare(v.path) }, { "ReadOnly", boolean(v.readOnly) },
    }
  end,
  csi = function(v)
    return "CSI (a Container Storage Interface (CSI) volume source)", {
      { "Driver", bare(v.driver) }, { "FSType", bare(v.fsType) },
      { "ReadOnly", boolean(v.readOnly) },
    }
  end,
  gcePersistentDisk = function(v)
    return "GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)", {
      { "PDName", bare(v.pdName) }, { "FSType", bare(v.fsType) },
      { "Partition", tostring(v.partition or 0) }, { "ReadOnly", boolean(v.readOnly) },
    }
  end,
  awsElasticBlockStore = function(v)
    return "AWSElasticBlockStore (a Persistent Disk resource in AWS)", {
      { "VolumeID", bare(v.volumeID) }, { "FSType", bare(v.fsType) },
      { "Partition", tostring(v.partition or 0) }, { "ReadOnly", boolean(v.readOnly) },
    }
  end,
  ephemeral = function(v)
    local spec = (v.volumeClaimTemplate or {}).spec or {}
    return "EphemeralVolume (an inline specification for a volume that gets created and "
      .. "deleted with the pod)", { { "StorageClass", bare(spec.storageClassName) } }
  end,
}

local function projected(v)
  local lines = {}
  for _, source in ipairs(v.sources or {}) do
    if source.secret then
      lines[#lines + 1] = { "SecretName", bare(source.secret.name) }
    elseif source.downwardAPI then
      lines[#lines + 1] = { "DownwardAPI", "true" }
    elseif source.configMap then
      local optional = source.configMap.optional
      lines[#lines + 1] = { "ConfigMapName", bare(source.configMap.name) }
      lines[#lines + 1] = { "ConfigMapOptional", optional == nil and "<nil>" or tostring(optional) }
    elseif source.serviceAccountToken then
      lines[#lines + 1] = { "TokenExpirationSeconds",
        tostring(source.serviceAccountToken.expirationSeconds or 3600) }
    end
  end
  return "Projected (a volume that contains injected data from multiple sources)", lines
end
SOURCES.projected = projected

local function write_items(w, v)
  w:line(2, "Type:\tDownwardAPI (a volume populated by information about the pod)")
  w:line(2, "Items:")
  for _, item in ipairs(v.items or {}) do
    local from = item.fieldRef and item.fieldRef.fieldPath
      or item.resourceFieldRef and item.resourceFieldRef.resource or ""
    w:line(3, ("%s -> %s"):format(from, item.path))
  end
end

--- The lines of a volume's source.
-- @param w writer
-- @param volume with one field that names its source
function volumes.write_source(w, volume)
  if volume.downwardAPI then
    write_items(w, volume.downwardAPI)
    return
  end
  for field, source in pairs(volume) do
    if field ~= "name" and SOURCES[field] then
      local type, lines = SOURCES[field](source)
      w:line(2, "Type:\t" .. type)
      for _, line in ipairs(lines) do
        w:line(2, line[1] .. ":\t" .. line[2])
      end
      return
    end
  end
  w:line(2, "<unknown>")
end

--- Describe volumes.
-- @param w writer
-- @param list the volumes, or nil
-- @tparam string indent "" in a pod, "  " in a template
function volumes.write(w, list, indent)
  if #(list or {}) == 0 then
    w:line(0, indent .. "Volumes:\t<none>")
    return
  end
  w:line(0, indent .. "Volumes:")
  for _, volume in ipairs(list) do
    w:line(1, (indent ~= "" and " " or "") .. volume.name .. ":")
    volumes.write_source(w, volume)
  end
end

return volumes
