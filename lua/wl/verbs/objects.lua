-- SPDX-License-Identifier: MIT
--- Verbs that read and write objects.
local apply = require "wl.apply"
local duration = require "wl.duration"
local manifest = require "wl.manifest"
local patch = require "wl.patch"
local reference = require "wl.verbs.reference"
local value = require "wl.value"

local objects = {}
local check, find = reference.check, reference.find

-- ---- reading ----

--- One object as it is now.
-- @param cluster
-- @param given "deploy/web"
-- @tparam ?table options namespace
-- @return a view; raises when there is none
function objects.get(cluster, given, options) return find(cluster, given, options) end

--- Is there such an object?
-- @treturn boolean
function objects.exists(cluster, given, options)
  local kind, namespace, name = reference.parse(cluster, given, options)
  return cluster.server:get(kind, namespace, name) ~= nil
end

--- Objects of a kind, sorted by namespace and name.
-- @param cluster
-- @tparam string word "pods"
-- @tparam ?string|table options a label selector; or namespace (nil: all), selector, field
-- @treturn {view,...}
function objects.list(cluster, word, options)
  if type(options) == "string" then options = { selector = options } end
  local kind = check(cluster.server:kind(word))
  return cluster.server:list(kind, options)
end

-- ---- applying ----

local function documents_of(given)
  if type(given) == "string" and given:find "\n" then
    return check(manifest.parse(given, "(text)"))
  elseif type(given) == "string" then
    return check(manifest.read(given))
  end
  local list = value.is_list(given) and given or { given }
  local documents = {}
  for i, object in ipairs(list) do
    documents[i] = { object = value.of(object), file = "(object)", line = i, text = "", number = 1,
      prefix = "" }
  end
  return documents
end

--- Make the cluster have what a manifest says.
-- @param cluster
-- @param given the path of a file, YAML text, an object, or a list of objects
-- @tparam ?table options allow_unknown: keep fields that the kind does not have
-- @return the object, when it is one; else a list of them. Raises when any is refused,
--   and then none is applied
function objects.apply(cluster, given, options)
  local applied = check(apply.documents(cluster.server, documents_of(given), {
    allow_unknown = options and options.allow_unknown,
    warn = function(text) cluster:warn(text) end,
  }))
  return #applied == 1 and applied[1] or applied
end

--- Delete an object.
-- @param cluster
-- @param given "deploy/web"
-- @tparam ?table options namespace; grace ("30s" or seconds); propagation
function objects.delete(cluster, given, options)
  options = options or {}
  local object = find(cluster, given, options)
  check(cluster.server:delete(object, {
    grace = options.grace and math.floor(duration.seconds(options.grace, 3)),
    propagation = options.propagation,
  }))
end

-- ---- changing ----

--- Change an object.
-- @param cluster
-- @param given "deploy/web"
-- @param change a function(draft), or a strategic merge patch
-- @tparam ?table options namespace; type: "strategic" (default), "merge" or "json"
-- @return the object
function objects.patch(cluster, given, change, options)
  local object = find(cluster, given, options)
  if type(change) == "function" then
    return (check(cluster.server:change(object, change)))
  end
  local kind = reference.parse(cluster, object)
  local sort, new = options and options.type or "strategic", nil
  if sort == "strategic" then
    new = check(patch.strategic(object, change, kind.schema))
  elseif sort == "merge" then
    new = check(patch.merge(object, change))
  elseif sort == "json" then
    new = check(patch.json(object, change))
  else
    error(('patch: type "%s": use "strategic", "merge" or "json"'):format(tostring(sort)), 3)
  end
  return (check(cluster.server:update(new)))
end

--- Set the number of replicas.
-- @param cluster
-- @param given "deploy/web"
-- @tparam integer replicas
-- @return the object
function objects.scale(cluster, given, replicas, options)
  local object = find(cluster, given, options)
  if object.spec == nil or object.spec.replicas == nil then
    reference.raise(("a %s cannot be scaled: it has no spec.replicas"):format(object.kind))
  end
  return (check(cluster.server:change(object, function(draft) draft.spec.replicas = replicas end)))
end

local function pod_spec(draft)
  return draft.spec and draft.spec.template and draft.spec.template.spec or draft.spec
end

local function set_images(draft, images)
  local left, names = {}, {}
  for container, image in images:gmatch "([^,=%s]+)=([^,%s]+)" do left[container] = image end
  local spec = pod_spec(draft)
  for _, list in ipairs { "initContainers", "containers" } do
    for i = 1, #(spec[list] or {}) do
      local container = spec[list][i]
      names[#names + 1] = container.name
      local image = left[container.name] or left["*"]
      if image then container.image = image end
      left[container.name] = nil
    end
  end
  left["*"] = nil
  local missing = require("wl.suggest").keys(left)[1]
  if missing then
    reference.raise(('there is no container "%s"%s'):format(missing,
      require("wl.suggest").hint(missing, names)))
  end
end

--- Set images of containers.
-- @param cluster
-- @param given "deploy/web"
-- @tparam string images "web=nginx:1.28,log=fluentd:2"; "*=..." is every container
-- @return the object
function objects.set_image(cluster, given, images, options)
  if not images:find "=" then
    reference.raise(('set_image: "%s": write container=image'):format(images))
  end
  local object = find(cluster, given, options)
  return (check(cluster.server:change(object, function(draft) set_images(draft, images) end)))
end

-- "a=1,b=2,c-" or { a = "1", c = false }
local function edits(given)
  if type(given) ~= "string" then return given end
  local list = {}
  for part in given:gmatch "[^,]+" do
    local key, text = part:match "^%s*([^=]+)=(.*)$"
    if key then
      list[key] = text
    elseif part:match "%-%s*$" then
      list[part:match "^%s*(.-)%-%s*$"] = false
    else
      reference.raise(('"%s": write key=value to set and key- to remove'):format(part))
    end
  end
  return list
end

local function edit_map(cluster, given, field, changes, options)
  local object = find(cluster, given, options)
  changes = edits(changes)
  return (check(cluster.server:change(object, function(draft)
    if draft.metadata[field] == nil then draft.metadata[field] = {} end
    for key, text in pairs(changes) do
      draft.metadata[field][key] = text or nil
    end
  end)))
end

--- Set and remove labels: "tier=web,old-", or { tier = "web", old = false }.
-- @return the object
function objects.label(cluster, given, changes, options)
  return edit_map(cluster, given, "labels", changes, options)
end

--- Set and remove annotations.
-- @return the object
function objects.annotate(cluster, given, changes, options)
  return edit_map(cluster, given, "annotations", changes, options)
end

return objects
