-- SPDX-License-Identifier: MIT
--- The way of an object through the API server: from what a client wrote to
-- what is stored, or to a refusal that names everything that is wrong.
--
--   1. an old version is rewritten into the current one (with a warning)
--   2. the shape is checked: unknown fields, wrong types    -> "BadRequest"
--   3. nulls go, quantities become canonical, defaults are filled in
--   4. the kind sets and resets what clients may not choose
--   5. the kind's rules are checked                         -> "Invalid"
--
-- Source: apiserver pkg/endpoints/handlers, pkg/registry/rest.
local apierror = require "wl.apierror"
local prepare = require "wl.api.prepare"
local schema = require "wl.schema"
local value = require "wl.value"

local admission = {}

local function name_of(object)
  local metadata = object.metadata
  if not value.is_map(metadata) then return "" end
  local name = metadata.name or metadata.generateName
  return type(name) == "string" and name or ""
end

local function malformed(kind, object, problems)
  local messages = {}
  for i, problem in ipairs(problems) do messages[i] = problem.message end
  local text = #messages == 1 and messages[1] or "[" .. table.concat(messages, "; ") .. "]"
  local about = ('%s "%s" is malformed: '):format(kind.qualified, name_of(object))
  return apierror.returned(apierror.new("BadRequest", about .. text, problems))
end

--- Rewrite an object of an old version into the current one. One that is not
-- even a map is left to the check of its shape.
-- @tparam kind kind
-- @param object a view or plain table
-- @tparam ?function warn called with a text about the old version
-- @return object, or a plain table in the current version
function admission.modernise(kind, object, warn)
  local api = object.apiVersion
  if api == nil or api == kind.api then return object end
  local convert = kind.legacy[api]
  if not convert then return object end
  local draft = value.table(object)
  convert(draft, warn or function() end)
  draft.apiVersion = kind.api
  return draft
end

--- An object in its stored form, with defaults: a plain table that is the caller's.
-- @tparam kind kind
-- @param object a view or plain table
-- @tparam ?table options
--   allow_unknown  keep unknown fields instead of refusing them
--   warn           function(text) for warnings about old versions
-- @treturn ?table or nil, message, "BadRequest", causes
function admission.read(kind, object, options)
  options = options or {}
  object = admission.modernise(kind, object, options.warn)
  local problems = schema.check(kind.schema, object, options)
  if #problems > 0 then return malformed(kind, object, problems) end
  local draft = schema.normalise(kind.schema, object)
  draft.apiVersion, draft.kind = kind.api, kind.name
  schema.default(kind.schema, draft)
  if kind.default then kind.default(draft) end
  return draft
end

local function judged(kind, draft, judge)
  local refusal = kind:judge(name_of(draft), judge)
  if refusal then return apierror.returned(refusal) end
  return draft
end

--- A new object as it is to be stored.
-- @tparam kind kind
-- @param object a view or plain table; its namespace is set, and its name when it was generated
-- @tparam string uid the one that the object will have
-- @tparam ?table options as for read
-- @treturn ?table the object, without creationTimestamp and resourceVersion; or nil, message,
--   "BadRequest" or "Invalid", causes
function admission.create(kind, object, uid, options)
  local draft, message, code, causes = admission.read(kind, object, options)
  if not draft then return nil, message, code, causes end
  prepare.new_metadata(draft.metadata)
  draft.metadata.uid = uid
  kind.prepare_create(draft)
  return judged(kind, draft, function(errors) kind.validate(draft, errors) end)
end

-- Without a resourceVersion an update is meant for whatever is stored.
local function read_update(kind, object, old, options)
  local draft, message, code, causes = admission.read(kind, object, options)
  if not draft then return nil, message, code, causes end
  if draft.metadata.resourceVersion == nil then
    draft.metadata.resourceVersion = old.metadata.resourceVersion
  end
  prepare.updated_metadata(draft.metadata, old.metadata)
  return draft
end

--- A new version of an object as it is to be stored. Its generation has moved if it must.
-- @tparam kind kind
-- @param object a view or plain table
-- @param old what is stored
-- @tparam ?table options as for read
-- @treturn ?table or nil, message, code, causes
function admission.update(kind, object, old, options)
  local draft, message, code, causes = read_update(kind, object, old, options)
  if not draft then return nil, message, code, causes end
  kind.prepare_update(draft, old)
  return judged(kind, draft, function(errors) kind.validate_update(draft, old, errors) end)
end

--- A new status of an object: everything else stays as it is stored.
-- @tparam kind kind
-- @param object a view or plain table
-- @param old what is stored
-- @tparam ?table options as for read
-- @treturn ?table or nil, message, code, causes
function admission.update_status(kind, object, old, options)
  local draft, message, code, causes = read_update(kind, object, old, options)
  if not draft then return nil, message, code, causes end
  kind.prepare_status(draft, old)
  return judged(kind, draft, function(errors) kind.validate_status(draft, old, errors) end)
end

return admission
