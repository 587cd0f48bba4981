-- SPDX-License-Identifier: MIT
--- The inputs of a session performed again, in a world of its own, without a sound.
local World = require "wl.repl.world"
local terminal = require "wl.terminal"

local replay = {}

-- The user's modules that are loaded now; taking them back.
local function modules_of(session)
  local kept = {}
  for name, module in pairs(package.loaded) do
    if not session.modules[name] then kept[name] = module end
  end
  return function()
    for name, module in pairs(kept) do package.loaded[name] = module end
  end
end

-- An input that ends where the horizon is.
local function cut(given, horizon, state)
  local copy = {}
  for name, x in pairs(given) do copy[name] = x end
  copy.stop, copy.after = { seconds = horizon }, state
  return copy
end

local function perform_all(session, inputs, how)
  local world = World.new(session, how)
  local done = {}
  for i, given in ipairs(inputs) do
    local outcome = world:perform(given, { horizon = how.horizon })
    if world.is_interrupted then error(terminal.STOPPED, 0) end
    if outcome.halted then
      done[i] = cut(given, how.horizon, world:state())
      break
    end
    done[i] = given
    if given.after and world:state() ~= given.after then world.differs = world.differs or given end
  end
  return world, done
end

--- Perform inputs again.
-- @tparam Session session
-- @tparam {table,...} inputs
-- @tparam ?table how title of the progress, "replaying" when left out; horizon: a moment
--   (seconds since the epoch) that time does not pass; recorder, see wl.repl.recorder
-- @treturn World with `differs`: the first input that did not do what it did before
-- @treturn {table,...} the inputs that were performed, the last one perhaps cut short.
--   Raises when it is interrupted
function replay.run(session, inputs, how)
  how = how or {}
  how.title = how.title or "replaying"
  local restore = modules_of(session)
  terminal.mute(true)
  local results = table.pack(pcall(perform_all, session, inputs, how))
  terminal.mute(false)
  restore()
  if not results[1] then error(results[2], 0) end
  return results[2], results[3]
end

return replay
