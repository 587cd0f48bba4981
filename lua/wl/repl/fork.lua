-- SPDX-License-Identifier: MIT
--- Another future of this moment: `a = fork()`, `a:run "2m"`, `diff(a)`.
--
-- A fork is a world of its own, in which the inputs so far were performed; its cluster has the
-- verbs as methods. Forks are not made again when the inputs are performed again: what was
-- one stays that one, and what is asked of it then is nothing.
local Progress = require "wl.progress"
local duration = require "wl.duration"
local reference = require "wl.verbs.reference"
local replay = require "wl.repl.replay"
local scenario = require "wl.scenario"

local fork = {}

local Fork = {}
Fork.__name = "wl.fork"

local FIELDS = { world = true, name = true, session = true, since = true }

function Fork:__tostring()
  local world = rawget(self, "world")
  return ("%s, at %s"):format(rawget(self, "name"), duration.format(world:seconds()))
end

--- Is it a fork?
function fork.is(x) return getmetatable(x) == Fork end

local function silent() end

-- Do something with a fork's cluster, at a terminal with progress.
local function attended(world, call, ...)
  world.progress = Progress.new()
  local results = table.pack(pcall(call, ...))
  world.progress:finish()
  if not results[1] then error(results[2], 0) end
  return table.unpack(results, 2, results.n)
end

function Fork:__index(word)
  if FIELDS[word] then return rawget(self, word) end
  local session, world = rawget(self, "session"), rawget(self, "world")
  if session:is_replaying() then return silent end
  local found = scenario.handle(world.scenario:default())[word]
  if type(found) ~= "function" then return found end
  return function(_, ...)
    return attended(world, found, nil, ...)
  end
end

-- The verbs of a function speak of the fork's cluster while it runs.
local function call_in(session, made, call)
  local here = session.world.scenario
  local current = here.current
  here.current = made.world.scenario:default()
  local ok, problem = pcall(attended, made.world, call)
  here.current = current
  if not ok then error(problem, 0) end
end

local function run_in(session, made, given)
  if type(given) == "function" then
    call_in(session, made, given)
  else
    local chunk, problem = load(given, "@fork", "t", made.world.environment)
    if not chunk then error(problem, 0) end
    attended(made.world, chunk)
  end
end

local function make(session)
  local world = session.world
  if world:state() ~= world.input.before then
    reference.misuse "fork: write it in an input of its own: this one has changed something before"
  end
  world.scenario:default()
  local other = replay.run(session, session.inputs, { title = "forking" })
  other:close()
  other.input, other.is_live = nil, true
  session.forked = (session.forked or 0) + 1
  local cluster = other.scenario:default()
  return setmetatable({ session = session, world = other, name = "fork " .. session.forked,
    since = { revision = cluster.store:revision(), seconds = cluster:now() } }, Fork)
end

--- Make a fork.
-- @tparam Session session
-- @tparam ?function|string given what to do in it at once: a function, or a text of Lua
-- @treturn Fork
function fork.make(session, given)
  local world = session.performing
  local input = world.input
  world.forks = world.forks + 1
  input.forks = input.forks or {}
  if session:is_replaying() then return input.forks[world.forks] end
  if given ~= nil and type(given) ~= "function" and type(given) ~= "string" then
    reference.misuse('fork: what to do in it expected, as in fork(function() run "1m" end); '
      .. "got %s", reference.seen(given))
  end
  local made = make(session)
  input.forks[world.forks] = made
  if given then run_in(session, made, given) end
  return made
end

return fork
