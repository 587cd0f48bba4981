-- SPDX-License-Identifier: MIT
--- ControllerRevisions: the templates that a StatefulSet or DaemonSet remembers.
--
-- The data of a revision is the patch that restores the template, as compact
-- JSON with sorted keys: equal templates give equal bytes, and so equal names.
-- Source: pkg/controller/history `HashControllerRevision`; `getPatch` of
-- pkg/controller/statefulset and pkg/controller/daemon.
local generated_names = require "wl.generated_names"
local hash = require "wl.hash"
local value = require "wl.value"

local controller_revision = {}

--- The label of a pod that names its revision, and of a revision its hash.
controller_revision.POD_LABEL = "controller-revision-hash"
controller_revision.HASH_LABEL = "controller.kubernetes.io/hash"

local ESCAPES = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t",
  ["\b"] = "\\b", ["\f"] = "\\f" }

-- As Go's encoding/json writes strings: safe inside HTML.
local function quoted(text)
  text = text:gsub('[%c"\\<>&\127]', function(char)
    return ESCAPES[char] or char ~= "\127" and ("\\u%04x"):format(char:byte()) or char
  end)
  return '"' .. text:gsub("\u{2028}", "\\u2028"):gsub("\u{2029}", "\\u2029") .. '"'
end

local json

local function json_map(map)
  local keys, parts = {}, {}
  for key in pairs(map) do
    keys[#keys + 1] = key
  end
  table.sort(keys)
  for i, key in ipairs(keys) do
    parts[i] = quoted(key) .. ":" .. json(map[key])
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

function json(x)
  if value.is_map(x) then
    return json_map(x)
  elseif value.is_list(x) then
    local parts = {}
    for i, item in ipairs(x) do
      parts[i] = json(item)
    end
    return "[" .. table.concat(parts, ",") .. "]"
  elseif type(x) == "string" then
    return quoted(x)
  end
  return x == value.null and "null" or tostring(x)
end

-- The API server always writes these, also when they are empty.
local function is_whole(template)
  for _, list in ipairs { "containers", "initContainers", "ephemeralContainers" } do
    for _, container in ipairs(template.spec and template.spec[list] or {}) do
      if container.resources == nil then return false end
    end
  end
  return template.metadata ~= nil
end

local function with_empty_structs(template)
  local copy = value.table(template)
  copy.metadata = copy.metadata or {}
  for _, list in ipairs { "containers", "initContainers", "ephemeralContainers" } do
    for _, container in ipairs(copy.spec and copy.spec[list] or {}) do
      container.resources = container.resources or {}
    end
  end
  return copy
end

--- The data of the revision of a template, as it is stored. It shares the
-- template's parts where they are written in full.
-- @param template a pod template
-- @treturn table
function controller_revision.value(template)
  local patch
  if is_whole(template) then
    patch = { metadata = template.metadata, spec = template.spec }
  else
    patch = with_empty_structs(template)
  end
  patch["$patch"] = "replace"
  return { spec = { template = patch } }
end

--- The text of a revision's data.
-- @param data
-- @treturn string JSON
function controller_revision.text(data) return json(data or {}) end

--- The data of the revision of a template, as text.
-- @param template a pod template
-- @treturn string JSON
function controller_revision.data(template)
  return json(controller_revision.value(template))
end

--- The hash of a revision, and with it the name.
-- @tparam string owner name of the StatefulSet or DaemonSet
-- @tparam string data
-- @tparam ?integer collisions the owner's collisionCount
-- @treturn string name
-- @treturn string hash
function controller_revision.name(owner, data, collisions)
  local sum = hash.revision(data, collisions)
  return generated_names.revision(owner, sum), sum
end

return controller_revision
