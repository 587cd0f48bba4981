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
local Definitions = require "wl.scenario.definitions"
local host = require "wl.host"
local is_kind = require("wl.kind").is_kind
local reference = require "wl.verbs.reference"
local suggest = require "wl.suggest"

local scenario = {}

-- Verb -> the module that has it.
local VERBS = {
  get = "objects", exists = "objects", list = "objects", apply = "objects", delete = "objects",
  patch = "objects", scale = "objects", set_image = "objects", label = "objects",
  annotate = "objects",
  step = "stepping", until_settled = "stepping",
  run = "timing", now = "timing", at = "timing", after = "timing", every = "timing",
  expect = "checks", wait = "checks", fail = "checks",
  always = "promises", never = "promises", eventually = "promises", within = "promises",
  at_most = "promises", holds_until = "promises", promise = "promises",
  show = "showing", describe = "showing", events = "showing", watch = "watching",
  tree = "tree", top = "top", diff = "comparing", explain = "explaining",
  decisions = "decisions", plan = "planning",
  timeline = "pictures", report = "pictures",
  chaos = "chaos", node = "nodes", behave = "nodes",
  metric = "metrics", cron = "jobs", create_job = "jobs",
}

-- Verbs that need no cluster.
local FREE = { expect = true, fail = true, cron = true }

-- Verbs that write; the API server knows their writer as kubectl.
local WRITES = { apply = true, delete = true, patch = true, scale = true, set_image = true,
  label = true, annotate = true, create_job = true, undo = true, pause = true, resume = true,
  restart = true, promote = true, abort = true, retry = true }

local ROLLOUT = { status = true, history = true, undo = true, pause = true, resume = true,
  restart = true, promote = true, abort = true, retry = true }

-- Words that are no methods of clusters.
local MORE = { "cluster", "concurrency", "define", "deletion_order", "history", "kind", "placement",
  "reload", "retry", "rollout", "strategy", "test" }

--- The names of all verbs, sorted.
-- @treturn {string,...}
function scenario.verbs()
  local names = suggest.keys(VERBS)
  for _, name in ipairs(MORE) do names[#names + 1] = name end
  table.sort(names)
  return names
end

-- ---- a cluster's methods ----

local function verified(cluster, ...)
  cluster:verify()
  return ...
end

local function method(word, module)
  return function(cluster, ...)
    local verb = require("wl.verbs." .. module)[word]
    if not WRITES[word] then return verb(cluster, ...) end
    cluster.store:set_writer "kubectl"
    return verified(cluster, verb(cluster, ...))
  end
end

local function rollout_verbs(cluster)
  return setmetatable({}, { __index = function(_, word)
    if not ROLLOUT[word] then
      reference.misuse("rollout.%s: there is no such verb%s; there are %s", tostring(word),
        suggest.hint(tostring(word), suggest.keys(ROLLOUT)),
        table.concat(suggest.keys(ROLLOUT), ", "))
    end
    local call = method(word, "rollouts")
    return function(...) return call(cluster, ...) end
  end })
end

-- Cluster's own `get`, `list`, `run` ... are for controllers; a handle has the verbs.
local Handle = {}

function Handle:__index(word)
  local cluster = rawget(self, "cluster")
  if word == "rollout" then return rollout_verbs(cluster) end
  if VERBS[word] then
    local call = method(word, VERBS[word])
    return function(_, ...) return call(cluster, ...) end
  end
  local found = cluster[word]
  if found == nil then
    reference.misuse("a cluster has no verb %q%s", tostring(word),
      suggest.hint(tostring(word), scenario.verbs()))
  end
  return found
end

--- A cluster with the verbs as methods.
-- @tparam Cluster cluster
-- @return handle
function scenario.handle(cluster) return setmetatable({ cluster = cluster }, Handle) end

-- ---- the globals ----

local Scenario = {}
Scenario.__index = Scenario

--- @tparam ?table options what the command line says: nodes, seed, history (writes that are
-- kept), on_cluster(cluster)
-- @treturn Scenario
function scenario.new(options)
  local self = setmetatable({ options = options or {}, clusters = {}, unfinished = {},
    tests = {} }, Scenario)
  self.definitions = Definitions.new(function() return self:environment() end,
    function() self.registry = nil end)
  return self
end

local function make_cluster(self, given)
  local merged = { nodes = 3 }
  for name, x in pairs(given) do merged[name] = x end
  for _, name in ipairs { "nodes", "seed", "history" } do
    if self.options[name] ~= nil then merged[name] = self.options[name] end
  end
  local cluster = Cluster.new(merged)
  self.definitions:follow(cluster)
  self.clusters[#self.clusters + 1] = cluster
  self.current = self.current or cluster
  if self.options.on_cluster then self.options.on_cluster(cluster) end
  return cluster
end

--- The default cluster, made now if there is none.
-- @treturn Cluster
function Scenario:default()
  if not self.current then
    make_cluster(self, {})
    self.made_by_verb = true
  end
  return self.current
end

--- Make a cluster; the first becomes the default one. What the command line
-- says about it goes before what the scenario says.
-- @tparam table given
-- @return handle
function Scenario:open(given)
  if type(given) ~= "table" then
    reference.misuse("cluster: a table of options expected, as in cluster { nodes = 5 }; got %s",
      reference.seen(given))
  elseif self.made_by_verb then
    reference.misuse "cluster: an earlier verb has made the default cluster: put cluster { } first"
  end
  return scenario.handle(make_cluster(self, given))
end

--- Have kinds and policies in this scenario's clusters.
-- @param one kind or policy, or a list of them
function Scenario:define(one) self.definitions:define(one) end

--- Have the kinds and policies of a file. Raises what is wrong with it.
function Scenario:load(path) self.definitions:load(path) end

--- Read files of definitions again that have changed. @treturn {string,...} which
function Scenario:reload() return self.definitions:reload() end

--- What is left to say at the end: invariants that no longer hold; kinds that
-- were named and got no fields. Raises.
function Scenario:finish()
  for _, cluster in ipairs(self.clusters) do cluster:finish() end
  for _, waiting in ipairs(self.unfinished) do
    local text = waiting[1]
    if text then
      reference.misuse("%s%s was not applied: write %s { ... }", waiting.place, text, text)
    end
  end
end

-- "web.lua:3: ", where the user is just now.
local function place_of_caller()
  local place = host.traceback():match "^%s*([^\n]-:%d+): in "
  return place and place .. ": " or ""
end

local function constructor(self, kind)
  return function(name, given)
    if type(name) ~= "string" then
      reference.misuse('%s: a name expected, as in %s "web" { ... }; got %s', kind.name, kind.name,
        reference.seen(name))
    end
    local waiting = { ("%s %q"):format(kind.name, name), place = place_of_caller() }
    local function make(fields)
      waiting[1] = nil
      local cluster = self:default()
      cluster.store:set_writer "kubectl"
      local build, objects = require "wl.verbs.build", require "wl.verbs.objects"
      return verified(cluster, objects.apply(cluster, build.object(kind, name, fields)))
    end
    if given ~= nil then return make(given) end
    self.unfinished[#self.unfinished + 1] = waiting
    return make
  end
end

--- The kinds that this scenario knows, also before it has a cluster.
-- @treturn registry
function Scenario:known_kinds()
  if self.current then return self.current.server.registry end
  if not self.registry then
    self.registry = require("wl.registry").new()
    for _, given in ipairs(self.definitions.list) do
      if is_kind(given) then self.registry:add(given) end
    end
  end
  return self.registry
end

local function kind_named(self, name)
  local kind = name:find "^%u" and self:known_kinds():resolve(name)
  return kind and kind.name == name and kind or nil
end

local function unknown(self, name)
  local names = scenario.verbs()
  for word in pairs(_G) do
    if not word:find "^_" then names[#names + 1] = word end
  end
  for _, kind in ipairs(self:known_kinds():all()) do
    names[#names + 1] = kind.name
  end
  reference.misuse("there is no verb or variable %q%s", name, suggest.hint(name, names))
end

local function global(self, name)
  if name == "cluster" then
    return function(given) return self:open(given) end
  elseif name == "define" then
    return function(given) self:define(given) end
  elseif name == "test" then
    return function(...) require "wl.scenario.test"(self, ...) end
  elseif name == "reload" then
    return function() return self:reload() end
  elseif self.definitions:words()[name] then
    return self.definitions:words()[name]
  elseif name == "rollout" then
    return rollout_verbs(self:default())
  elseif FREE[name] then
    return require("wl.verbs." .. VERBS[name])[name]
  elseif VERBS[name] then
    local call = method(name, VERBS[name])
    return function(...) return call(self:default(), ...) end
  end
  local kind = kind_named(self, name)
  return kind and constructor(self, kind)
end

--- The globals of a scenario: verbs and kinds over Lua's own.
-- @treturn table to be the _ENV of chunks
function Scenario:environment()
  if self.globals then return self.globals end
  local environment = {}
  self.globals = environment
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
