-- SPDX-License-Identifier: MIT
--- Plays a text as a scenario, to its end; raises what does.
local scenario = require "wl.scenario"

--- @tparam string text
-- @tparam ?integer nodes 3
-- @tparam ?table words further globals
-- @treturn Cluster the default one
return function(text, nodes, words)
  local run = scenario.new { nodes = nodes or 3 }
  local world = run:environment()
  for word, x in pairs(words or {}) do rawset(world, word, x) end
  assert(load(text, "@play.lua", "t", world))()
  run:finish()
  return run.current
end
