-- SPDX-License-Identifier: MIT
--- Kinds as constructors: `Deployment "web" { replicas = 3, image = "nginx:1.27" }`.
--
-- What the kind has at its top (spec, data ...) stays there; metadata's fields
-- go to metadata; everything else to spec. A kind with a pod template takes
-- what only a pod's spec or a container has, too (restartPolicy, nodeSelector,
-- image, ports, resources ...), a CronJob what only a Job has; and it labels and
-- selects its pods by `app: NAME` where nothing else is said, as Services and
-- PodDisruptionBudgets do. The pods of a Job are not restarted, those of a CronJob
-- on failure, as `kubectl create` has it. wl.verbs.shorthand has what may be said
-- in fewer words.
local container_types = require "wl.api.container"
local pod = require "wl.api.pod"
local reference = require "wl.verbs.reference"
local schema = require "wl.schema"
local shorthand = require "wl.verbs.shorthand"
local suggest = require "wl.suggest"
local value = require "wl.value"

local build = {}

local METADATA = { namespace = true, labels = true, annotations = true, generateName = true,
  finalizers = true, ownerReferences = true }

local POD_SPEC = schema.resolve(pod.PodSpec).fields

-- What is meant for the only container: what a pod has not, and what it asks for.
local CONTAINER = { resources = true }
for field in pairs(schema.resolve(container_types.Container).fields) do
  CONTAINER[field] = CONTAINER[field] or (not POD_SPEC[field] and field ~= "name") or nil
end

-- Kinds whose pods end, and what `kubectl create` has them do then.
local RESTART = { Job = "Never", CronJob = "OnFailure" }

-- Given whole, these may get more fields: not in the user's own table.
local WRITTEN_INTO = { spec = true, template = true, jobTemplate = true }

-- Kinds about pods of others: those of their own name, where nothing else is said.
local SELECTS = { Service = true, PodDisruptionBudget = true }

-- ---- where the kind has its pods ----

local function fields_at(kind, path)
  return schema.field(kind.schema, path) and schema.resolve(schema.field(kind.schema, path)).fields
end

-- The path of the template's spec, of the template, and of what selects its pods.
local function template_of(kind)
  if kind.name == "Pod" then return "spec" end
  if fields_at(kind, "spec.template.spec") then
    return "spec.template.spec", "spec.template", "spec"
  elseif fields_at(kind, "spec.jobTemplate.spec.template.spec") then
    return "spec.jobTemplate.spec.template.spec", "spec.jobTemplate.spec.template"
  end
end

local function at(object, path)
  for step in path:gmatch "[^.]+" do
    object[step] = object[step] or {}
    object = object[step]
  end
  return object
end

-- ---- sorting fields ----

local function target_of(kind, field, pod_path)
  local top, spec = kind.schema.fields, fields_at(kind, "spec")
  local job = kind.name == "CronJob" and fields_at(kind, "spec.jobTemplate.spec")
  if METADATA[field] then return "metadata" end
  if top[field] and field ~= "metadata" then return "" end
  if kind.name == "Pod" and CONTAINER[field] then return "container" end
  if spec and spec[field] then return "spec" end
  if job and job[field] then return "spec.jobTemplate.spec" end
  if pod_path and CONTAINER[field] then return "container" end
  if pod_path and POD_SPEC[field] then return pod_path end
  if spec then return "spec" end
  local hint = suggest.hint(field, suggest.keys(top))
  if hint == "" and top.data then hint = ("; write data = { %s = ... }"):format(field) end
  reference.misuse("%s: unknown field %q%s", kind.name, field, hint)
end

local function add_container(pod_spec, name, container)
  if next(container) == nil then return end
  container.name = name
  pod_spec.containers = pod_spec.containers or { container }
end

local function label_template(object, name, template_path, spec_path)
  local metadata = at(object, template_path .. ".metadata")
  local spec = spec_path and at(object, spec_path)
  local selector = spec and spec.selector
  metadata.labels = metadata.labels or selector and (selector.matchLabels or selector)
    or { app = name }
  return spec, metadata.labels
end

-- Jobs and ReplicationControllers get their selectors from the API server.
local function has_own_selector(kind)
  return kind.name ~= "Job" and kind.name ~= "ReplicationController"
    and fields_at(kind, "spec").selector ~= nil
end

-- Write one field where it belongs.
local function write(object, kind, field, given, pod_path, container)
  local expand = shorthand.of(kind.name, field)
  if expand then
    return expand(at(object, "spec"), given)
  end
  local target = target_of(kind, field, pod_path)
  if target == "container" then
    container[field] = shorthand.container(field, given)
  elseif target == "spec" and field == "selector" then
    at(object, target)[field] = shorthand.selector(given,
      not fields_at(kind, "spec.selector") or not fields_at(kind, "spec.selector").matchLabels)
  else
    at(object, target)[field] = WRITTEN_INTO[field] and value.table(value.of(given)) or given
  end
end

local function select_own(object, kind, name, fields)
  local spec = object.spec
  if not SELECTS[kind.name] or fields.spec or spec and spec.type == "ExternalName" then
    return
  end
  spec = at(object, "spec")
  if spec.selector == nil then
    spec.selector = shorthand.selector({ app = name }, kind.name == "Service")
  end
end

--- An object of the kind, as a table.
-- @tparam kind kind
-- @tparam string name
-- @tparam ?table fields
-- @treturn table
function build.object(kind, name, fields)
  local object = { apiVersion = kind.api, kind = kind.name, metadata = { name = name } }
  local container, pod_path, template_path, spec_path = {}, template_of(kind)
  fields = fields or {}
  -- A spec that is given whole comes first: other fields complete it.
  if fields.spec then write(object, kind, "spec", fields.spec, pod_path, container) end
  for field, given in pairs(fields) do
    if type(field) ~= "string" then
      reference.misuse("%s %q: fields have names; got item %s", kind.name, name, tostring(field))
    elseif field ~= "spec" then
      write(object, kind, field, given, pod_path, container)
    end
  end
  select_own(object, kind, name, fields)
  if not pod_path then return object end
  local pod_spec = at(object, pod_path)
  add_container(pod_spec, name, container)
  pod_spec.restartPolicy = pod_spec.restartPolicy or RESTART[kind.name]
  if not template_path then return object end
  local spec, labels = label_template(object, name, template_path, spec_path)
  if spec and has_own_selector(kind) and not spec.selector then
    spec.selector = { matchLabels = labels }
  end
  return object
end

return build
