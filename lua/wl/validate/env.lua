-- SPDX-License-Identifier: MIT
--- Environment variables of a container, and what they are taken from.
-- (pkg/apis/core/validation)
local check = require "wl.validate.check"
local paths = require "wl.validate.paths"
local quantity = require "wl.quantity"

local env = {}

local ENV_FIELDS = {
  "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName",
  "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs",
}

-- What the downward API knows at all; a field outside is no field.
local KNOWN_FIELDS = check.set(ENV_FIELDS)
for _, field in ipairs { "metadata.labels", "metadata.annotations", "spec.restartPolicy",
                         "spec.schedulerName", "spec.hostNetwork", "status.phase",
                         "status.nominatedNodeName" } do
  KNOWN_FIELDS[field] = true
end

local RESOURCES = {
  "limits.cpu", "limits.ephemeral-storage", "limits.memory",
  "requests.cpu", "requests.ephemeral-storage", "requests.memory",
}

-- ---------------------------------------------------------------------------
-- The downward API
-- ---------------------------------------------------------------------------

local function subscripted(errors, path, name, subscript)
  if name == "metadata.annotations" then
    check.name(errors, path, "label_key", subscript:lower())
  elseif name == "metadata.labels" then
    check.name(errors, path, "label_key", subscript)
  else
    errors:invalid(path, name, "does not support subscript")
  end
end

--- A field of the pod: { apiVersion, fieldPath }.
-- @param fields  array of the fields that may be taken
function env.field_ref(errors, path, ref, fields)
  if check.blank(ref.fieldPath) then return errors:required(path .. ".fieldPath") end
  local name, subscript = ref.fieldPath:match("^(.-)%['(.*)'%]$")
  if name then return subscripted(errors, path, name, subscript) end
  if not KNOWN_FIELDS[ref.fieldPath] then
    return errors:invalid(path .. ".fieldPath", ref.fieldPath,
      "error converting fieldPath: field label not supported: " .. ref.fieldPath)
  end
  check.choice(errors, path .. ".fieldPath", ref.fieldPath, fields)
end

local BYTES = "1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei"
local BYTE_DIVISORS = {}
for word in BYTES:gmatch("%w+") do BYTE_DIVISORS[word] = true end

local function divisor(errors, path, ref)
  local q = ref.divisor and quantity.parse(ref.divisor)
  if not q or q:is_zero() then return end
  local resource = (ref.resource or ""):match("^%a+%.(.*)$") or ""
  local allowed, words, title = BYTE_DIVISORS, BYTES, resource
  if resource == "cpu" then allowed, words = { ["1m"] = true, ["1"] = true }, "1m and 1" end
  if resource == "ephemeral-storage" then title = "local ephemeral storage" end
  if resource:find("^hugepages%-") then title = "hugepages" end
  if resource ~= "" and not allowed[tostring(q)] then
    errors:invalid(path .. ".divisor", ref.resource,
      ("only divisor's values %s are supported with the %s resource"):format(words, title))
  end
end

--- A resource of a container: { containerName, resource, divisor }.
-- @param in_volume  whether the container must be named
function env.resource_ref(errors, path, ref, in_volume)
  local name = ref.resource or ""
  if in_volume and check.blank(ref.containerName) then
    errors:required(path .. ".containerName")
  elseif name == "" then
    errors:required(path .. ".resource")
  elseif not name:find("^requests%.hugepages%-") and not name:find("^limits%.hugepages%-") then
    check.choice(errors, path .. ".resource", name, RESOURCES)
  end
  divisor(errors, path, ref)
end

-- ---------------------------------------------------------------------------
-- Sources of one variable
-- ---------------------------------------------------------------------------

local function key_ref(errors, path, ref)
  check.name(errors, path .. ".name", "dns_subdomain", ref.name or "")
  check.required_name(errors, path .. ".key", "config_map_key", ref.key)
end

local function file_ref(errors, path, ref)
  check.required_name(errors, path .. ".key", "relaxed_env_var_name", ref.key)
  check.required_name(errors, path .. ".volumeName", "dns_label", ref.volumeName)
  if check.blank(ref.path) then return errors:required(path .. ".path") end
  paths.unreserved(errors, path .. ".path", ref.path)
end

local SOURCES = {
  { "fieldRef", function(errors, path, ref) env.field_ref(errors, path, ref, ENV_FIELDS) end },
  { "resourceFieldRef", function(errors, path, ref) env.resource_ref(errors, path, ref) end },
  { "configMapKeyRef", key_ref },
  { "secretKeyRef", key_ref },
  { "fileKeyRef", file_ref },
}

local ONE_OF = "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, "
  .. "`secretKeyRef` or `fileKeyRef`"

-- Checks the sources that are set and says how many they are.
local function each_source(errors, path, from, sources)
  local count = 0
  for _, source in ipairs(sources) do
    local field, rule = source[1], source[2]
    if from[field] then
      count = count + 1
      rule(errors, path .. "." .. field, from[field])
    end
  end
  return count
end

local function value_from(errors, path, variable)
  local from = variable.valueFrom
  if not from then return end
  local count = each_source(errors, path, from, SOURCES)
  if count == 0 then
    errors:invalid(path, "", ONE_OF)
  elseif not check.blank(variable.value) then
    errors:invalid(path, "", "may not be specified when `value` is not empty")
  elseif count > 1 then
    errors:invalid(path, "", "may not have more than one field specified at a time")
  end
end

--- The variables of a container.
function env.variables(errors, path, list)
  for _, variable, at in check.each(list, path) do
    check.required_name(errors, at .. ".name", "relaxed_env_var_name", variable.name)
    value_from(errors, at .. ".valueFrom", variable)
  end
end

-- ---------------------------------------------------------------------------
-- Sources of many variables
-- ---------------------------------------------------------------------------

local function named(errors, path, ref)
  check.required_name(errors, path .. ".name", "dns_subdomain", ref.name)
end

local MAPS = { { "configMapRef", named }, { "secretRef", named } }

--- The maps that a container takes variables from.
function env.maps(errors, path, list)
  for _, from, at in check.each(list, path) do
    check.optional_name(errors, at .. ".prefix", "relaxed_env_var_name", from.prefix)
    local count = each_source(errors, at, from, MAPS)
    if count == 0 then
      errors:invalid(path, "", "must specify one of: `configMapRef` or `secretRef`")
    elseif count > 1 then
      errors:invalid(path, "", "may not have more than one field specified at a time")
    end
  end
end

return env
