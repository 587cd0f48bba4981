-- SPDX-License-Identifier: MIT
--- What there is to complete: kinds, names of objects, namespaces, fields, files, verbs.
local explain = require "wl.explain"
local file = require "wl.file"
local help = require "wl.help"
local schema = require "wl.schema"
local suggest = require "wl.suggest"
local value = require "wl.value"

local Source = {}
Source.__index = Source

local KEYWORDS = { "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "if",
  "in", "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while" }

local MOST = 20000 -- objects of a kind whose names are looked at

--- @param world
-- @treturn Source
function Source.new(world) return setmetatable({ world = world }, Source) end

-- Nothing is made for the sake of a completion.
local function cluster_of(self) return self.world:cluster() end

local function registry_of(self)
  local cluster = cluster_of(self)
  if cluster then return cluster.server.registry end
  self.world.session.registry = self.world.session.registry or require("wl.registry").new()
  return self.world.session.registry
end

--- The words for kinds: short names, plurals; with `begun` also singulars.
function Source:kinds(begun)
  local words = {}
  for _, kind in ipairs(registry_of(self):all()) do
    words[#words + 1] = kind.plural
    table.move(kind.short, 1, #kind.short, #words + 1, words)
    if begun ~= "" then words[#words + 1] = kind.singular end
  end
  return words
end

--- The names of kinds, as constructors have them.
function Source:constructors()
  local names = {}
  for _, kind in ipairs(registry_of(self):all()) do names[#names + 1] = kind.name end
  return names
end

--- The names of a kind's objects.
function Source:names(word)
  local cluster, names = cluster_of(self), {}
  local kind = cluster and cluster.server:kind(word)
  if not kind or #cluster.store:all(cluster.server:number(kind)) > MOST then return names end
  for _, object in ipairs(cluster:list(kind)) do names[#names + 1] = object.metadata.name end
  return names
end

--- "deploy/web" for a word and what is begun of a name.
function Source:references(word)
  local list = {}
  for i, name in ipairs(self:names(word)) do list[i] = word .. "/" .. name end
  return list
end

--- Paths of fields, for `explain`.
function Source:paths(begun) return explain.completions(registry_of(self), begun) end

local function add_keys(found, x)
  if not value.is_map(x) then return end
  for name in pairs(x) do
    if type(name) == "string" then found[name] = true end
  end
end

local function at_path(x, path)
  for step in path:gmatch "[^.%[%]]+" do
    if not value.is_map(x) and not value.is_list(x) then return nil end
    x = x[math.tointeger(tonumber(step)) or step]
  end
  return x
end

--- The fields that may follow a path: those of the object, and of its kind.
-- @tparam ?kind kind
-- @param ?object
-- @tparam string path "spec.template"; "" for the top
function Source.fields(_, kind, object, path)
  local found = {}
  if kind then
    -- The fields of Lua count from 1, those of the API from 0: for types it is the same.
    for _, name in ipairs(schema.field_names(kind.schema, path)) do found[name] = true end
  end
  if object ~= nil then add_keys(found, at_path(object, path)) end
  return suggest.keys(found)
end

--- The object that a text names, and its kind.
function Source:object(text)
  local cluster = cluster_of(self)
  local word, name = text:match "^([^/]+)/(.+)$"
  local kind = word and registry_of(self):resolve(word)
  if not cluster or not kind then return nil, kind end
  return cluster.server:get(kind, cluster.namespace, name), kind
end

--- The kind that a word means.
function Source:kind(word) return (registry_of(self):resolve(word)) end

--- The value of a variable, and its kind if it is an object.
function Source:variable(name)
  local x = rawget(self.world.environment, name)
  local is_object = value.is_map(x) and (type(x) ~= "table" or not getmetatable(x))
    and type(x.kind) == "string" and type(x.apiVersion) == "string"
  return x, is_object and registry_of(self):find(x.apiVersion, x.kind) or nil
end

--- Files that a path may go on to.
function Source.files(_, begun)
  local dir = begun:match "^(.*/)" or ""
  local paths = {}
  for i, name in ipairs(file.list(dir == "" and "." or dir) or {}) do paths[i] = dir .. name end
  return paths
end

--- All that can begin a line of Lua.
function Source:globals()
  local names = {}
  local function add(list) table.move(list, 1, #list, #names + 1, names) end
  add(suggest.keys(help.verbs))
  add(KEYWORDS)
  add(self:constructors())
  for _, from in ipairs { _G, self.world.environment } do
    for name in next, from do
      if type(name) == "string" and not name:find "^_" then names[#names + 1] = name end
    end
  end
  return names
end

return Source
