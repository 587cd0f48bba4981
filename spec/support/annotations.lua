-- SPDX-License-Identifier: MIT
--- Writes lua/meta/wlrun.lua, what an editor's language server reads, from the
-- program itself: the verbs, what their doc comments say, the kinds, the
-- contracts of policies. `make annotations` runs it; a spec compares.
local file = require "wl.file"
local kind = require "wl.kind"
local policy = require "wl.policy"
local sorts = require "wl.policy.sorts"
local suggest = require "wl.suggest"

local annotations = {}

-- ---- doc comments ----

local PLAIN = { string = "string", table = "table", integer = "integer", number = "number",
  boolean = "boolean", ["function"] = "function", userdata = "userdata", view = "wl.Object",
  object = "wl.Object", batch = "wl.Batch", kind = "wl.Kind", policy = "wl.Policy",
  Cluster = "wl.Cluster", handle = "wl.Cluster", seconds = "number" }

-- A type as LDoc comments have it, as language servers have it.
local function type_of(text)
  if not text then return "any" end
  local item = text:match "^{([%w_]+),%.%.%.}$"
  if item then return type_of(item) .. "[]" end
  local parts = {}
  for part in text:gmatch "[^|]+" do parts[#parts + 1] = PLAIN[part] or "any" end
  return #parts > 0 and table.concat(parts, "|") or "any"
end

local function tag(doc, line)
  local given, name, text = line:match "^@tparam%s+(%S+)%s+([%w_%.]+)%S*%s*(.*)$"
  if not given then name, text = line:match "^@param%s+([%w_%.]+)%s*(.*)$" end
  if name then
    local optional = given and given:sub(1, 1) == "?" or (name:sub(1, 1) == "?")
    doc.params[name] = { type = type_of(given and given:gsub("^%?", "")), optional = optional,
      text = text }
    return
  end
  local returned = line:match "^@treturn%s+(%S+)"
  if returned and not doc.returns then
    doc.returns = type_of((returned:gsub("^%?", ""))) .. (returned:find "^%?" and "?" or "")
  elseif line:find "^@return%s" and not doc.returns then
    doc.returns = line:find "^@return%s+a view" and "wl.Object" or "any"
  end
end

local function doc_of(lines)
  local doc, is_summary = { summary = {}, params = {} }, true
  for _, line in ipairs(lines) do
    local before, tags = line:match "^(.-)%s*(@t?[pr][ae].*)$"
    if line:find "^@" then
      tag(doc, line)
      is_summary = false
    elseif tags then -- "... text. @return that"
      if is_summary then doc.summary[#doc.summary + 1] = before end
      tag(doc, tags)
      is_summary = false
    elseif is_summary and line ~= "" then
      doc.summary[#doc.summary + 1] = line
    else
      is_summary = false
    end
  end
  return doc
end

-- The functions of a file by name, without what stands before the last "." or ":".
local function functions_of(path)
  local found, comment = {}, {}
  for line in assert(file.read(path)):gmatch "[^\n]*" do
    local text = line:match "^%-%-+%s?(.*)$"
    local owner, name, arguments = line:match "^function ([%w_]+)[.:]([%w_]+)%(([^)]*)%)"
    if text then
      if line:find "^%-%-%-" then comment = {} end
      comment[#comment + 1] = text
    else
      if name and #comment > 0 then
        local doc = doc_of(comment)
        doc.owner, doc.arguments, doc.name = owner, {}, name
        for one in arguments:gmatch "[%w_%.]+" do doc.arguments[#doc.arguments + 1] = one end
        found[name] = found[name] or doc
      end
      comment = {}
    end
  end
  return found
end

-- ---- writing ----

local Writer = {}
Writer.__index = Writer

function Writer:add(text, ...)
  self[#self + 1] = select("#", ...) > 0 and text:format(...) or text
end

-- A function with its comment; `skip` arguments are left out.
function Writer:fun(prefix, doc, skip)
  local arguments = table.move(doc.arguments, 1 + (skip or 0), #doc.arguments, 1, {})
  self:add ""
  for _, line in ipairs(doc.summary) do self:add("---" .. line) end
  for _, name in ipairs(arguments) do
    local param = doc.params[name] or { type = "any", text = "", optional = name ~= arguments[1] }
    local text = param.text ~= "" and " " .. param.text or ""
    self:add("---@param %s%s %s%s", name, param.optional and name ~= "..." and "?" or "",
      param.type, text)
  end
  if doc.returns then self:add("---@return %s", doc.returns) end
  self:add("function %s%s(%s) end", prefix, doc.name, table.concat(arguments, ", "))
end

function Writer:class(name, text)
  self:add ""
  if text then self:add("---" .. text) end
  self:add("---@class %s", name)
end

function Writer:field(name, is_optional, type_name, text)
  self:add("---@field %s%s %s%s", name, is_optional and "?" or "", type_name,
    text and text ~= "" and " " .. text or "")
end

-- Functions of a class, sorted.
function Writer:methods(name, separator, functions, is_wanted)
  self:add("local %s = {}", name)
  for _, word in ipairs(suggest.keys(functions)) do
    if not is_wanted or is_wanted(word, functions[word]) then
      self:fun(name .. separator, functions[word])
    end
  end
end

-- ---- verbs ----

local scenario_text = assert(file.read "lua/wl/scenario.lua")

-- Verb -> its module, of those that have one.
local function modules_of_verbs()
  local modules = {}
  local map = scenario_text:match "\nlocal VERBS = (%b{})"
  for verb, module in map:gmatch '([%w_]+) = "([%w_]+)"' do modules[verb] = module end
  return modules
end

local FREE = { expect = true, fail = true, cron = true }

local function doc_of_verb(verb, module)
  local doc = functions_of("lua/wl/verbs/" .. module .. ".lua")[verb]
  if doc then return doc end
  return { summary = { "See the README." }, params = {}, arguments = { "cluster", "..." },
    name = verb }
end

local WORDS = [[
---@class wl.ClusterOptions
---@field nodes? integer
---@field seed? integer
---@field start? string a time
---@field history? integer writes that are kept
---@field policy_limits? {instructions?: integer, memory?: integer} of one call of a policy

---Makes a cluster; the first becomes the default one.
---@param options? wl.ClusterOptions
---@return wl.Cluster
function cluster(options) end

---Has a kind or a policy, or a list of them, in the clusters.
---@param given wl.Kind|wl.Policy|(wl.Kind|wl.Policy)[]
function define(given) end

---Reads files of definitions again whose text has changed.
---@return string[] files
function reload() end

---Declares a test of this file: `wlrun test` runs it in a cluster of its own.
---@param name string
---@param body function
function test(name, body) end

---The arguments after the scenario's name.
---@type string[]
arg = {}

---As `kubectl rollout`; each takes "deploy/web".
---@type table<string, fun(workload: any, options?: table): any>
rollout = {}
]]

local function write_verbs(out)
  local modules = modules_of_verbs()
  out:add "\n-- ---- verbs ----\n"
  out:add(WORDS)
  for _, verb in ipairs(suggest.keys(modules)) do
    out:fun("", doc_of_verb(verb, modules[verb]), FREE[verb] and 0 or 1)
  end
  out:class("wl.Cluster", "A cluster: the verbs are its methods.")
  out:field("rollout", false, "table", "the verbs of rollouts")
  out:add "local Cluster = {}"
  for _, verb in ipairs(suggest.keys(modules)) do
    if not FREE[verb] then out:fun("Cluster:", doc_of_verb(verb, modules[verb]), 1) end
  end
end

-- ---- kinds ----

local function write_constructors(out)
  out:add "\n-- ---- kinds: constructors that apply ----"
  for _, one in ipairs(require("wl.registry").new():all()) do
    out:add ""
    if one.doc then out:add("---" .. one.doc) end
    out:add "---@param name string\n---@param fields? table\n---@return wl.Object"
    out:add "---@overload fun(name: string): fun(fields: table): wl.Object"
    out:add("function %s(name, fields) end", one.name)
  end
end

-- What the comments in the table of fields say.
local function comments_of_fields()
  local comments = {}
  local table_text = assert(file.read "lua/wl/kind.lua"):match "\nlocal FIELDS = (%b{})"
  for name, text in table_text:gmatch '\n  ([%w_]+) = "[%w_]+",%s*%-%- ([^\n]*)' do
    comments[name] = text
  end
  return comments
end

local TYPES_OF_FIELDS = { type = "wl.Type", table = "table", string = "string",
  boolean = "boolean", ["function"] = "function" }

local function write_kind(out)
  out:add "\n-- ---- declaring a kind ----"
  local comments = comments_of_fields()
  out:class("wl.Kind.Declaration")
  for _, name in ipairs(suggest.keys(kind.FIELDS)) do
    local t = name == "reconcile" and "fun(ctx: wl.Ctx, object: wl.Object): number?, string?"
      or TYPES_OF_FIELDS[kind.FIELDS[name]]
    out:field(name, name ~= "api", t, comments[name])
  end
  out:class("wl.Types", "The words in which the shape of objects and parameters is declared.")
  for _, word in ipairs(suggest.keys(require "wl.schema.types")) do
    local x = require("wl.schema.types")[word]
    out:field(word, false, type(x) == "function" and "function" or "wl.Type")
  end
  out:class("wl.KindDeclarator: wl.Types")
  out:add "---@overload fun(name: string): fun(fields: wl.Kind.Declaration): wl.Kind"
  out:add "kind = {}"
end

-- ---- policies ----

local lua_type

local function record_class(out, name, rows)
  local fields = {}
  for _, row in ipairs(rows) do
    fields[#fields + 1] = { row[1], row.optional, lua_type(out, name .. "." .. row[1], row[2]),
      row[3] }
  end
  out:class(name)
  for _, one in ipairs(fields) do out:field(table.unpack(one, 1, 4)) end
  return name
end

function lua_type(out, name, t)
  if t.rows then return record_class(out, name, t.rows) end
  if t.item then
    local item = lua_type(out, name, t.item)
    return (item:find "|" and "(" .. item .. ")" or item) .. "[]"
  elseif t.choices then
    local parts = {}
    for i, choice in ipairs(t.choices) do parts[i] = lua_type(out, name, choice) end
    return table.concat(parts, "|")
  end
  return t.lua or "any"
end

-- Where a function is given more than a view.
local SIGNATURES = { ["rollout.script"] = "fun(step: wl.Step, params?: table)" }

local function signature(out, sort, name, rule)
  local given = SIGNATURES[sort .. "." .. name]
  if given then return given end
  local prefix = ("wl.%s.%s"):format(sort, name)
  local view = record_class(out, prefix .. ".View", rule.receives)
  return ("fun(view: %s): %s"):format(view, lua_type(out, prefix .. ".Result", rule.returns))
end

local function write_sort(out, sort)
  local contract = policy.contract(sort)
  local fields = {}
  for _, name in ipairs(suggest.keys(contract.functions)) do
    local rule = contract.functions[name]
    fields[#fields + 1] = { name, true, signature(out, sort, name, rule), rule.doc }
  end
  for _, name in ipairs(suggest.keys(contract.fields)) do
    fields[#fields + 1] = { name, true, name == "params" and "table<string, wl.Type>"
      or contract.fields[name] }
  end
  out:class(("wl.%s.Fields"):format(sort))
  for _, one in ipairs(fields) do out:field(table.unpack(one, 1, 4)) end
  out:class(("wl.%s.Declarator: wl.Types"):format(sort), ("Declares %s."):format(contract.doc))
  out:add("---@overload fun(name: string): fun(fields: %s): wl.Policy",
    contract.list and "table[]" or ("wl.%s.Fields"):format(sort))
  out:add("%s = {}", contract.word)
end

local function write_policies(out)
  out:add "\n-- ---- policies ----"
  for _, sort in ipairs(sorts) do write_sort(out, sort) end
  out:class("wl.Step", "The steps of a strategy's script: the first argument of `script`.")
  local steps = require("wl.rollout.step").names
  for _, name in ipairs(suggest.keys(steps)) do out:field(name, false, "function") end
end

-- ---- modules ----

local function is_public(word) return word ~= "new" and not word:find "^_" end

local MODULES = {
  { "wl.facet", "Facet", "lua/wl/facet.lua" },
  { "wl.test", "Test", "lua/wl/test.lua" },
  { "wl.policy_test", "PolicyTest", "lua/wl/policy_test.lua" },
  { "wl.intstr", "Intstr", "lua/wl/intstr.lua" },
  { "wl.duration", "Duration", "lua/wl/duration.lua" },
  { "wl.quantity", "Quantity", "lua/wl/quantity.lua" },
}

local function write_modules(out)
  out:add "\n-- ---- modules ----"
  out:class("wl.Rollout", "A rollout of numbers: see wl.policy_test.")
  for _, one in ipairs { { "new", "integer" }, { "old", "integer" }, { "now", "number" },
    { "phase", "string?" }, { "message", "string?" }, { "least", "integer" },
    { "most", "integer" } } do
    out:field(one[1], false, one[2])
  end
  out:methods("Rollout", ":", functions_of "lua/wl/policy_test/rollout.lua", is_public)
  for _, one in ipairs(MODULES) do
    local name, local_name, path = table.unpack(one)
    local module = require(name)
    out:class(name)
    out:methods(local_name, ".", functions_of(path), function(word) return module[word] ~= nil end)
  end
  out:add ""
  for _, one in ipairs(MODULES) do
    out:add('---@overload fun(name: "%s"): %s', one[1], one[1])
  end
  for _, sort in ipairs(sorts) do
    out:add('---@overload fun(name: "wl.%s"): wl.%s.Declarator', policy.contract(sort).word, sort)
  end
  out:add '---@overload fun(name: "wl.kind"): wl.KindDeclarator'
  out:add "---@param name string\n---@return any\nfunction require(name) end"
end

-- ---- all of it ----

local HEAD = [[
-- SPDX-License-Identifier: MIT
---@meta wlrun
-- What wlrun's scenarios, kinds and policies see, for editors with a Lua language
-- server. Written by `make annotations` from the program itself: do not edit.

---An object as the API has it: a view, which reads like a table.
---@class wl.Object
---@field apiVersion string
---@field kind string
---@field metadata table
---@field spec? table
---@field status? table

---@class wl.Kind
---@class wl.Type
---@class wl.Policy]]

-- The methods of a userdata, as its C file lists them.
local function names_of_methods(path)
  local list = assert(file.read(path)):match "\nstatic const luaL_Reg methods%[%] = (%b{})"
  local names = {}
  for name in list:gmatch '{"([%w_]+)"' do names[#names + 1] = name end
  return names
end

local function write_sets(out)
  for _, one in ipairs { { "wl.LiveSet", "lua_liveset" }, { "wl.Batch", "lua_batch" } } do
    out:class(one[1])
    for _, method in ipairs(names_of_methods("runtime/bind/" .. one[2] .. ".c")) do
      out:field(method, false, ("fun(self: %s, ...): any"):format(one[1]))
    end
  end
end

local function write_ctx(out)
  out:add "\n-- ---- what a controller may do ----"
  write_sets(out)
  out:class("wl.Ctx", "What reconcile is given first.")
  out:field("now", false, "number", "seconds since the epoch")
  out:methods("Ctx", ":", functions_of "lua/wl/ctx.lua", is_public)
end

annotations.PATH = "lua/meta/wlrun.lua"

--- The text of the file.
-- @treturn string
function annotations.text()
  local out = setmetatable({}, Writer)
  out:add(HEAD)
  write_verbs(out)
  write_constructors(out)
  write_kind(out)
  write_ctx(out)
  write_policies(out)
  write_modules(out)
  return table.concat(out, "\n") .. "\n"
end

return annotations
