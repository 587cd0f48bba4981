-- SPDX-License-Identifier: MIT
--- Verbs that read and write objects.
local apply = require "wl.apply"
local manifest = require "wl.manifest"
local patch = require "wl.patch"
local reference = require "wl.verbs.reference"
local schema = require "wl.schema"
local selector = require "wl.selector"
local suggest = require "wl.suggest"
local value = require "wl.value"

local objects = {}
local is_kind = require("wl.kind").is_kind
local check, find = reference.check, reference.find

-- ---- reading ----

--- One object as it is now.
-- @param cluster
-- @param given "deploy/web"
-- @tparam ?table options namespace
-- @return a view; raises when there is none
function objects.get(cluster, given, options)
  return find(cluster, given, reference.options("get", options, {}))
end

--- Is there such an object?
-- @treturn boolean
function objects.exists(cluster, given, options)
  options = reference.options("exists", options, {})
  local kind, namespace, name = reference.parse(cluster, given, options)
  return cluster.server:get(kind, namespace, name) ~= nil
end

-- "status.phase=Running": only fields that the kind has.
local function check_fields(kind, text)
  local fields = check(selector.fields(text))
  for _, one in ipairs(fields:requirements()) do
    check(schema.field(kind.schema, one.field))
  end
end

--- Objects of a kind, sorted by namespace and name.
-- @param cluster
-- @tparam string|kind word "pods"
-- @tparam ?string|table options a label selector; or namespace (nil: all), selector, field
-- @treturn {view,...}
function objects.list(cluster, word, options)
  if type(options) == "string" then options = { selector = options } end
  options = reference.options("list", options, { selector = true, field = true })
  if type(word) ~= "string" and not is_kind(word) then
    reference.misuse('list: a kind expected, as in list("pods", "app=web"); got %s',
      reference.seen(word))
  end
  local kind = check(cluster.server:kind(word))
  reference.selector("list", options.selector)
  if options.field then check_fields(kind, options.field) end
  return cluster.server:list(kind, options)
end

-- ---- applying ----

local function documents_of(given)
  if type(given) == "string" and given:find "\n" then
    return check(manifest.parse(given, "(text)"))
  elseif type(given) == "string" then
    return check(manifest.read(given))
  elseif not value.is_map(given) and not value.is_list(given) then
    reference.misuse("apply: a file, a text of YAML, an object or a list of objects expected; "
      .. "got %s", reference.seen(given))
  end
  return check(manifest.of(value.is_list(given) and given or { given }))
end

--- Make the cluster have what a manifest says.
-- @param cluster
-- @param given the path of a file, YAML text, an object, or a list of objects
-- @tparam ?table options allow_unknown: keep fields that the kind does not have
-- @return the object, when it is one; else a list of them. Raises when any is refused,
--   and then none is applied
function objects.apply(cluster, given, options)
  options = reference.options("apply", options, { allow_unknown = true })
  local applied = check(apply.documents(cluster.server, documents_of(given), {
    allow_unknown = options.allow_unknown, namespace = options.namespace,
    warn = function(text) cluster:warn(text) end,
  }))
  return #applied == 1 and applied[1] or applied
end

local PROPAGATION = { background = "Background", foreground = "Foreground", orphan = "Orphan" }

--- Delete an object.
-- @param cluster
-- @param given "deploy/web"
-- @tparam ?table options namespace; grace ("30s" or seconds); propagation "Background"
--   (default), "Foreground" or "Orphan"
function objects.delete(cluster, given, options)
  options = reference.options("delete", options, { grace = true, propagation = true })
  local grace = options.grace and math.floor(reference.seconds("delete: grace", options.grace))
  local propagation = options.propagation
  if propagation and not PROPAGATION[tostring(propagation):lower()] then
    reference.misuse('delete: propagation is "Background", "Foreground" or "Orphan", not %s',
      reference.seen(propagation))
  end
  check(cluster.server:delete(find(cluster, given, options), {
    grace = grace, propagation = PROPAGATION[(propagation or "Background"):lower()],
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
  options = reference.options("patch", options, { type = true })
  local object = find(cluster, given, options)
  if type(change) == "function" then
    return (check(cluster.server:change(object, change)))
  elseif not value.is_map(change) and not value.is_list(change) then
    reference.misuse("patch: a function of a draft or a patch expected, as in "
      .. 'patch("deploy/web", { spec = { replicas = 5 } }); got %s', reference.seen(change))
  end
  local kind = reference.parse(cluster, object)
  local sort, new = options.type or "strategic", nil
  if sort == "strategic" then
    new = check(patch.strategic(object, change, kind.schema))
  elseif sort == "merge" then
    new = check(patch.merge(object, change))
  elseif sort == "json" then
    new = check(patch.json(object, change))
  else
    reference.misuse('patch: type "%s": use "strategic", "merge" or "json"', tostring(sort))
  end
  return (check(cluster.server:update(new)))
end

--- Set the number of replicas.
-- @param cluster
-- @param given "deploy/web"
-- @tparam integer replicas
-- @tparam ?table options namespace
-- @return the object
function objects.scale(cluster, given, replicas, options)
  local object = find(cluster, given, reference.options("scale", options, {}))
  if object.spec == nil or object.spec.replicas == nil then
    reference.misuse("scale: a %s has no spec.replicas", object.kind)
  elseif math.type(replicas) ~= "integer" then
    reference.misuse('scale: a number of replicas expected, as in scale("deploy/web", 5); got %s',
      reference.seen(replicas))
  end
  return (check(cluster.server:change(object, function(draft) draft.spec.replicas = replicas end)))
end

local POD_SPECS = { "spec.template.spec", "spec.jobTemplate.spec.template.spec", "spec" }

local function pod_spec(draft)
  for _, path in ipairs(POD_SPECS) do
    local at = draft
    for step in path:gmatch "[^.]+" do at = at and at[step] end
    if at then return at end
  end
  return {}
end

local function images_of(text)
  if type(text) ~= "string" or not text:find "=" then
    reference.misuse("set_image: %s: write container=image, as in "
      .. 'set_image("deploy/web", "nginx=nginx:1.28")', reference.seen(text))
  end
  local images = {}
  for container, image in text:gmatch "([^,=%s]+)=([^,%s]+)" do images[container] = image end
  return images
end

local function set_images(draft, images)
  local names, found = {}, { ["*"] = true }
  local spec = pod_spec(draft)
  for _, list in ipairs { "initContainers", "containers" } do
    for i = 1, #(spec[list] or {}) do
      local container = spec[list][i]
      names[#names + 1], found[container.name] = container.name, true
      local image = images[container.name] or images["*"]
      if image then container.image = image end
    end
  end
  for _, name in ipairs(suggest.keys(images)) do
    if not found[name] then
      reference.misuse('set_image: there is no container "%s"%s; there are %s', name,
        suggest.hint(name, names), table.concat(names, ", "))
    end
  end
end

--- Set images of containers.
-- @param cluster
-- @param given "deploy/web"
-- @tparam string text "web=nginx:1.28,log=fluentd:2"; "*=..." is every container
-- @tparam ?table options namespace
-- @return the object
function objects.set_image(cluster, given, text, options)
  local images = images_of(text)
  local object = find(cluster, given, reference.options("set_image", options, {}))
  return (check(cluster.server:change(object, function(draft) set_images(draft, images) end)))
end

-- "a=1,b=2,c-" or { a = "1", c = false }
local function edits(verb, given)
  if type(given) == "table" then return given end
  if type(given) ~= "string" then
    reference.misuse('%s: write key=value to set and key- to remove, as in "tier=web,old-"; got %s',
      verb, reference.seen(given))
  end
  local list = {}
  for part in given:gmatch "[^,]+" do
    local key, text = part:match "^%s*([^=]+)=(.*)$"
    if key then
      list[key] = text
    elseif part:match "%-%s*$" then
      list[part:match "^%s*(.-)%-%s*$"] = false
    else
      reference.misuse('%s: "%s": write key=value to set and key- to remove', verb, part)
    end
  end
  return list
end

local function edit_map(cluster, given, verb, changes, options)
  local field = verb == "label" and "labels" or "annotations"
  changes = edits(verb, changes)
  local object = find(cluster, given, reference.options(verb, options, {}))
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
  return edit_map(cluster, given, "label", changes, options)
end

--- Set and remove annotations.
-- @return the object
function objects.annotate(cluster, given, changes, options)
  return edit_map(cluster, given, "annotate", changes, options)
end

return objects
