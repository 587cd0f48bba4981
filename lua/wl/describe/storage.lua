-- SPDX-License-Identifier: MIT
--- How volumes, claims and storage classes are described.
-- Source: k8s.io/kubectl/pkg/describe describePersistentVolume and others.
local cells = require "wl.columns.cells"
local columns = require "wl.columns.storage"
local parts = require "wl.describe.parts"
local volumes = require "wl.describe.volumes"

local storage = {}

local DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"

local function status_text(object, ctx)
  if object.metadata.deletionTimestamp then
    return ("Terminating (lasts %s)"):format(cells.since(object.metadata.deletionTimestamp, ctx))
  end
  return object.status and object.status.phase or ""
end

local function used_by(object, ctx)
  local names = {}
  for _, pod in ipairs(ctx:list("Pod", { namespace = object.metadata.namespace })) do
    for _, volume in ipairs(pod.spec.volumes or {}) do
      local claim = volume.persistentVolumeClaim
      if claim and claim.claimName == object.metadata.name then
        names[#names + 1] = pod.metadata.name
      end
    end
  end
  return names
end

--- Describe a PersistentVolumeClaim.
function storage.PersistentVolumeClaim(w, object, ctx)
  local spec, status = object.spec, object.status or {}
  local bound = (spec.volumeName or "") ~= ""
  parts.name(w, object)
  w:line(0, "StorageClass:\t" .. columns.class(object))
  w:line(0, "Status:\t" .. status_text(object, ctx))
  w:line(0, "Volume:\t" .. (spec.volumeName or ""))
  parts.labels_and_annotations(w, object)
  w:line(0, "Finalizers:\t" .. parts.bracketed(object.metadata.finalizers))
  w:line(0, "Capacity:\t" .. (bound and parts.quantity((status.capacity or {}).storage or 0) or ""))
  w:line(0, "Access Modes:\t" .. (bound and columns.access_modes(status.accessModes) or ""))
  if spec.volumeMode then
    w:line(0, "VolumeMode:\t" .. spec.volumeMode)
  end
  w:lines_of("Used By", used_by(object, ctx))
  parts.events(w, object, ctx)
end

--- Describe a PersistentVolume.
function storage.PersistentVolume(w, object, ctx)
  local spec, status = object.spec, object.status or {}
  local claim = spec.claimRef
  w:line(0, "Name:\t" .. object.metadata.name)
  parts.labels_and_annotations(w, object)
  w:line(0, "Finalizers:\t" .. parts.bracketed(object.metadata.finalizers))
  w:line(0, "StorageClass:\t" .. columns.class(object))
  w:line(0, "Status:\t" .. status_text(object, ctx))
  w:line(0, "Claim:\t" .. (claim and ("%s/%s"):format(claim.namespace or "", claim.name) or ""))
  w:line(0, "Reclaim Policy:\t" .. (spec.persistentVolumeReclaimPolicy or ""))
  w:line(0, "Access Modes:\t" .. columns.access_modes(spec.accessModes))
  if spec.volumeMode then
    w:line(0, "VolumeMode:\t" .. spec.volumeMode)
  end
  w:line(0, "Capacity:\t" .. parts.quantity((spec.capacity or {}).storage or 0))
  w:line(0, "Node Affinity:\t" .. (spec.nodeAffinity and "<set>" or "<none>"))
  w:line(0, "Message:\t" .. (status.message or ""))
  w:line(0, "Source:")
  volumes.write_source(w, spec)
  parts.events(w, object, ctx)
end

local function parameters(map)
  local texts = {}
  for i, key in ipairs(cells.keys(map)) do
    texts[i] = key .. "=" .. tostring(map[key])
  end
  return #texts > 0 and table.concat(texts, ",") or "<none>"
end

--- Describe a StorageClass.
function storage.StorageClass(w, object, ctx)
  local annotations = object.metadata.annotations or {}
  w:line(0, "Name:\t" .. object.metadata.name)
  w:line(0, "IsDefaultClass:\t" .. (annotations[DEFAULT_CLASS] == "true" and "Yes" or "No"))
  w:line(0, "Annotations:\t" .. parameters(annotations))
  w:line(0, "Provisioner:\t" .. (object.provisioner or ""))
  w:line(0, "Parameters:\t" .. parameters(object.parameters))
  w:line(0, "AllowVolumeExpansion:\t" .. cells.boolean(object.allowVolumeExpansion))
  if #(object.mountOptions or {}) == 0 then
    w:line(0, "MountOptions:\t<none>")
  else
    w:line(0, "MountOptions:")
    for _, option in ipairs(object.mountOptions) do
      w:line(1, option)
    end
  end
  w:line(0, "ReclaimPolicy:\t" .. (object.reclaimPolicy or "Delete"))
  w:line(0, "VolumeBindingMode:\t" .. (object.volumeBindingMode or "<unset>"))
  parts.events(w, object, ctx)
end

return storage
