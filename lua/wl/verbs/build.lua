-- SPDX-License-Identifier: MIT
--- Kinds as constructors: `Deployment "web" { replicas = 3, image = "nginx:1.27" }`.
--
-- What the kind has at its top (spec, data ...) stays there; metadata's fields
-- go to metadata; everything else to spec. A kind with a pod template takes
-- some of a container's fields, too, and labels and selects its pods by
-- `app: NAME` where nothing else is said.
local schema = require "wl.schema"
local suggest = require "wl.suggest"
local value = require "wl.value"

local build = {}

local METADATA = { namespace = true, labels = true, annotations = true, generateName = true,
  finalizers = true, ownerReferences = true }

-- Shorthands for the only container.
local CONTAINER = { image = true, command = true, args = true, env = true, ports = true,
  resources = true, readinessProbe = true, livenessProbe = true, startupProbe = true,
  imagePullPolicy = true }

local function has_template(kind)
  local spec = kind.schema.fields.spec
  local template = spec and schema.resolve(spec).fields
  return template and template.template ~= nil
end

local function env_list(env)
  if value.is_list(env) and #env > 0 then return env end
  local list = {}
  for name, text in pairs(env) do list[#list + 1] = { name = name, value = tostring(text) } end
  return list
end

local function add_container(pod, name, container)
  if next(container) == nil then return end
  container.name = name
  if container.env then container.env = env_list(container.env) end
  pod.containers = pod.containers or { container }
end

local function fill_template(spec, name, container)
  local labels = { app = name }
  spec.template = spec.template or {}
  local template = spec.template
  template.metadata = template.metadata or {}
  template.spec = template.spec or {}
  local selected = spec.selector and spec.selector.matchLabels
  template.metadata.labels = template.metadata.labels or selected or labels
  add_container(template.spec, name, container)
end

local function needs_selector(kind)
  return kind.name ~= "Job" and kind.name ~= "ReplicationController"
end

local function sort_field(kind, object, container, field, given)
  local top = kind.schema.fields
  if METADATA[field] then
    object.metadata[field] = given
  elseif top[field] and field ~= "metadata" then
    object[field] = given
  elseif CONTAINER[field] and (has_template(kind) or kind.name == "Pod") then
    container[field] = given
  elseif top.spec then
    object.spec = object.spec or {}
    object.spec[field] = given
  else
    error(("%s: unknown field %q%s"):format(kind.name, field,
      suggest.hint(field, suggest.keys(top))), 4)
  end
end

--- An object of the kind, as a table.
-- @tparam kind kind
-- @tparam string name
-- @tparam ?table fields
-- @treturn table
function build.object(kind, name, fields)
  local object = { apiVersion = kind.api, kind = kind.name, metadata = { name = name } }
  local container = {}
  for field, given in pairs(fields or {}) do
    if type(field) ~= "string" then
      error(("%s %q: fields have names; got item %s"):format(kind.name, name, tostring(field)), 3)
    end
    sort_field(kind, object, container, field, given)
  end
  if kind.name == "Pod" then
    object.spec = object.spec or {}
    add_container(object.spec, name, container)
  elseif has_template(kind) then
    object.spec = object.spec or {}
    fill_template(object.spec, name, container)
    if needs_selector(kind) and not object.spec.selector then
      object.spec.selector = { matchLabels = object.spec.template.metadata.labels }
    end
  end
  return object
end

return build
