-- SPDX-License-Identifier: MIT
--- The language of scenarios: Lua with verbs about a cluster as globals.
--
--     cluster { nodes = 3, seed = 7 }
--     apply "nginx-deployment.yaml"
--     wait("deploy/web", "rolled out", "5m")
--     expect(get "deploy/web".status.updatedReplicas).is(3)
--
-- The verbs speak of the default cluster, which the first of them makes when
-- the scenario did not; each is a method of any cluster, too. Kinds are
-- constructors that apply: `Deployment "web" { image = "nginx:1.27" }`.
-- A name that is neither is an error, not nil.
local Cluster = require "wl.cluster"
local build = require "wl.verbs.build"
local suggest = require "wl.suggest"

local scenario = {}

-- Verb -> the module that has it.
local VERBS = {
  get = "objects", exists = "objects", list = "objects", apply = "objects", delete = "objects",
  patch = "objects", scale = "objects", set_image = "objects", label = "objects",
  annotate = "objects",
  run = "timing", now = "timing", at = "timing", after = "timing", every = "timing",
  expect = "checks", always = "checks", wait = "checks", fail = "checks",
  show = "showing", describe = "showing", events = "showing", watch = "showing",
  node = "nodes", behave = "nodes",
}

-- Verbs that need no cluster.
local FREE = { expect = true, fail = true }

local ROLLOUT = { status = true, history = true, undo = true, pause = true, resume = true,
  restart = true }

--- The names of all verbs, sorted.
-- @treturn {string,...}
function scenario.verbs()
  local names = suggest.keys(VERBS)
  names[#names + 1] = "cluster"
  names[#names + 1] = "rollout"
  table.sort(names)
  return names
end

-- ---- a cluster's methods ----

local function method(word)
  local module = VERBS[word]
  return function(cluster, ...)
    return require("wl.verbs." .. module)[word](cluster, ...)
  end
end

-- Cluster's own `get`, `list`, `run` ... are for controllers; a handle has the verbs.
local Handle = {}

local function rollout_verbs(cluster)
  local verbs = require "wl.verbs.rollouts"
  return setmetatable({}, { __index = function(_, word)
    if not ROLLOUT[word] then
      error(("rollout.%s: there is no such verb%s"):format(tostring(word),
        suggest.hint(tostring(word), suggest.keys(ROLLOUT))), 2)
    end
    return function(...) return verbs[word](cluster, ...) end
  end })
end

function Handle:__index(word)
  local cluster = rawget(self, "cluster")
  if word == "rollout" then return rollout_verbs(cluster) end
  if VERBS[word] then
    local call = method(word)
    return function(_, ...) return call(cluster, ...) end
  end
  return cluster[word]
end

--- A cluster with the verbs as methods.
-- @tparam Cluster cluster
-- @return handle
function scenario.handle(cluster) return setmetatable({ cluster = cluster }, Handle) end

-- ---- the globals ----

local Scenario = {}
Scenario.__index = Scenario

--- @tparam ?table options what the command line says: nodes, seed, on_cluster(cluster)
-- @treturn Scenario
function scenario.new(options)
  return setmetatable({ options = options or {} }, Scenario)
end

--- The default cluster, made now if there is none.
-- @treturn Cluster
function Scenario:default()
  if not self.current then self:open {} end
  return self.current
end

--- Make a cluster; the first becomes the default one. What the command line
-- says about it goes before what the scenario says.
-- @tparam table given
-- @return handle
function Scenario:open(given)
  if type(given) ~= "table" then error("cluster: a table of options expected", 3) end
  local merged = { nodes = 3 }
  for name, x in pairs(given) do merged[name] = x end
  for _, name in ipairs { "nodes", "seed" } do
    if self.options[name] ~= nil then merged[name] = self.options[name] end
  end
  local cluster = Cluster.new(merged)
  self.current = self.current or cluster
  if self.options.on_cluster then self.options.on_cluster(cluster) end
  return scenario.handle(cluster)
end

local function constructor(self, kind)
  return function(name, given)
    local function make(fields)
      local objects = require "wl.verbs.objects"
      return objects.apply(self:default(), build.object(kind, name, fields))
    end
    if given ~= nil then return make(given) end
    return make
  end
end

local function kind_named(self, name)
  local registry = self.current and self.current.server.registry or self.registry
  if not registry then
    self.registry = require("wl.registry").new()
    registry = self.registry
  end
  local kind = name:find "^%u" and registry:resolve(name)
  return kind and kind.name == name and kind or nil
end

local function unknown(self, name)
  local names = scenario.verbs()
  for word in pairs(_G) do names[#names + 1] = word end
  if name:find "^%u" then
    for _, kind in ipairs((self.registry or self.current.server.registry):all()) do
      names[#names + 1] = kind.name
    end
  end
  error(("there is no verb or variable %q%s"):format(name, suggest.hint(name, names)), 3)
end

local function global(self, name)
  if name == "cluster" then
    return function(given) return self:open(given) end
  elseif name == "rollout" then
    return rollout_verbs(self:default())
  elseif FREE[name] then
    return require "wl.verbs.checks"[name]
  elseif VERBS[name] then
    local call = method(name)
    return function(...) return call(self:default(), ...) end
  end
  local kind = kind_named(self, name)
  return kind and constructor(self, kind)
end

--- The globals of a scenario: verbs and kinds over Lua's own.
-- @treturn table to be the _ENV of chunks
function Scenario:environment()
  local environment = {}
  environment._G = environment
  return setmetatable(environment, { __index = function(_, name)
    local found = rawget(_G, name)
    if found ~= nil or name == "arg" then return found end
    if type(name) ~= "string" then return nil end
    found = global(self, name)
    if found == nil then unknown(self, name) end
    return found
  end })
end

return scenario
