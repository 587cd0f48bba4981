-- SPDX-License-Identifier: MIT
--- What a kind's fields mean, as `kubectl explain` prints it.
--
--     io.write(explain.text(registry, "deploy.spec.strategy"))
--
-- It is told from the schema that objects are checked by, so it is what wlrun
-- does: types, what is required, defaults, allowed values, bounds.
local docs = require "wl.explain.docs"
local fold = require "wl.fold"
local schema = require "wl.schema"
local tabular = require "wl.table"
local value = require "wl.value"

local explain = {}

local DEEPEST = 12 -- of --recursive; JSON schemas contain themselves

-- ---- one field ----

local function literal(x)
  if type(x) == "string" then return x == "" and '""' or x end
  if value.is_list(x) or value.is_map(x) then return tostring(value.of(x)) end
  return tostring(x)
end

local function literals(list)
  local texts = {}
  for i, x in ipairs(list) do texts[i] = literal(x) end
  return table.concat(texts, ", ")
end

-- A struct that is always there is no default worth telling.
local function has_default(t)
  if t.default == nil then return false end
  return not value.is_map(t.default) or next(t.default) ~= nil
end

local function notes_of(t)
  local notes = {}
  local function add(text) notes[#notes + 1] = text end
  local inner = schema.resolve(t)
  if t.enum then add("enum: " .. literals(t.enum)) end
  if has_default(t) then add("default: " .. literal(t.default)) end
  if t.min then add("at least " .. literal(t.min)) end
  if t.max then add("at most " .. literal(t.max)) end
  if t.immutable then add "cannot be changed" end
  if inner.list_type == "map" then
    add("items differ in " .. table.concat(inner.list_map_keys, ", "))
  elseif inner.list_type == "set" then
    add "a set"
  end
  return table.concat(notes, "; ")
end

-- What the innermost items of lists and maps are.
local function item_of(t)
  t = schema.resolve(t)
  while t.kind == "list" or t.kind == "map" do t = schema.resolve(t.item) end
  return t
end

local function field_line(name, t)
  local required = t.required and t.default == nil and " -required-" or ""
  return ("%s\t<%s>%s"):format(name, schema.describe(t), required)
end

local function field_text(of, name, t)
  local lines = { "  " .. field_line(name, t) }
  local notes, doc = notes_of(t), t.doc or docs.of(of.shape and of.shape.name, name)
  if notes ~= "" then lines[#lines + 1] = "    " .. notes end
  if doc then lines[#lines + 1] = "    " .. fold(doc, 4) end
  return table.concat(lines, "\n") .. "\n"
end

-- ---- all fields ----

-- Fields that are one line each stand together.
local function fields_text(of)
  local parts, apart = {}, ""
  for i, name in ipairs(of.names) do
    parts[i] = field_text(of, name, of.fields[name])
    if parts[i]:find "\n." then apart = "\n" end
  end
  return table.concat(parts, apart)
end

local function tree_lines(of, level, seen, lines)
  if level > DEEPEST or seen[of.shape] then return end
  seen[of.shape] = true
  for _, name in ipairs(of.names) do
    local t = of.fields[name]
    lines[#lines + 1] = ("  "):rep(level) .. field_line(name, t) .. "\n"
    local inner = item_of(t)
    if inner.fields then tree_lines(inner, level + 1, seen, lines) end
  end
  seen[of.shape] = nil
end

local function tree_text(of)
  local lines = {}
  tree_lines(of, 1, {}, lines)
  return table.concat(lines)
end

-- ---- the whole text ----

local function head(kind)
  local lines = {}
  if kind.group ~= "" then lines[1] = "GROUP:\t" .. kind.group .. "\n" end
  lines[#lines + 1] = "KIND:\t" .. kind.name .. "\nVERSION:\t" .. kind.version .. "\n"
  return tabular.align(table.concat(lines), { padding = 4 })
end

-- "spec.template" -> the type that has the field, and its name
local function parent_of(kind, path)
  local before, name = path:match "^(.*)%.([^.]+)$"
  local parent = before and schema.field(kind.schema, before) or kind.schema
  return item_of(parent), (name or path):gsub("%[.*$", "")
end

local function field_head(kind, path)
  local parent, name = parent_of(kind, path)
  local t = parent.fields and parent.fields[name]
  if not t then
    return ("\nFIELD: %s <%s>\n"):format(name, schema.describe(schema.field(kind.schema, path)))
  end
  local lines = { "\nFIELD: " .. field_line(name, t):gsub("\t", " ") .. "\n" }
  local doc = t.doc or docs.of(parent.shape and parent.shape.name, name)
  if doc then lines[#lines + 1] = "\nDESCRIPTION:\n    " .. fold(doc, 4) .. "\n" end
  local notes = notes_of(t)
  if notes ~= "" then lines[#lines + 1] = "\n  " .. notes .. "\n" end
  return table.concat(lines)
end

local function fields_part(t, options)
  local of = item_of(t)
  if not of.fields or #of.names == 0 then return "" end
  return "\nFIELDS:\n" .. (options.recursive and tree_text or fields_text)(of)
end

--- Explain a kind or one of its fields, or a sort of policies.
-- @tparam registry registry
-- @tparam string path "deploy", "deploy.spec.strategy", "pods.spec.containers.image"; "strategy"
-- @tparam ?table options recursive: the fields of the fields, too
-- @treturn ?string lines; or nil, message, code
function explain.text(registry, path, options)
  options = options or {}
  local word, rest = path:match "^([^.]+)%.?(.*)$"
  if not word then return nil, "a kind or a field expected, as in deploy.spec", "BadRequest" end
  local kind, message, code = registry:resolve(word)
  if not kind then
    local contract = rest == "" and require("wl.policy.document").text(word)
    if contract then return contract end
    return nil, message, code
  end
  if rest == "" then
    local doc = docs.of(kind.name, "")
    return head(kind) .. (doc and "\nDESCRIPTION:\n    " .. fold(doc, 4) .. "\n" or "")
      .. fields_part(kind.schema, options)
  end
  local t
  t, message, code = schema.field(kind.schema, rest)
  if not t then return nil, ("%s: %s"):format(kind.name, message), code end
  return head(kind) .. field_head(kind, rest) .. fields_part(t, options)
end

--- The words that may follow a path, for completion: kinds, or fields.
-- @tparam registry registry
-- @tparam string path "dep", "deploy.spec.str"
-- @treturn {string,...} whole paths
function explain.completions(registry, path)
  local before, begun = path:match "^(.*)%.([^.]*)$"
  local found, words = {}, {}
  if not before then
    begun = path
    for _, kind in ipairs(registry:all()) do words[#words + 1] = kind.plural end
  else
    local word, rest = before:match "^([^.]+)%.?(.*)$"
    local kind = word and registry:resolve(word)
    words = kind and schema.field_names(kind.schema, rest) or {}
  end
  for _, word in ipairs(words) do
    if word:sub(1, #begun) == begun then
      found[#found + 1] = (before and before .. "." or "") .. word
    end
  end
  table.sort(found)
  return found
end

return explain
