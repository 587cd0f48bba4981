-- SPDX-License-Identifier: MIT
--- What a kind is: one declaration that says everything the cluster must know.
--
--     local kind = require "wl.kind"
--
--     return kind "Backup" {
--       api = "example.org/v1", plural = "backups", short = { "bk" },
--       spec = {
--         schedule = kind.required(kind.str),
--         keep     = kind.int { default = 7, min = 1 },
--       },
--       columns = { { "NAME", ".metadata.name" }, { "KEEP", ".spec.keep" } },
--       owns = { "Job" },
--       reconcile = function(ctx, backup) ... end,
--     }
--
-- A declaration is a value: nothing is registered by making one. A wrong field
-- is an error at the author's line. The words for types (`kind.int`, `kind.list`
-- ...) are those of wl.schema.types.
local fielderrors = require "wl.fielderrors"
local prepare = require "wl.api.prepare"
local schema = require "wl.schema"
local suggest = require "wl.suggest"

local kind = {}
for word, meaning in pairs(require "wl.schema.types") do kind[word] = meaning end

-- Field -> the type it must have.
local FIELDS = {
  -- what it is called
  api = "string",           -- "apps/v1"; the core group's is "v1"
  plural = "string",        -- "deployments"; by default the name, in lower case, and "s"
  singular = "string",      -- "deployment"; by default the name in lower case
  short = "table",          -- { "deploy" }
  categories = "table",     -- { "all" }: what `get all` shows
  namespaced = "boolean",   -- by default true
  doc = "string",           -- one sentence
  naming = "string",        -- the rule of wl.names for its names; "dns_subdomain"

  -- what it looks like
  schema = "type",          -- of the whole object
  spec = "table",           -- or only the fields of its spec
  status = "table",         -- and of its status
  legacy = "table",         -- apiVersion -> function(draft, warn), into the current form
  default = "function",     -- (draft): what depends on other fields

  -- what may be written
  validation = "table",          -- the three that follow, in one table
  validate = "function",         -- (object, errors)
  validate_update = "function",  -- (new, old, errors): also what validate says
  validate_status = "function",  -- (new, old, errors)
  preparation = "table",         -- the three that follow: { create =, update =, status = }
  prepare_create = "function",   -- (draft): what the API server sets and resets
  prepare_update = "function",   -- (draft, old)
  prepare_status = "function",   -- (draft, old)
  varying = "table",             -- fields where objects of a template differ; see wl.moulds
  prepare_delete = "function",   -- (draft): what a request to delete it sets

  -- what is shown
  columns = "table",        -- { { "NAME", ".metadata.name" }, ... }
  describe = "function",    -- (object, ctx)

  -- how it is kept
  indexed = "table",        -- paths whose text has live sets: { "spec.nodeName" }
  keeping = "table",        -- paths where something keeps an object that is being deleted, as
                            -- finalizers do: { "spec.finalizers" }
  grace = "table",          -- { facet =, path = }: deletion waits, where the facet holds, as many
                            -- seconds as are at the path

  dependents = "string",    -- of one deleted without a word about them: "DeleteDependents" (by
                            -- default), "OrphanDependents", "Unsupported"

  -- what runs
  facets = "table",         -- counted in live sets
  owns = "table",           -- kinds whose changes wake their owner of this kind: names, or
                            -- { kind =, changes = { paths } } when only these matter; see
                            -- core/changes.h
  watches = "table",        -- { { kind =, map = function(ctx, object) } }; map reads, never writes;
                            -- while_any = a facet: map is asked only while it holds for any
  reconcile = "function",   -- (ctx, object)
  setup = "function",       -- (ctx): once, when the cluster starts
  scale = "table",          -- { replicas = ".spec.replicas", ... } for `scale`
  policies = "table",       -- sorts of policies it can be given by name
}

local Kind = {}
Kind.__index = Kind
Kind.__name = "wl.kind"

function Kind:__tostring()
  return ("kind %s in %s"):format(self.name, self.api)
end

--- Is it a kind?
-- @param x anything
-- @treturn boolean
function kind.is_kind(x)
  return getmetatable(x) == Kind
end

local function type_name(x)
  return schema.is_type(x) and "type" or type(x)
end

-- Where the declaration stands, for messages: `return kind "Name" {...}` is a
-- tail call, so the place must be known before.
local function place_of(level)
  local info = debug.getinfo(level + 1, "Sl")
  return info and info.currentline > 0 and ("%s:%d: "):format(info.short_src, info.currentline)
    or ""
end

local function fail(place, name, message, ...)
  error(("%skind %q: %s"):format(place, name, message:format(...)), 0)
end

local function verify_fields(place, name, declaration)
  if type(declaration) ~= "table" then fail(place, name, "a table of fields expected") end
  for _, field in ipairs(suggest.keys(declaration)) do
    local wanted, given = FIELDS[field], type_name(declaration[field])
    if not wanted then
      fail(place, name, "unknown field %q%s", field, suggest.hint(field, suggest.keys(FIELDS)))
    elseif given ~= wanted then
      fail(place, name, "field %q: expected a %s, got a %s", field, wanted, given)
    end
  end
end

local function verify_column(place, name, i, column)
  local title, source = column[1], column[2]
  if type(title) ~= "string" then
    fail(place, name, "columns[%d]: the title is missing", i)
  elseif type(source) ~= "function" and type(source) ~= "string" then
    fail(place, name, "column %q: expected a path or a function", title)
  end
end

local function verify(place, name, declaration)
  verify_fields(place, name, declaration)
  if not declaration.api then fail(place, name, 'field "api" is missing') end
  if declaration.schema and (declaration.spec or declaration.status) then
    fail(place, name, 'give either "schema" or "spec" and "status"')
  end
  for i, column in ipairs(declaration.columns or {}) do verify_column(place, name, i, column) end
  for version, convert in pairs(declaration.legacy or {}) do
    if type(convert) ~= "function" then
      fail(place, name, "legacy %q: expected a function", version)
    end
  end
end

local function whole_type(declaration)
  if declaration.schema then return declaration.schema end
  local meta = require "wl.api.meta"
  local fields = { spec = schema.always(schema.object(declaration.spec or {})) }
  if declaration.status then fields.status = schema.always(schema.object(declaration.status)) end
  return meta.resource(fields)
end

local function split_api(api)
  local group, version = api:match("^([^/]+)/([^/]+)$")
  return group or "", version or api
end

-- Without rules of its own a kind has those of its type, and of all metadata.
local function add_validation(k)
  local given = k.validation or {}
  k.validate = k.validate or given.validate
  k.validate_update = k.validate_update or given.validate_update
  k.validate_status = k.validate_status or given.validate_status
  local meta = require "wl.validate.meta"
  local scope = not k.namespaced and "cluster" or nil
  if not k.validate then
    function k.validate(object, errors)
      meta.create(errors, object, k.naming, scope)
      schema.validate(k.schema, object, errors)
    end
    k.validate_update = k.validate_update or function(new, old, errors)
      meta.update(errors, new, old)
      schema.validate(k.schema, new, errors)
      schema.validate_update(k.schema, new, old, errors)
    end
  end
  k.validate_update = k.validate_update or function(new, _, errors) k.validate(new, errors) end
  k.validate_status = k.validate_status or function() end
end

local function add_preparation(k)
  local rules = k.preparation or prepare.custom(k.schema)
  k.prepare_create = k.prepare_create or rules.create
  k.prepare_update = k.prepare_update or rules.update
  k.prepare_status = k.prepare_status or rules.status
end

local function complete(name, declaration)
  local k = setmetatable({}, Kind)
  for field, x in pairs(declaration) do k[field] = x end
  k.name = name
  k.group, k.version = split_api(k.api)
  k.singular = k.singular or name:lower()
  k.plural = k.plural or k.singular .. "s"
  k.short, k.categories = k.short or {}, k.categories or {}
  k.namespaced = k.namespaced ~= false
  k.legacy = k.legacy or {}
  k.schema = whole_type(declaration)
  local suffix = k.group == "" and "" or "." .. k.group
  k.resource, k.qualified = k.plural .. suffix, name .. suffix
  add_validation(k)
  add_preparation(k)
  return k
end

--- The refusal of an object of this kind, when something is wrong with it.
-- @tparam function judge called with a list of field errors to fill
-- @tparam string name the object's
-- @treturn ?wl.apierror
function Kind:judge(name, judge)
  local errors = fielderrors.new()
  judge(errors)
  return errors:refusal(self.qualified, name)
end

--- The fields that a declaration may have, and their types.
kind.FIELDS = FIELDS

--- Declare a kind: `kind "Name" { fields }`.
-- @tparam string name
-- @treturn function that takes the fields and returns the kind
local function declare(_, name)
  if type(name) ~= "string" or not name:find("^%u%w*$") then
    error("kind: the name must be a word that begins with a capital letter", 2)
  end
  local place = place_of(2)
  return function(declaration)
    verify(place, name, declaration)
    return complete(name, declaration)
  end
end

return setmetatable(kind, { __call = declare })
