-- SPDX-License-Identifier: MIT
--- The words in which the shape of an object is declared.
--
-- A type is a value: `int32`, `list(str)`, `object { replicas = int32 }`. Calling
-- a type with options gives a new type that differs in them and leaves the old
-- one as it was:
--
--     local Spec = object {
--       replicas = int32 { default = 1, min = 0 },
--       mode     = required(str) { enum = { "Fast", "Careful" } },
--       steps    = merged(Step, "name"),
--     }
--
-- Kubernetes' own types also need to say what Go's encoding says silently: of a
-- field that is not a pointer, the zero value means "not given". Such fields use
-- `word` (empty string), `flag` (false) and `count`/`count64` (0); in `str`,
-- `bool` and `int32`/`int64` zero is a value like any other. `always(T)` is an
-- object that is there even when nobody wrote it.
--
-- What a type holds, for those who read it (never change it):
--   kind      object list map string integer number boolean int_or_string
--             quantity time any lazy
--   fields, names   of an object: name -> type, and the names in byte order
--   item      of a list or map
--   shape     of an object: what all types derived from it share; shape.name is its
--             name, such as "PodSpec"
--   list_type "atomic", "set" or "map"; list_map_keys
--   patch_strategy, patch_merge_key   for strategic merge patches
--   and the options below.
local scope = require "wl.policy.scope"
local suggest = require "wl.suggest"

local types = {}

local OPTIONS = {
  default = true,   -- value stored where none is given; tables are copied
  complete = true,  -- of an object: function(draft) that sets what depends on other fields
  required = true,  -- must be given
  enum = true,      -- list of the values allowed
  min = true, max = true, -- of a number
  immutable = true, -- an update may not change it
  unset = true,     -- the value that counts as "not given"
  doc = true,       -- one sentence for `explain`
  set = true,       -- of a list: items are unique
  keys = true,      -- of a list of objects: fields that identify an item
  merge = true,     -- of a list: the field a strategic patch merges by; true: scalars as a set
  retain = true,    -- a strategic patch may say $retainKeys
  replace = true,   -- a strategic patch replaces the object instead of merging
  atomic = true,    -- of a map: owned as a whole
  extension = true, -- a field of our own, which Kubernetes does not have
  policy = true,    -- of an object: { sort, field }: the field names a policy of that sort, whose
                    -- parameters are in a field of their own beside it
}

local Type = {} -- no __index: a type's fields are all there is to it
Type.__name = "wl.schema.type"

--- Is it a type of this language?
-- @param x anything
-- @treturn boolean
function types.is_type(x)
  return getmetatable(x) == Type
end

local function new(kind, format)
  return setmetatable({ kind = kind, format = format }, Type)
end

-- What an option means for the fields that readers of a type look at.
local DERIVED = {
  set = function(t) t.list_type = "set" end,
  keys = function(t, keys) t.list_type, t.list_map_keys = "map", keys end,
  merge = function(t, key)
    t.patch_strategy = "merge"
    t.patch_merge_key = type(key) == "string" and key or nil
  end,
  retain = function(t)
    t.patch_strategy = t.patch_strategy and t.patch_strategy .. ",retainKeys" or "retainKeys"
  end,
  replace = function(t) t.patch_strategy = "replace" end,
  atomic = function(t) t.map_type = "atomic" end,
}

-- Order matters where one derivation reads another's result.
local DERIVE_ORDER = { "set", "keys", "merge", "retain", "replace", "atomic" }

function Type:__call(options)
  if type(options) ~= "table" then error("options must be a table", 2) end
  local derived = setmetatable({}, Type)
  for key, value in pairs(self) do derived[key] = value end
  for key, value in pairs(options) do
    if not OPTIONS[key] then
      error(("unknown option %q of a type%s"):format(tostring(key),
        suggest.hint(tostring(key), suggest.keys(OPTIONS))), 2)
    end
    derived[key] = value
  end
  for _, key in ipairs(DERIVE_ORDER) do
    if options[key] then DERIVED[key](derived, options[key]) end
  end
  return derived
end

function Type:__tostring()
  return types.describe(self)
end

types.str = new("string")
types.bytes = new("string", "byte") -- base64
types.bool = new("boolean")
types.int32 = new("integer", "int32")
types.int64 = new("integer", "int64")
types.int = types.int64
types.number = new("number", "double")
types.int_or_string = new("int_or_string")
types.quantity = new("quantity")
types.time = new("time") -- RFC 3339, seconds
types.micro_time = new("time", "micro") -- RFC 3339, microseconds
types.any = new("any")

types.word = types.str { unset = "" }
types.flag = types.bool { unset = false }
types.count = types.int32 { unset = 0 }
types.count64 = types.int64 { unset = 0 }

--- An object with the fields given.
-- @tparam {[string]=type} fields
-- @treturn type
function types.object(fields)
  if type(fields) ~= "table" then error("object: fields must be a table", 2) end
  local names = suggest.keys(fields)
  for _, name in ipairs(names) do
    if not types.is_type(fields[name]) then
      error(("object: field %q is not a type"):format(name), 2)
    end
  end
  local t = new("object")
  t.fields, t.names, t.shape = fields, names, {}
  return t
end

--- An object with all fields of another, and more.
-- @tparam type base an object type
-- @tparam {[string]=type} fields win over those of base
-- @treturn type with base's `complete`
function types.extend(base, fields)
  local all = {}
  for name, field in pairs(base.fields) do all[name] = field end
  for name, field in pairs(fields) do all[name] = field end
  return types.object(all) { complete = base.complete }
end

local function collection(kind, item, level)
  if not types.is_type(item) then error(kind .. ": the item is not a type", level + 1) end
  local t = new(kind)
  t.item = item
  return t
end

--- A list that is replaced as a whole.
-- @tparam type item
-- @treturn type
function types.list(item)
  local t = collection("list", item, 2)
  t.list_type = "atomic"
  return t
end

--- A list of distinct scalars.
-- @tparam type item
-- @treturn type
function types.set(item)
  return collection("list", item, 2) { set = true }
end

--- A list of objects identified by fields; a strategic merge patch merges it by the first.
-- @tparam type item an object type
-- @tparam string key
-- @tparam ?string ... further fields that belong to the identity
-- @treturn type
function types.merged(item, key, ...)
  return collection("list", item, 2) { keys = { key, ... }, merge = key }
end

--- A map from any string to a type.
-- @tparam type item
-- @treturn type
function types.map(item)
  return collection("map", item, 2)
end

--- Amounts of resources by name (a ResourceList): none is finer than 1m.
types.resources = types.map(new("quantity", "milli"))

--- A type that is known later: for types that contain themselves.
-- @tparam function resolve called once, at first use
-- @treturn type
function types.lazy(resolve)
  local t = new("lazy")
  t.resolve = resolve
  return t
end

--- The type that a lazy one stands for; any other as it is.
-- @tparam type t
-- @treturn type
function types.resolve(t)
  while t.kind == "lazy" do
    t.target = t.target or t.resolve()
    t = t.target
  end
  return t
end

--- The type of the field that holds the parameters of the policy which an object names.
-- @tparam type t an object type with `policy`
-- @param object
-- @treturn ?string the field's name
-- @treturn ?type
function types.parameters(t, object)
  local p = scope.policy(t.policy[1], object[t.policy[2]])
  if p and p.params and not t.fields[p.block] then return p.block, p.params end
end

--- The same type, but it must be given.
-- @tparam type t
-- @treturn type
function types.required(t)
  return t { required = true }
end

--- An object that is there even when nobody wrote it (in Go: a struct, not a pointer).
-- @tparam type t
-- @treturn type
function types.always(t)
  return t { default = {} }
end

--- Give the object types of a module their names: `return named(apps)`.
-- @tparam table module name -> type; what is no type is left alone
-- @treturn table the module
function types.named(module)
  for name, t in pairs(module) do
    if types.is_type(t) and t.shape and not t.shape.name then t.shape.name = name end
  end
  return module
end

local PRINTED = {
  int_or_string = "IntOrString", quantity = "Quantity", time = "Time", any = "Object",
}

--- A type in the words of `kubectl explain`: "integer", "[]Container", "map[string]string".
-- @tparam type t
-- @treturn string
function types.describe(t)
  t = types.resolve(t)
  if t.kind == "list" then return "[]" .. types.describe(t.item) end
  if t.kind == "map" then return "map[string]" .. types.describe(t.item) end
  if t.kind == "object" then return t.shape.name or "Object" end
  return PRINTED[t.kind] or t.kind
end

return types
