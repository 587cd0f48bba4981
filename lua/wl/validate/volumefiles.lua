-- SPDX-License-Identifier: MIT
--- Volumes that are files made of objects: secrets, config maps, fields of the
-- pod, and projections of several of them.
-- (pkg/apis/core/validation)
local check = require "wl.validate.check"
local env = require "wl.validate.env"
local labels = require "wl.validate.labels"
local paths = require "wl.validate.paths"

local volumefiles = {}

-- ---------------------------------------------------------------------------
-- Files made of objects
-- ---------------------------------------------------------------------------

local function key_to_path(errors, path, item)
  check.required(errors, path .. ".key", item.key)
  check.required(errors, path .. ".path", item.path)
  paths.unreserved(errors, path .. ".path", item.path or "")
  paths.mode(errors, path .. ".mode", item.mode)
end

-- A rule for the files of an object with this name field.
local function files(name_field)
  return function(errors, path, s)
    check.required(errors, path .. "." .. name_field, s[name_field])
    paths.mode(errors, path .. ".defaultMode", s.defaultMode)
    for _, item, at in check.each(s.items, path .. ".items") do key_to_path(errors, at, item) end
  end
end

--- The rules of a secret and of a config map as a volume.
volumefiles.secret = files("secretName")
volumefiles.config_map = files("name")

local FILE_FIELDS = {
  "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace",
  "metadata.uid",
}

local function downward_file(errors, path, file)
  check.required(errors, path .. ".path", file.path)
  paths.unreserved(errors, path .. ".path", file.path or "")
  if file.fieldRef then
    env.field_ref(errors, path .. ".fieldRef", file.fieldRef, FILE_FIELDS)
    if file.resourceFieldRef then
      errors:invalid(path, "resource",
        "fieldRef and resourceFieldRef can not be specified simultaneously")
    end
  elseif file.resourceFieldRef then
    env.resource_ref(errors, path .. ".resourceFieldRef", file.resourceFieldRef, true)
  else
    errors:required(path, "one of fieldRef and resourceFieldRef is required")
  end
  paths.mode(errors, path .. ".mode", file.mode)
end

--- The rule of a volume of fields of the pod.
function volumefiles.downward(errors, path, s)
  paths.mode(errors, path .. ".defaultMode", s.defaultMode)
  for _, file in check.each(s.items, path) do downward_file(errors, path, file) end
end

-- ---------------------------------------------------------------------------
-- Projections
-- ---------------------------------------------------------------------------

local function keys(errors, path, s)
  check.required(errors, path .. ".name", s.name)
  for _, item, at in check.each(s.items, path .. ".items") do key_to_path(errors, at, item) end
end

local function downward(errors, path, s)
  for _, file in check.each(s.items, path) do downward_file(errors, path, file) end
end

-- Its path is looked for beside the list of sources, as upstream does.
local function token(errors, path, s, volume)
  local seconds, at = s.expirationSeconds or 3600, path .. ".expirationSeconds"
  if seconds < 600 then
    errors:invalid(at, seconds, "may not specify a duration less than 10 minutes")
  elseif seconds > 1 << 32 then
    errors:invalid(at, seconds, "may not specify a duration larger than 2^32 seconds")
  end
  if check.blank(s.path) then return errors:required(volume .. ".path") end
  paths.unreserved(errors, volume .. ".path", s.path)
end

local function trust_bundle(errors, path, s)
  if s.name and s.signerName then
    errors:invalid(path, s, "only one of name and signerName may be used")
  elseif not s.name and not s.signerName then
    errors:required(path, "either name or signerName must be specified")
  elseif s.name and s.labelSelector then
    errors:invalid(path .. ".labelSelector", s.labelSelector,
      "labelSelector must be unset if name is specified")
  end
  labels.selector(errors, path .. ".labelSelector", s.labelSelector)
  check.required(errors, path .. ".path", s.path)
  paths.unreserved(errors, path .. ".path", s.path or "")
end

local function certificate(errors, path, s)
  check.required(errors, path .. ".signerName", s.signerName)
  check.required(errors, path .. ".keyType", s.keyType)
end

local PROJECTIONS = {
  { "secret", keys }, { "configMap", keys }, { "downwardAPI", downward },
  { "serviceAccountToken", token }, { "clusterTrustBundle", trust_bundle },
  { "podCertificate", certificate },
}

-- The files that a projection makes.
local function projected_paths(field, s)
  local list = {}
  if field == "clusterTrustBundle" then list[1] = s.path end
  for _, item in check.each(s.items, "") do list[#list + 1] = item.path end
  return list
end

local function projection(errors, path, s, volume, seen)
  local count = 0
  for _, each in ipairs(PROJECTIONS) do
    local field, rule = each[1], each[2]
    if s[field] then
      count = count + 1
      rule(errors, path .. "." .. field, s[field], volume)
      for _, file in ipairs(projected_paths(field, s[field])) do
        if seen[file] then
          errors:invalid(volume, s[field].name or file, "conflicting duplicate paths")
        end
        seen[file] = true
      end
    end
  end
  if count > 1 then
    errors:forbidden(path, "may not specify more than 1 volume type per source")
  end
end

--- The rule of a volume made of several sources.
function volumefiles.projected(errors, path, s)
  paths.mode(errors, path .. ".defaultMode", s.defaultMode)
  local seen = {}
  for _, each, at in check.each(s.sources, path .. ".sources") do
    projection(errors, at, each, path, seen)
  end
end

return volumefiles
