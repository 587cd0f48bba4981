-- SPDX-License-Identifier: MIT
--- Apply: make the cluster have what manifests say, all of them or none.
--
-- As `kubectl apply` does it: what is not there is created; what is there is
-- changed where the manifest says so, and loses what an earlier manifest said
-- and this one no longer does. The manifest applied last is kept in an
-- annotation of the object.
-- Source: kubectl pkg/cmd/apply, strategicpatch.CreateThreeWayMergePatch.
local admission = require "wl.admission"
local json = require "wl.json"
local manifest = require "wl.manifest"
local patch = require "wl.patch"
local value = require "wl.value"

local apply = {}

--- The annotation that holds the manifest applied last.
apply.LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"

-- The manifest with itself in the annotation.
local function annotated(object)
  local text = json.format(object, { sorted = true }) .. "\n"
  return value.update(value.of(object), function(draft)
    if draft.metadata == nil then draft.metadata = {} end
    if draft.metadata.annotations == nil then draft.metadata.annotations = {} end
    draft.metadata.annotations[apply.LAST_APPLIED] = text
  end)
end

local function without_annotation(object)
  local annotations = value.is_map(object.metadata) and object.metadata.annotations
  if not value.is_map(annotations) or annotations[apply.LAST_APPLIED] == nil then
    return object
  end
  return value.update(value.of(object), function(draft)
    draft.metadata.annotations[apply.LAST_APPLIED] = nil
  end)
end

local function last_applied(object)
  local text = value.get(object, ("metadata.annotations['%s']"):format(apply.LAST_APPLIED))
  return text and json.parse(text) or nil
end

-- ---- planning: nothing is written ----

local function plan_update(kind, object, current, options)
  local change, message, code = patch.strategic_diff3(last_applied(current), object, current,
    kind.schema, true)
  if not change then return nil, message, code end
  if value.is_map(change) and next(value.table(change)) == nil then return current end
  local new
  new, message, code = patch.strategic(current, change, kind.schema)
  if not new then return nil, message, code end
  return admission.update(kind, new, current, options)
end

local function current_of(server, kind, object)
  local metadata = object.metadata
  local name = value.is_map(metadata) and metadata.name
  if type(name) ~= "string" then return nil end
  local namespace = type(metadata.namespace) == "string" and metadata.namespace or nil
  local found = server:get(kind, namespace, name)
  return found
end

local function plan_one(server, document, options)
  local kind, message, code = server.registry:find(document.object.apiVersion, document.object.kind)
  if not kind then return nil, message, code end
  local object = admission.modernise(kind, without_annotation(document.object), options.warn)
  object = annotated(object)
  local current = current_of(server, kind, object)
  local draft, causes
  if current then
    draft, message, code, causes = plan_update(kind, object, current, options)
  else
    draft, message, code, causes = server:admit_new(object, options)
  end
  if not draft then return nil, message, code, causes end
  return { object = current and draft or object, current = current, document = document }
end

local function one_error(errors)
  if #errors == 1 then return errors[1] end
  local texts, causes = {}, {}
  for i, one in ipairs(errors) do
    texts[i] = tostring(one)
    for _, cause in ipairs(one.causes) do causes[#causes + 1] = cause end
  end
  return require("wl.apierror").new(errors[1].code, table.concat(texts, "\n"), causes)
end

--- Judge all documents without writing anything.
-- @param server
-- @tparam {document,...} documents
-- @tparam ?table options allow_unknown, warn
-- @treturn ?{step,...} or nil and one error for all that is wrong
function apply.plan(server, documents, options)
  options = options or {}
  local steps, errors, created = {}, {}, {}
  for _, document in ipairs(documents) do
    if document.object.kind == "Namespace" and value.is_map(document.object.metadata) then
      created[document.object.metadata.name or ""] = true
    end
  end
  server.expected_namespaces = created
  for _, document in ipairs(documents) do
    local function warn(text)
      if options.warn then options.warn(("%s: warning: %s"):format(manifest.place(document), text)) end
    end
    local step, message, code, causes = plan_one(server, document,
      { allow_unknown = options.allow_unknown, warn = warn })
    if step then
      steps[#steps + 1] = step
    else
      errors[#errors + 1] = manifest.refusal(document, message, code, causes)
    end
  end
  server.expected_namespaces = {}
  if #errors > 0 then return nil, one_error(errors) end
  return steps
end

-- ---- performing ----

local function perform(server, step, options)
  if not step.current then return server:create(step.object, options) end
  if value.equal(step.object, step.current) then return step.current end
  return server:update(step.object, options)
end

--- Apply documents: all, or none when one is refused.
-- @param server
-- @tparam {document,...} documents
-- @tparam ?table options allow_unknown; warn, called with texts
-- @treturn ?{view,...} the objects; or nil and one error for all that is wrong
-- @treturn {string,...} what was done: "created", "configured" or "unchanged"
function apply.documents(server, documents, options)
  local steps, wrong = apply.plan(server, documents, options)
  if not steps then return nil, wrong end
  local objects, done = {}, {}
  for i, step in ipairs(steps) do
    local stored, message, code, causes =
      perform(server, step, { allow_unknown = options and options.allow_unknown })
    if not stored then
      return nil, manifest.refusal(step.document, message, code, causes)
    end
    objects[i] = stored
    done[i] = not step.current and "created"
      or value.equal(stored, step.current) and "unchanged" or "configured"
  end
  return objects, done
end

return apply
