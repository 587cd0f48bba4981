-- SPDX-License-Identifier: MIT
--- ConfigMaps and Secrets: their keys, their size, and that an immutable one
-- stays as it is.
-- (pkg/apis/core/validation)
local base64 = require "wl.base64"
local check = require "wl.validate.check"
local json = require "wl.json"
local meta = require "wl.validate.meta"
local semantic = require "wl.validate.semantic"
local value = require "wl.value"

local config_map, secret = {}, {}

local LARGEST = 1024 * 1024

local function plain_size(text) return #text end

-- The bytes that base64 text stands for.
local function decoded_size(text) return #text * 3 // 4 - #text:match("=*$") end

-- Checks the keys of a map and says how large its values are.
local function keys(errors, path, map, size)
  local total = 0
  for key, text in check.pairs(map) do
    check.name(errors, check.key(path, key), "config_map_key", key)
    total = total + size(text)
  end
  return total
end

local IMMUTABLE = "field is immutable when `immutable` is set"

local function stays(errors, new, old, fields)
  if not old.immutable then return end
  if not new.immutable then errors:forbidden("immutable", IMMUTABLE) end
  for _, field in ipairs(fields) do
    if not semantic.equal(new[field], old[field]) then errors:forbidden(field, IMMUTABLE) end
  end
end

-- ---------------------------------------------------------------------------
-- ConfigMap
-- ---------------------------------------------------------------------------

--- A new ConfigMap.
function config_map.validate(object, errors)
  meta.create(errors, object)
  for key in check.pairs(object.data) do
    if object.binaryData and object.binaryData[key] then
      errors:invalid(check.key("data", key), key, "duplicate of key present in binaryData")
    end
  end
  local size = keys(errors, "data", object.data, plain_size)
    + keys(errors, "binaryData", object.binaryData, decoded_size)
  if size > LARGEST then errors:too_long("", nil, LARGEST) end
end

--- A changed ConfigMap.
function config_map.validate_update(new, old, errors)
  meta.update(errors, new, old)
  stays(errors, new, old, { "data", "binaryData" })
  config_map.validate(new, errors)
end

-- ---------------------------------------------------------------------------
-- Secret
-- ---------------------------------------------------------------------------

local ACCOUNT = "kubernetes.io/service-account.name"

-- The keys that a type of Secret must have, each on its own.
local REQUIRED = {
  ["kubernetes.io/dockercfg"] = { ".dockercfg" },
  ["kubernetes.io/dockerconfigjson"] = { ".dockerconfigjson" },
  ["kubernetes.io/ssh-auth"] = { "ssh-privatekey" },
  ["kubernetes.io/tls"] = { "tls.crt", "tls.key" },
}

local function required_keys(errors, object)
  local data = object.data or {}
  for _, key in ipairs(REQUIRED[object.type] or {}) do
    if data[key] == nil then errors:required(check.key("data", key)) end
  end
  if object.type == "kubernetes.io/basic-auth" and not data.username and not data.password then
    errors:required(check.key("data", "username"))
    errors:required(check.key("data", "password"))
  end
  local annotations = object.metadata and object.metadata.annotations or {}
  if object.type == "kubernetes.io/service-account-token" then
    check.required(errors, check.key("metadata.annotations", ACCOUNT), annotations[ACCOUNT])
  end
end

-- What a container runtime is to log in with is one object, in JSON.
local LOGINS = {
  ["kubernetes.io/dockercfg"] = ".dockercfg",
  ["kubernetes.io/dockerconfigjson"] = ".dockerconfigjson",
}

local function logins(errors, object)
  local key = LOGINS[object.type]
  local text = key and object.data and object.data[key]
  if not text then return end
  local parsed, message = json.parse(base64.decode(text))
  if parsed == value.null or value.is_map(parsed) then return end
  errors:invalid(check.key("data", key), "<secret contents redacted>",
    message or "an object expected")
end

--- A new Secret.
function secret.validate(object, errors)
  meta.create(errors, object)
  if keys(errors, "data", object.data, decoded_size) > LARGEST then
    errors:too_long("data", nil, LARGEST)
  end
  required_keys(errors, object)
  logins(errors, object)
end

--- A changed Secret.
function secret.validate_update(new, old, errors)
  meta.update(errors, new, old)
  check.immutable(errors, "type", new.type, old.type)
  stays(errors, new, old, { "data" })
  secret.validate(new, errors)
end

return { ConfigMap = config_map, Secret = secret }
