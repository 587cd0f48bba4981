-- SPDX-License-Identifier: MIT
--- Going back in time: `back "1m"`, `back()`, `forward()`.
--
-- The past is exact: it is the inputs so far performed again, up to that moment. From there
-- the session goes on as a branch; what it left can be returned to with `forward()`.
local duration = require "wl.duration"
local reference = require "wl.verbs.reference"
local replay = require "wl.repl.replay"

local travel = {}

local DEPTH = 20 -- branches left that are remembered

-- The first line of an input, for messages.
local function title_of(given)
  local line = given.text:match "^%s*([^\n]*)"
  if #line > 50 then line = line:sub(1, 47) .. "..." end
  return given.form == "file" and "the scenario " .. line or "`" .. line .. "`"
end

local function warn_of_difference(world)
  if not world.differs then return end
  io.stderr:write(("careful: %s did not do again what it did: it depends on something outside, "
    .. "such as the real time\n"):format(title_of(world.differs)))
end

-- The session goes on in another world.
local function enter(session, world, inputs)
  session.world:close()
  session.world, session.inputs = world, inputs
  world.is_first = true
  collectgarbage()
  warn_of_difference(world)
end

local function leave(session)
  table.insert(session.left, session.inputs)
  if #session.left > DEPTH then table.remove(session.left, 1) end
end

-- ---- back ----

-- An input that now comes after something else: what it did before is no measure.
local function afresh(given)
  local copy = {}
  for name, x in pairs(given) do copy[name] = x end
  copy.after = nil
  return copy
end

-- Without the last input that changed something; what came after it only looked.
local function without_last(inputs)
  for i = #inputs, 1, -1 do
    if inputs[i].changed then
      local rest = table.move(inputs, 1, i - 1, 1, {})
      for j = i + 1, #inputs do rest[#rest + 1] = afresh(inputs[j]) end
      return rest, inputs[i]
    end
  end
  reference.misuse "back: there is nothing to take back"
end

local function take_back(session)
  local inputs, taken = without_last(session.inputs)
  local world = replay.run(session, inputs)
  leave(session)
  enter(session, world, inputs)
  io.write(("%s is taken back: it is %s\n"):format(title_of(taken),
    duration.format(world:seconds())))
end

local function moment_of(session, length)
  local cluster = session.world:cluster()
  if not cluster then reference.misuse "back: nothing has happened yet" end
  local moment = cluster:now() - reference.seconds("back", length)
  if moment < cluster.started then
    reference.misuse("back: %s ago nothing had begun: it is %s after the beginning",
      tostring(length), duration.format(cluster:now() - cluster.started))
  end
  return moment
end

local function go_back(session, length)
  local moment = moment_of(session, length)
  local world, inputs = replay.run(session, session.inputs, { horizon = moment })
  leave(session)
  enter(session, world, inputs)
  io.write(("it is %s again; forward() returns to where you were\n"):format(
    duration.format(world:seconds())))
end

--- Go back in time.
-- @tparam Session session
-- @tparam ?number|string length how far: seconds or "1m"; the last input is taken back when
--   left out
function travel.back(session, length)
  if length ~= nil then moment_of(session, length) end
  session.journey = function()
    if length == nil then take_back(session) else go_back(session, length) end
  end
end

--- Return to where the last `back` came from. The branch that is left can be returned to
-- in turn.
function travel.forward(session)
  if #session.left == 0 then
    reference.misuse "forward: there is nowhere to return to: it undoes a back"
  end
  session.journey = function()
    local target = session.left[#session.left]
    local world, inputs = replay.run(session, target)
    session.left[#session.left] = session.inputs
    enter(session, world, inputs)
    io.write(("it is %s\n"):format(duration.format(world:seconds())))
  end
end

return travel
