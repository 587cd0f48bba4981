-- SPDX-License-Identifier: MIT
--- What a scenario defines: kinds and policies, from statements, `define`,
-- files of --load and modules; and reading those files again.
--
-- A policy that a scenario declares itself is a closure of the scenario: it sees
-- what the scenario sees, and is called under the same budgets as any other. A
-- file of policies has a sandbox of its own (wl.policy.loader).
local chunk = require "wl.chunk"
local file = require "wl.file"
local is_kind = require("wl.kind").is_kind
local loader = require "wl.policy.loader"
local policy = require "wl.policy"
local reference = require "wl.verbs.reference"

local Definitions = {}
Definitions.__index = Definitions

--- @tparam function environment() the scenario's globals
-- @tparam function on_change() called when there is one more
-- @treturn Definitions
function Definitions.new(environment, on_change)
  return setmetatable({ environment = environment, on_change = on_change, clusters = {},
    list = {}, files = {} }, Definitions)
end

-- ---- defining ----

local function add(cluster, given)
  if is_kind(given) then
    cluster.server.registry:add(given)
  else
    cluster:add_policy(given.policy, given.name, given)
  end
end

--- Have the definitions in one more cluster.
function Definitions:follow(cluster)
  for _, given in ipairs(self.list) do add(cluster, given) end
  self.clusters[#self.clusters + 1] = cluster
end

local function one_more(self, given)
  for _, known in ipairs(self.list) do
    if known == given then return end
  end
  self.list[#self.list + 1] = given
  self.on_change()
  for _, cluster in ipairs(self.clusters) do add(cluster, given) end
end

--- Have a kind or a policy, or a list of them, in all clusters. The last of a name counts.
function Definitions:define(one)
  local is_many = type(one) == "table" and #one > 0
  for _, given in ipairs(is_many and one or { one }) do
    if not is_kind(given) and not policy.is_policy(given) then
      reference.misuse('define: a kind or a policy expected, as in define(require "backup"); '
        .. "got %s", reference.seen(given))
    end
    one_more(self, given)
  end
end

-- `kind "Name" { ... }`, or `kind { name = "Name", ... }`.
local function kind_word(self)
  local kind = require "wl.kind"
  local function defined(given)
    one_more(self, given)
    return given
  end
  return setmetatable({}, { __index = kind, __call = function(_, given)
    if type(given) ~= "table" then
      local declare = kind(given)
      return function(fields) return defined(declare(fields)) end
    end
    local fields = {}
    for name, x in pairs(given) do fields[name] = x end
    fields.name = nil
    return defined(kind(given.name)(fields))
  end })
end

--- The words that declare: as statements, they also define.
-- @treturn table "strategy" -> declarator ... and "kind"
function Definitions:words()
  if not self.declaring then
    self.declaring = policy.declarators(function(p) one_more(self, p) end)
    self.declaring.kind = kind_word(self)
  end
  return self.declaring
end

-- ---- files ----

local function run_as_scenario(self, path)
  local loaded, message = chunk.load(path, self.environment())
  if not loaded then error(message, 0) end
  local given = loaded(path)
  if given == nil then return end
  local ok, problem = pcall(self.define, self, given)
  if not ok then error(("%s: %s"):format(path, tostring(problem)), 0) end
end

local function run(self, path, text)
  if not loader.is_for_policies(text) then return run_as_scenario(self, path) end
  local list, message = loader.load(path)
  if not list then error(message, 0) end
  self:define(list)
end

--- Have what a file defines. Raises what is wrong with it.
-- @tparam string path
function Definitions:load(path)
  local text, message = file.read(path)
  if not text then error(message, 0) end
  run(self, path, text)
  self.files[#self.files + 1] = { path = path, text = text }
end

local function is_changed(entry)
  local text, message = file.read(entry.path)
  if not text then error(message, 0) end
  return text ~= entry.text and text or nil
end

-- A module of the scenario's: what it returns takes the place of what it returned.
local function reload_module(self, name, entry)
  local loaded, message = chunk.load(entry.path, entry.environment)
  if not loaded then error(message, 0) end
  local before, given = package.loaded[name], loaded(name, entry.path)
  package.loaded[name] = given == nil and true or given
  local function is_defined(x)
    for _, known in ipairs(self.list) do
      if known == x then return true end
    end
    return false
  end
  local first = type(before) == "table" and before[1] or before
  if is_defined(first) then self:define(given) end
end

--- Read the files again whose text has changed: of --load, of modules beside the
-- scenario, of policies on the path. Objects that use a changed policy are looked
-- at anew. Raises what is wrong with a file; then what it defined before stays.
-- @treturn {string,...} the files that had changed
function Definitions:reload()
  local changed = {}
  for _, entry in ipairs(self.files) do
    local text = is_changed(entry)
    if text then
      run(self, entry.path, text)
      entry.text, changed[#changed + 1] = text, entry.path
    end
  end
  for name, entry in pairs(chunk.modules) do
    local text = entry.environment == self.environment() and package.loaded[name] ~= nil
      and is_changed(entry)
    if text then
      reload_module(self, name, entry)
      entry.text, changed[#changed + 1] = text, entry.path
    end
  end
  for _, p in ipairs(loader.forget_changed()) do
    for _, cluster in ipairs(self.clusters) do cluster:policy_changed(p.policy, p.name) end
    changed[#changed + 1] = p.source:match "^(.*):%d+$"
  end
  return changed
end

return Definitions
