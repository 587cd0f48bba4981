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
  return found, ("%s %s %s"):format(kind.resource, namespace or "default", name)
end

local function in_namespace(kind, object, namespace)
  local metadata = object.metadata
  if not namespace or not kind.namespaced or not value.is_map(metadata) or metadata.namespace then
    return object
  end
  return value.update(value.of(object), function(draft) draft.metadata.namespace = namespace end)
end

-- The manifest as the kind's present version has it, with itself in the annotation.
local function desired_of(server, document, options)
  local given = document.object
  local kind, message, code = server.registry:find(given.apiVersion, given.kind)
  if not kind then return nil, message, code end
  local object = in_namespace(kind, without_annotation(given), options.namespace)
  return kind, annotated(admission.modernise(kind, object, options.warn))
end

local function as_if_stored(draft) return value.with(draft, "metadata.resourceVersion", "0") end

-- What stands for an object earlier in the same manifest is changed by what
-- comes later, as if that had been stored.
local function plan_one(server, document, options, earlier)
  local kind, object, code = desired_of(server, document, options)
  if not kind then return nil, object, code, nil, "kind" end
  local stored, identity = current_of(server, kind, object)
  local current = identity and earlier[identity] or stored
  local draft, message, causes
  if current then
    draft, message, code, causes = plan_update(kind, object, current, options)
  else
    draft, message, code, causes = server:admit_new(object, options)
  end
  if not draft then return nil, message, code, causes end
  local again = identity and earlier[identity] ~= nil
  if identity then earlier[identity] = current and draft or as_if_stored(draft) end
  return { kind = kind, object = object, draft = draft, current = stored, again = again,
    document = document }
end

local function one_error(refused)
  if #refused == 1 then return refused[1].refusal end
  local texts, causes = {}, {}
  for i, one in ipairs(refused) do
    texts[i] = tostring(one.refusal)
    for _, cause in ipairs(one.refusal.causes) do causes[#causes + 1] = cause end
  end
  return require("wl.apierror").new(refused[1].refusal.code, table.concat(texts, "\n"), causes)
end

local function namespaces_in(documents)
  local names = {}
  for _, document in ipairs(documents) do
    if document.object.kind == "Namespace" and value.is_map(document.object.metadata) then
      names[document.object.metadata.name or ""] = true
    end
  end
  return names
end

local function warner(options, document)
  return function(text)
    if not options.warn then return end
    local place = manifest.place(document)
    options.warn((place and place .. ": " or "") .. "warning: " .. text)
  end
end

--- Judge each document without writing anything.
-- @param server
-- @tparam {document,...} documents
-- @tparam ?table options allow_unknown; namespace, of objects that name none; warn
-- @treturn {step,...} of those that are good
-- @treturn {table,...} of the others: `document` and `refusal`, an API error
function apply.judge(server, documents, options)
  options = options or {}
  local steps, refused, earlier = {}, {}, {}
  server.expected_namespaces, server.expected_objects = namespaces_in(documents), documents
  for _, document in ipairs(documents) do
    local step, message, code, causes, field = plan_one(server, document, {
      allow_unknown = options.allow_unknown, namespace = options.namespace,
      warn = warner(options, document) }, earlier)
    if step then
      steps[#steps + 1] = step
    else
      refused[#refused + 1] = { document = document,
        refusal = manifest.refusal(document, message, code, causes, field) }
    end
  end
  server.expected_namespaces, server.expected_objects = {}, nil
  return steps, refused
end

--- Judge all documents without writing anything.
-- @param server
-- @tparam {document,...} documents
-- @tparam ?table options as for `judge`
-- @treturn ?{step,...} or nil and one error for all that is wrong
function apply.plan(server, documents, options)
  local steps, refused = apply.judge(server, documents, options)
  if #refused > 0 then return nil, one_error(refused) end
  return steps
end

-- ---- performing ----

-- What was done before may have changed what a step was planned on.
local function up_to_date(server, step, options)
  if not step.again then return step.draft, step.current end
  local current = current_of(server, step.kind, step.object)
  return plan_update(step.kind, step.object, current, options), current
end

local function perform(server, step, options)
  if not step.current and not step.again then
    local stored, message, code, causes = server:create(step.object, options)
    return stored, stored and "created" or message, code, causes
  end
  local draft, current = up_to_date(server, step, options)
  if value.equal(draft, current) then return current, "unchanged" end
  local stored, message, code, causes = server:update(draft, options)
  if not stored then return nil, message, code, causes end
  return stored, value.equal(stored, current) and "unchanged" or "configured"
end

-- What one document uses up (a quota) may make another be refused only now:
-- then what was written is taken back. No controller has seen it.
local function take_back(server, objects, done, steps)
  for i = #objects, 1, -1 do
    local object, before = objects[i], steps[i].before
    if done[i] == "created" then
      server:delete(object, { grace = 0 })
    elseif done[i] == "configured" then
      local now = server:by_uid(object.metadata.uid)
      server:update(value.with(before, "metadata.resourceVersion", now.metadata.resourceVersion))
    end
  end
end

local function perform_all(server, steps, options)
  local objects, done = {}, {}
  for i, step in ipairs(steps) do
    step.before = current_of(server, step.kind, step.object)
    local stored, outcome, code, causes =
      perform(server, step, { allow_unknown = options and options.allow_unknown })
    if not stored then
      take_back(server, objects, done, steps)
      return nil, nil, manifest.refusal(step.document, outcome, code, causes)
    end
    objects[i], done[i] = stored, outcome
  end
  return objects, done
end

--- Apply documents: all, or none when one is refused.
-- @param server
-- @tparam {document,...} documents
-- @tparam ?table options allow_unknown, namespace; warn, called with texts
-- @treturn ?{view,...} the objects; or nil and one error for all that is wrong
-- @treturn {string,...} what was done: "created", "configured" or "unchanged"
function apply.documents(server, documents, options)
  local steps, wrong = apply.plan(server, documents, options)
  if not steps then return nil, wrong end
  server.expected_objects = documents
  local objects, done, refusal = perform_all(server, steps, options)
  server.expected_objects = nil
  if not objects then return nil, refusal end
  return objects, done
end

return apply
