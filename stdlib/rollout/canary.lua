-- SPDX-License-Identifier: MIT
--- Canary: a few new pods first, more when they prove themselves.
--
--     strategy:
--       type: Canary
--       canary:
--         maxSurge: 1               # as in a rolling update; "25%" both when left out
--         maxUnavailable: 0
--         steps:
--         - setWeight: 20           # so many percent of the pods are new
--         - pause: {duration: 10m}  # timed; `pause: {}` lasts until somebody promotes
--         - analysis:               # a failure goes back to the stable revision
--             metric: error-rate
--             successCondition: "< 0.05"
--             interval: 1m
--             count: 5
--         - setReplicas: 50%
--         analysis: {...}           # in the background, from the first step to the last
--         scaleDownDelay: 30s       # keep one old pod, where the surge allows it, for that long
--
-- Each step waits for what the one before it wanted; after the last all pods are
-- new. People may promote, abort and retry at any time.
local strategy = require "wl.strategy"

-- Word of a step in the manifest -> what it does.
local DO = {
  setWeight = function(step, weight) step.set_weight(weight) end,
  setReplicas = function(step, number) step.set_replicas(number) end,
  pause = function(step, pause) step.pause(pause.duration) end,
  analysis = function(step, analysis) step.analyse(analysis) end,
  ask = function(step, question) step.ask(question) end,
  note = function(step, text) step.note(text) end,
}

local function meanwhile(analysis)
  local given = { background = true }
  for field, x in pairs(analysis) do
    given[field] = x
  end
  return given
end

local Step = strategy.object {
  setWeight = strategy.int32 { min = 0, max = 100 }, setReplicas = strategy.int_or_string,
  pause = strategy.object { duration = strategy.any }, analysis = strategy.any,
  ask = strategy.any, note = strategy.str,
}

return strategy "Canary" {
  params = {
    maxSurge = strategy.int_or_string, maxUnavailable = strategy.int_or_string,
    steps = strategy.list(Step), analysis = strategy.any, scaleDownDelay = strategy.any,
  },
  script = function(step, params)
    if params.analysis then
      step.analyse(meanwhile(params.analysis))
    end
    for _, one in ipairs(params.steps or {}) do
      for word, given in pairs(one) do
        DO[word](step, given)
      end
    end
    if params.scaleDownDelay and step.surge > 0 then
      step.set_replicas("100%", 1)
      step.scale_down_delay(params.scaleDownDelay)
    end
    step.promote()
  end,
}
