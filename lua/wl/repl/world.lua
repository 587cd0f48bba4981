-- SPDX-License-Identifier: MIT
--- One life of a session: a scenario in which its inputs are performed, one by one.
--
-- The same inputs performed in another world give the same clusters, to the byte. So
-- the past is a world in which the inputs are performed again, up to where it is to stop.
-- An input is a table:
--
--   text   what was typed; form "lua", "words" or "file"
--   stop   where it ended early: { steps = n } things after its beginning,
--          { seconds = t } when its cluster's time would have gone past that moment, or
--          { revision = n } after that write
--   files  what it read, by path: it reads the same again
local Progress = require "wl.progress"
local chunk = require "wl.chunk"
local file = require "wl.file"
local furnish = require("wl.cli.session").furnish
local host = require "wl.host"
local scenario = require "wl.scenario"
local terminal = require "wl.terminal"

local World = {}
World.__index = World

-- ---- an observer of its clusters ----

--- Called by a cluster after each thing that happened.
function World:after_step(cluster)
  local input = self.input
  self.steps = self.steps + 1
  self.progress:after_step(cluster)
  if self.recorder then self.recorder:after_step() end
  if terminal.interrupted() then
    if self.is_live and input then input.stop = { steps = self.steps } end
    self.is_interrupted = true
    error(terminal.STOPPED, 0)
  end
  local stop = not self.is_live and input and input.stop
  if stop and stop.steps and self.steps >= stop.steps then error(terminal.STOPPED, 0) end
end

--- Called by a cluster before its time goes on.
-- @treturn ?number an earlier moment to stop at
-- @return what is raised there
function World:before_time(cluster, seconds)
  local input = self.input
  if self.is_live or not input or cluster ~= self.scenario.current then return end
  local own = input.stop and input.stop.seconds or math.huge
  local horizon = math.min(own, self.horizon or math.huge)
  if seconds > horizon then
    self.halted = self.halted or horizon < own
    return math.max(horizon, cluster:now()), terminal.STOPPED
  end
end

-- ---- life ----

-- Modules of the user's are read again in each world.
local function forget_modules(known)
  for name in pairs(package.loaded) do
    if not known[name] and not name:find "^wl%." and not name:find "^stdlib%." then
      package.loaded[name] = nil
    end
  end
end

-- The writes after the one at which an input ends are not made.
local function end_at_write(self, cluster)
  if cluster.is_counted then return end
  cluster.is_counted = true
  cluster:on_each_write(function(change)
    local stop = not self.is_live and self.input and self.input.stop
    if stop and stop.revision and change.revision >= stop.revision then
      error(terminal.STOPPED, 0)
    end
  end)
end

local function scenario_options(self, given)
  local options = {}
  for name, x in pairs(given) do options[name] = x end
  function options.on_cluster(cluster)
    cluster.observer = self
    if given.on_cluster and self.is_first then given.on_cluster(cluster) end
    if self.recorder then self.recorder:follow(cluster) end
    local stop = not self.is_live and self.input and self.input.stop
    if stop and stop.revision then end_at_write(self, cluster) end
    furnish(cluster, given, #self.scenario.clusters == 1)
    function cluster.on_warning(text)
      if not self.is_live or given.quiet then return end
      self.progress:erase()
      io.stdout:flush()
      io.stderr:write(text, "\n")
    end
  end
  return options
end

-- A file is read once: whoever performs the input again gets what was there.
local function reading(input, is_live)
  local original = file.read
  input.files = input.files or {}
  function file.read(path, ...)
    local known = input.files[path]
    if not known or is_live then
      known = table.pack(original(path, ...))
      input.files[path] = known
    end
    return table.unpack(known, 1, known.n)
  end
  return function() file.read = original end
end

-- The files of --load, as they were when the session began.
local function load_definitions(self)
  local session = self.session
  session.loaded = session.loaded or {}
  local restore = reading(session.loaded, self.is_first)
  local ok, problem = pcall(function()
    for _, path in ipairs(session.options.load or {}) do
      self.ends[#self.ends + 1] = chunk.search_beside(path, self.environment)
      self.scenario:load(path)
    end
  end)
  restore()
  if not ok then error(problem, 0) end
end

--- @tparam table session options (of the command line), verbs (name -> value, besides those of
--   scenarios), modules (set of those that were loaded before)
-- @tparam ?table how is_first; recorder; title of its progress
-- @treturn World in which the files of --load have been run; raises when one is wrong
function World.new(session, how)
  how = how or {}
  local self = setmetatable({ session = session, steps = 0, progress = Progress.new(how.title),
    recorder = how.recorder, is_first = how.is_first, ends = {} }, World)
  forget_modules(session.modules)
  math.randomseed()
  self.scenario = scenario.new(scenario_options(self, session.options))
  self.environment = self.scenario:environment()
  for name, x in pairs(session.verbs) do rawset(self.environment, name, x) end
  load_definitions(self)
  return self
end

--- The scenario's cluster, when there is one.
function World:cluster() return self.scenario.current end

--- Virtual seconds since the beginning.
function World:seconds()
  local cluster = self.scenario.current
  return cluster and cluster:now() - cluster.started or 0
end

--- The state of its cluster in short: two worlds of the same inputs have the same.
-- @treturn string
function World:state()
  local cluster = self.scenario.current
  return cluster and ("%d %.3f"):format(cluster.store:revision(), cluster:now()) or ""
end

--- Take what it did to the interpreter back.
function World:close()
  for i = #self.ends, 1, -1 do self.ends[i]() end
  self.ends = {}
end

-- ---- performing ----

local function run_file(self, input)
  self.ends[#self.ends + 1] = chunk.search_beside(input.text, self.environment)
  local loaded, problem = chunk.load(input.text, self.environment)
  if not loaded then error(problem, 0) end
  local arguments = { [0] = input.text, table.unpack(input.arguments or {}) }
  self.environment.arg = arguments
  return loaded(table.unpack(arguments))
end

-- The end of an input that made its last write already.
local function end_at_revision(self, revision)
  local cluster = self.scenario.current
  if cluster and cluster.store:revision() >= revision then error(terminal.STOPPED, 0) end
  if revision == 0 then error(terminal.STOPPED, 0) end
  if cluster then end_at_write(self, cluster) end
end

local function run_text(self, input)
  local stop = not self.is_live and input.stop
  if stop and stop.revision then end_at_revision(self, stop.revision) end
  if input.form == "file" then return run_file(self, input) end
  return require("wl.repl.input").perform(self, input)
end

--- Perform an input.
-- @tparam table input
-- @tparam ?table how is_live: somebody waits for it, and may stop it; horizon: a moment (seconds
--   since the epoch) that time does not pass
-- @treturn table ok, results (packed), problem, traceback, seconds (how long it took)
function World:perform(input, how)
  how = how or {}
  local began = host.seconds()
  self.input, self.steps, self.is_live, self.forks = input, 0, how.is_live, 0
  self.is_interrupted = false
  local outer = self.session.performing
  self.session.performing = self
  if self.recorder then self.recorder.input = input end
  self.horizon, self.halted = how.horizon, false
  self.progress = how.is_live and Progress.new() or self.progress
  terminal.interrupted()
  local restore = reading(input, how.is_live)
  local results = table.pack(host.call(run_text, self, input))
  restore()
  self.session.performing = outer
  self.progress:erase()
  self.input, self.is_live = nil, false
  local outcome = { ok = results[1], halted = self.halted, taken = host.seconds() - began }
  if outcome.ok then
    outcome.results = table.pack(table.unpack(results, 2, results.n))
    if results[2] ~= nil then rawset(self.environment, "_", results[2]) end
  else
    outcome.problem, outcome.traceback = results[2], results[3]
  end
  return outcome
end

return World
