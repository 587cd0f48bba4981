-- SPDX-License-Identifier: MIT
--- The steps of a strategy's script.
--
-- A script is straight Lua, run from its start at each sync. A step that is
-- finished is in the record and returns at once what it returned then; the first
-- that is not decides what happens now, and the script goes no further. So a
-- script must come to the same steps again when they return the same: it may ask
-- for what it was given (`step.params`), not for what is just so. Where it comes
-- to another step than the record has, it goes on from there as if the rest had
-- not been.
--
-- What reaches a goal waits until the pods are there and available:
--
--     step.set_weight(20)             so many percent of the pods are new
--     step.set_replicas(3)            so many pods are; or "30%"; a second argument says how many
--                                     old ones there are beside them, by default the rest
--     step.set_domains { "zone-a" }   DaemonSet: all pods in these failure domains are
--     step.promote()                  all are; the end of a script does that too
--     step.wait_available()           wait for the goal again, after something else
--     step.wait_ready()               the same, but ready is enough
--
-- What waits for time, people or measurements:
--
--     step.pause "10m"                ends sooner when somebody promotes
--     step.pause()                    until somebody promotes
--     step.ask "looks good?"          the same, with a question; step.ask(question, "1h") returns
--                                     false when nobody promoted in that time, else true
--     step.analyse { metric = "error-rate", successCondition = "< 0.05", count = 5 }
--                                     see wl.rollout.analysis; a failure aborts, unless it says
--                                     abort = false. Inconclusive waits for people. Returns
--                                     "Successful", "Failed", "Inconclusive" or "Skipped"
--     step.scale_down_delay "30s"     keep the old pods for that long
--
-- Others:
--
--     step.switch_service("web", "new")   the Service selects pods of the new template, or of
--                                     the "stable" one
--     step.measure "load"             a number that stays what it was when it was measured; or nil
--     step.note "half way"            an event
--     step.abort "why"                back to the stable revision
--
-- And what a script may ask for: step.params, step.replicas, step.surge, step.revision,
-- step.stable (hashes), step.pods "10%" (rounded up), step.domains (of a DaemonSet: a list
-- of { name, replicas }).
local stepping = require "wl.rollout.stepping"

local STEPS = {}
for _, file in ipairs { "reach", "wait", "measure", "act" } do
  for name, call in pairs(require("wl.rollout.step." .. file)) do
    STEPS[name] = call
  end
end

local ASKED = { params = "params", replicas = "replicas", revision = "revision",
  stable = "stable", domains = "domains", surge = "surge" }

local step = setmetatable({}, {
  __index = function(_, word)
    return STEPS[word] or ASKED[word] and stepping.state().view[ASKED[word]]
  end,
  __newindex = function() error("the steps cannot be changed", 2) end,
})

--- Run a script until it waits for something.
-- @tparam function script
-- @tparam table view see `wl.strategy`
-- @tparam table now the record, changed
-- @tparam boolean promoted whether people want the present gate opened
-- @treturn table goal (nil: none yet), requeue, notes; mended: what was wrong with the record;
--   is_over: it came to its end
local function run(script, view, now, promoted)
  return stepping.run(script, step, STEPS.promote,
    { view = view, record = now, promoted = promoted })
end

return { step = step, run = run, names = STEPS }
