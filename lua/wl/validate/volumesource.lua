-- SPDX-License-Identifier: MIT
--- What a volume can be made of: one rule a source.
--
-- A rule takes the errors, the path of the source and the source. Most sources
-- only need some fields to be set.
-- (pkg/apis/core/validation)
local check = require "wl.validate.check"
local files = require "wl.validate.volumefiles"
local paths = require "wl.validate.paths"
local resources = require "wl.validate.resources"

local source = {}

-- A rule: these fields are set.
local function needs(...)
  local fields = { ... }
  return function(errors, path, s)
    for _, field in ipairs(fields) do check.required(errors, path .. "." .. field, s[field]) end
  end
end

-- A rule: all of these rules.
local function all(...)
  local rules = { ... }
  return function(errors, path, s, context)
    for _, rule in ipairs(rules) do rule(errors, path, s, context) end
  end
end

local function between(field, low, high)
  return function(errors, path, s)
    check.range(errors, path .. "." .. field, s[field], low, high)
  end
end

-- A rule: the reference to a secret has these fields.
local function secret_ref(...)
  local rule = needs(...)
  return function(errors, path, s)
    if s.secretRef then rule(errors, path .. ".secretRef", s.secretRef) end
  end
end

local function nonempty_list(field)
  return function(errors, path, s)
    if check.count(s[field]) == 0 then errors:required(path .. "." .. field) end
  end
end

-- ---------------------------------------------------------------------------
-- Of the node and of the cluster
-- ---------------------------------------------------------------------------

function source.emptyDir(errors, path, s)
  if s.sizeLimit and resources.compare(s.sizeLimit, "0") < 0 then
    errors:forbidden(path .. ".sizeLimit", "SizeLimit field must be a valid resource quantity")
  end
end

local HOST_PATH_TYPES = {
  "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate",
  "Socket",
}

function source.hostPath(errors, path, s)
  if check.blank(s.path) then return errors:required(path .. ".path") end
  paths.no_backsteps(errors, path .. ".path", s.path)
  check.choice(errors, path .. ".type", s.type, HOST_PATH_TYPES)
end

source["local"] = function(errors, path, s)
  if check.blank(s.path) then return errors:required(path .. ".path") end
  paths.no_backsteps(errors, path .. ".path", s.path)
end

function source.nfs(errors, path, s)
  needs("server", "path")(errors, path, s)
  if (s.path or ""):sub(1, 1) ~= "/" then
    errors:invalid(path .. ".path", s.path or "", "must be an absolute path")
  end
end

source.persistentVolumeClaim = needs("claimName")
source.secret = files.secret
source.configMap = files.config_map
source.downwardAPI = files.downward
source.projected = files.projected

-- The name of a driver is a subdomain in any case.
local function driver(errors, path, name)
  check.required(errors, path, name)
  if #(name or "") > 63 then errors:too_long(path, name, 63) end
  errors:each_invalid(path, name or "", check.faults("dns_subdomain", (name or ""):lower()))
end

function source.csi(errors, path, s)
  driver(errors, path .. ".driver", s.driver)
  local secret = s.nodePublishSecretRef
  if not secret then return end
  check.required(errors, path .. ".nodePublishSecretRef.name", secret.name)
  check.optional_name(errors, path .. ".name", "dns_subdomain", secret.name)
end

local CSI_SECRETS = {
  "controllerPublishSecretRef", "controllerExpandSecretRef", "nodePublishSecretRef",
  "nodeExpandSecretRef",
}

function source.persistentCsi(errors, path, s)
  driver(errors, path .. ".driver", s.driver)
  check.required(errors, path .. ".volumeHandle", s.volumeHandle)
  for _, field in ipairs(CSI_SECRETS) do
    local ref, at = s[field], path .. "." .. field
    if ref then
      check.required_name(errors, at .. ".name", "dns_subdomain", ref.name)
      check.required_name(errors, at .. ".namespace", "dns_label", ref.namespace)
    end
  end
end

function source.image(errors, path, s, context)
  if context.is_pod then check.required(errors, path .. ".reference", s.reference) end
  check.choice(errors, path .. ".pullPolicy", s.pullPolicy, { "Always", "IfNotPresent", "Never" })
end

-- ---------------------------------------------------------------------------
-- Of the old drivers
-- ---------------------------------------------------------------------------

function source.gitRepo(errors, path, s)
  check.required(errors, path .. ".repository", s.repository)
  paths.descending(errors, path .. ".directory", s.directory or "")
end

function source.flexVolume(errors, path, s)
  check.required(errors, path .. ".driver", s.driver)
  for key in check.pairs(s.options) do
    local domain = "." .. (key:match("^([^/]*)/") or key):lower()
    if domain:find("%.kubernetes%.io$") or domain:find("%.k8s%.io$") then
      errors:invalid(check.key(path .. ".options", key), key,
        "kubernetes.io and k8s.io namespaces are reserved")
    end
  end
end

function source.fc(errors, path, s)
  local targets, ids = check.count(s.targetWWNs), check.count(s.wwids)
  if targets == 0 and ids == 0 then
    errors:required(path .. ".targetWWNs", "must specify either targetWWNs or wwids, but not both")
  elseif targets > 0 and ids > 0 then
    errors:invalid(path .. ".targetWWNs", s.targetWWNs,
      "targetWWNs and wwids can not be specified simultaneously")
  end
  if targets > 0 and not s.lun then
    errors:required(path .. ".lun", "lun is required if targetWWNs is specified")
  end
  if targets > 0 then check.range(errors, path .. ".lun", s.lun, 0, 255) end
end

function source.iscsi(errors, path, s)
  needs("targetPortal", "iqn")(errors, path, s)
  local kind = (s.iqn or ""):sub(1, 3)
  if not check.blank(s.iqn) and kind ~= "iqn" and kind ~= "eui" and kind ~= "naa" then
    errors:invalid(path .. ".iqn", s.iqn, "must be valid format starting with iqn, eui, or naa")
  end
  check.range(errors, path .. ".lun", s.lun, 0, 255)
  if (s.chapAuthDiscovery or s.chapAuthSession) and not s.secretRef then
    errors:required(path .. ".secretRef")
  end
end

source.gcePersistentDisk = all(needs("pdName"), between("partition", 0, 255))
source.awsElasticBlockStore = all(needs("volumeID"), between("partition", 0, 255))
source.azureDisk = needs("diskName", "diskURI")
source.azureFile = needs("secretName", "shareName")
source.cephfs = nonempty_list("monitors")
source.cinder = all(needs("volumeID"), secret_ref("name"))
source.persistentCinder = all(needs("volumeID"), secret_ref("name", "namespace"))
source.glusterfs = needs("endpoints", "path")
source.photonPersistentDisk = needs("pdID")
source.portworxVolume = needs("volumeID")
source.quobyte = needs("registry", "volume")
source.rbd = all(nonempty_list("monitors"), needs("image"))
source.scaleIO = needs("gateway", "system", "volumeName")
source.storageos = needs("volumeName")
source.vsphereVolume = needs("volumePath")

function source.flocker(errors, path, s)
  if check.blank(s.datasetName) and check.blank(s.datasetUUID) then
    errors:required(path, "one of datasetName and datasetUUID is required")
  elseif not check.blank(s.datasetName) and not check.blank(s.datasetUUID) then
    errors:invalid(path, "resource",
      "datasetName and datasetUUID can not be specified simultaneously")
  end
end

return source
