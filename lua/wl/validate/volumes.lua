-- SPDX-License-Identifier: MIT
--- The volumes of a pod and where its containers mount them.
-- (pkg/apis/core/validation)
local check = require "wl.validate.check"
local claim = require "wl.validate.claim"
local paths = require "wl.validate.paths"
local source = require "wl.validate.volumesource"

local volumes = {}

-- ---------------------------------------------------------------------------
-- Volumes
-- ---------------------------------------------------------------------------

local function ephemeral(errors, path, s)
  if not s.volumeClaimTemplate then return errors:required(path .. ".volumeClaimTemplate") end
  claim.template(errors, path .. ".volumeClaimTemplate", s.volumeClaimTemplate)
end

-- In Kubernetes' order; a second word is how a path spells the source.
local SOURCES = {
  { "emptyDir" }, { "hostPath" }, { "gitRepo" }, { "gcePersistentDisk", "persistentDisk" },
  { "awsElasticBlockStore" }, { "secret" }, { "nfs" }, { "iscsi" }, { "glusterfs" },
  { "flocker" }, { "persistentVolumeClaim" }, { "rbd" }, { "cinder" }, { "cephfs" },
  { "quobyte" }, { "downwardAPI" }, { "fc" }, { "flexVolume" }, { "configMap" },
  { "azureFile" }, { "vsphereVolume" }, { "photonPersistentDisk" }, { "portworxVolume" },
  { "azureDisk" }, { "storageos" }, { "projected" }, { "scaleIO" }, { "csi" },
  { "ephemeral" }, { "image" },
}

-- Exactly one source is set.
local function one_source(errors, path, volume, context)
  local found = false
  for _, each in ipairs(SOURCES) do
    local field = each[1]
    local s = volume[field]
    if s and found then
      errors:forbidden(path .. "." .. field, "may not specify more than 1 volume type")
    elseif s then
      found = true
      local rule = field == "ephemeral" and ephemeral or source[field]
      rule(errors, path .. "." .. (each[2] or field), s, context)
    end
  end
  if not found then errors:required(path, "must specify a volume type") end
end

-- The claim that a volume of its own makes is named after the pod.
local function made_claim(errors, path, volume, context)
  if not (volume.ephemeral and context.pod_name and volume.name) then return end
  local name = context.pod_name .. "-" .. volume.name
  for _, fault in ipairs(check.faults("dns_subdomain", name)) do
    errors:invalid(path .. ".name", volume.name, ('PVC name "%s": %s'):format(name, fault))
  end
end

local function made_claims(list, context)
  local made = {}
  for _, volume in check.each(list, "") do
    if volume.ephemeral and context.pod_name then
      made[context.pod_name .. "-" .. (volume.name or "")] = true
    end
  end
  return made
end

local function foreign_claim(errors, path, volume, made)
  local s = volume.persistentVolumeClaim
  if s and s.claimName and made[s.claimName] then
    errors:invalid(path .. ".persistentVolumeClaim.claimName", s.claimName,
      "must not reference a PVC that gets created for an ephemeral volume")
  end
end

--- All volumes of a pod.
-- @param context  { is_pod, pod_name }
-- @return a map of the volumes without fault, by name
function volumes.list(errors, path, list, context)
  local known, made = {}, made_claims(list, context)
  for _, volume, at in check.each(list, path) do
    local before = #errors
    one_source(errors, at, volume, context)
    made_claim(errors, at, volume, context)
    check.required_name(errors, at .. ".name", "dns_label", volume.name)
    if volume.name and known[volume.name] then errors:duplicate(at .. ".name", volume.name) end
    if #errors == before then known[volume.name] = volume end
    foreign_claim(errors, at, volume, made)
  end
  return known
end

-- ---------------------------------------------------------------------------
-- Mounts
-- ---------------------------------------------------------------------------

-- Names and paths of the list, for the look across from mounts to devices.
local function index(list, path_field)
  local by_name, by_path = {}, {}
  for _, item in check.each(list, "") do
    if item.name then by_name[item.name] = true end
    if item[path_field] then by_path[item[path_field]] = true end
  end
  return by_name, by_path
end

local function propagation(errors, path, mount, container)
  check.choice(errors, path, mount.mountPropagation,
    { "Bidirectional", "HostToContainer", "None" })
  local privileged = container.securityContext and container.securityContext.privileged
  if mount.mountPropagation == "Bidirectional" and not privileged then
    errors:forbidden(path,
      "Bidirectional mount propagation is available only to privileged containers")
  end
end

local function recursive_read_only(errors, path, mount)
  local mode = mount.recursiveReadOnly
  check.choice(errors, path, mode, { "Disabled", "Enabled", "IfPossible" })
  if mode ~= "Enabled" and mode ~= "IfPossible" then return end
  if not mount.readOnly then
    errors:forbidden(path, "may only be specified when readOnly is true")
  end
  if (mount.mountPropagation or "None") ~= "None" then
    errors:forbidden(path, "may only be specified when mountPropagation is None or not specified")
  end
end

local function sub_paths(errors, path, list_path, mount, volume)
  local sub, expr = mount.subPath, mount.subPathExpr
  if volume and volume.image then
    for _, field in ipairs { "subPath", "subPathExpr" } do
      if not check.blank(mount[field]) then
        errors:invalid(path .. "." .. field, mount[field], "not allowed in image volume sources")
      end
    end
  end
  if not check.blank(sub) then paths.descending(errors, list_path .. ".subPath", sub) end
  if check.blank(expr) then return end
  if not check.blank(sub) then
    errors:invalid(path .. ".subPathExpr", expr, "subPathExpr and subPath are mutually exclusive")
  end
  paths.descending(errors, list_path .. ".subPathExpr", expr)
end

--- Where a container mounts volumes as directories.
-- @param known  the pod's volumes by name
function volumes.mounts(errors, path, container, known)
  local device_names, device_paths = index(container.volumeDevices, "devicePath")
  local seen = {}
  for _, mount, at in check.each(container.volumeMounts, path) do
    local name, place = mount.name or "", mount.mountPath or ""
    check.required(errors, at .. ".name", name)
    if not known[name] then errors:not_found(at .. ".name", name) end
    check.required(errors, at .. ".mountPath", place)
    if seen[place] then errors:invalid(at .. ".mountPath", place, "must be unique") end
    seen[place] = true
    if device_names[name] then
      errors:invalid(at .. ".name", name, "must not already exist in volumeDevices")
    end
    if device_paths[place] then
      errors:invalid(at .. ".mountPath", place,
        "must not already exist as a path in volumeDevices")
    end
    sub_paths(errors, at, path, mount, known[name])
    propagation(errors, path .. ".mountPropagation", mount, container)
    recursive_read_only(errors, path .. ".recursiveReadOnly", mount)
  end
end

-- ---------------------------------------------------------------------------
-- Devices
-- ---------------------------------------------------------------------------

local function device_source(errors, path, name, volume)
  if not volume then return errors:not_found(path, name) end
  if not volume.persistentVolumeClaim and not volume.ephemeral then
    errors:invalid(path, name,
      "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode")
  end
end

local function device_place(errors, path, place, seen)
  check.required(errors, path, place)
  if seen[place] then errors:invalid(path, place, "must be unique") end
  if ("/" .. place .. "/"):find("/../", 1, true) then
    errors:invalid(path, place, "can not contain backsteps ('..')")
  else
    seen[place] = true
  end
end

--- Where a container finds volumes as block devices.
-- @param known  the pod's volumes by name
function volumes.devices(errors, path, container, known)
  local mount_names, mount_paths = index(container.volumeMounts, "mountPath")
  local places, names = {}, {}
  for _, device, at in check.each(container.volumeDevices, path) do
    local name, place = device.name or "", device.devicePath or ""
    check.required(errors, at .. ".name", name)
    if names[name] then errors:invalid(at .. ".name", name, "must be unique") end
    device_source(errors, at .. ".name", name, known[name])
    device_place(errors, at .. ".devicePath", place, places)
    if mount_names[name] then
      errors:invalid(at .. ".name", name, "must not already exist in volumeMounts")
    end
    if mount_paths[place] then
      errors:invalid(at .. ".devicePath", place, "must not already exist as a path in volumeMounts")
    end
    names[name] = name ~= "" or nil
  end
end

return volumes
