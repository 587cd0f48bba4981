-- SPDX-License-Identifier: MIT
--- A session: the inputs so far, and the world in which they have been performed.
local World = require "wl.repl.world"
local duration = require "wl.duration"
local failure = require "wl.repl.failure"
local input = require "wl.repl.input"
local print_value = require "wl.repl.print"
local terminal = require "wl.terminal"

local Session = {}
Session.__index = Session

--- @tparam table options of the command line: seed, nodes, load, quiet, on_cluster
-- @treturn Session; raises when a file of --load is wrong
function Session.new(options)
  local self = setmetatable({ options = options, inputs = {}, left = {}, failures = 0,
    modules = {}, verbs = {} }, Session)
  for name in pairs(package.loaded) do self.modules[name] = true end
  for name, verb in pairs(require("wl.repl.verbs").of(self)) do self.verbs[name] = verb end
  self.world = World.new(self, { is_first = true })
  return self
end

--- Are its inputs being performed again?
function Session:is_replaying() return self.performing ~= self.world end

-- ---- output ----

--- A text in a colour, on a terminal.
-- @tparam string text
-- @tparam string code of the colour: "31" is red
function Session:coloured(text, code)
  if not self.has_colours then return text end
  return ("\27[%sm%s\27[0m"):format(code, text)
end

local function complain(self, text)
  io.stdout:flush()
  io.stderr:write(self:coloured(text, "31"), "\n")
end

-- ---- inputs ----

-- What only looks need not be performed again.
local LOOKS = { get = true, describe = true, version = true, help = true, explain = true,
  ["api-resources"] = true, show = true, events = true, why = true, diff = true }

local function is_look(given)
  if given.form ~= "words" then return false end
  local verb = given.text:match "^%s*kubectl%s+(%S+)" or given.text:match "^%s*(%S+)"
  return LOOKS[verb] and not given.text:find "%s%-w%f[%s%z]" and not given.text:find "%-%-watch"
end

-- One that was stopped in the midst of something goes as far again as its last write.
local function keep(self, given, before, outcome)
  local cluster = self.world:cluster()
  if outcome.problem == terminal.STOPPED and not given.stop then
    given.stop = { revision = cluster and cluster.store:revision() or 0 }
  end
  given.after = self.world:state()
  local is_telling = given.after ~= before
  given.changed = is_telling and not is_look(given)
  -- Even a look makes the cluster, when it is the first input.
  if is_telling or not is_look(given) then self.inputs[#self.inputs + 1] = given end
end

local function finish(self, given, outcome)
  if outcome.ok then
    local results = outcome.results
    for i = 1, results.n do io.write(print_value.text(self.world, results[i])) end
    return true
  end
  if outcome.problem ~= terminal.STOPPED then self.failures = self.failures + 1 end
  local text = failure.text(self.world, given, outcome.problem, outcome.traceback)
  if outcome.problem == terminal.STOPPED then
    text = ("stopped at %s"):format(duration.format(self.world:seconds()))
  end
  complain(self, text)
  return false
end

-- A journey is made when the input that asks for it is over.
local function go(self, given, journey)
  local ok, problem = pcall(journey)
  if not ok then
    self.failures = self.failures + 1
    complain(self, failure.text(self.world, given, problem))
  end
  return ok
end

--- Perform an input, print what comes of it, and remember it.
-- @tparam table given see wl.repl.world
-- @treturn boolean whether it went well
function Session:perform(given)
  local world = self.world
  local before = world:state()
  given.before = before
  local outcome = world:perform(given, { is_live = true })
  local journey = self.journey
  self.journey = nil
  if not journey then keep(self, given, before, outcome) end
  if journey and outcome.ok then return go(self, given, journey) end
  local ok, good = xpcall(finish, function(problem) return tostring(problem) end, self, given,
    outcome)
  io.stdout:flush()
  if ok then return good end
  complain(self, "error: " .. good)
  self.failures = self.failures + 1
  return false
end

--- What a text is, see wl.repl.input.
function Session:form(text)
  return input.form(text, function(name)
    local x = rawget(self.world.environment, name)
    return x ~= nil and x ~= self.verbs[name]
  end)
end

--- Perform a text that was typed.
-- @treturn boolean whether it went well
function Session:evaluate(text)
  local form = self:form(text)
  if form == "nothing" then return true end
  if text:find "^%s*exit%s*$" or text:find "^%s*quit%s*$" then
    self.is_over = true
    return true
  end
  if form == "incomplete" then form = "lua" end -- it is all there is
  return self:perform { text = text, form = form }
end

--- Run a scenario first.
-- @tparam string path
-- @tparam {string,...} arguments for it
-- @treturn boolean
function Session:run_file(path, arguments)
  return self:perform { text = path, form = "file", arguments = arguments }
end

return Session
