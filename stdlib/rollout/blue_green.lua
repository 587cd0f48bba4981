-- SPDX-License-Identifier: MIT
--- BlueGreen: all new pods beside all old ones; then the Service turns to them at once.
--
--     strategy:
--       type: BlueGreen
--       blueGreen:
--         activeService: web             # selects the stable pods, later the new ones
--         previewService: web-preview    # selects the new ones from the beginning
--         previewReplicas: 50%           # so many until the switch; all when left out
--         prePromotionAnalysis: {...}    # before the switch; a failure goes back
--         autoPromotionEnabled: false    # until somebody promotes; true when left out
--         autoPromotionSeconds: 600      # or after so long, if nobody did before
--         postPromotionAnalysis: {...}   # after the switch; a failure switches back
--         scaleDownDelaySeconds: 30      # how long the old pods stay, to be switched back to
--
-- It needs room for two of each pod: maxSurge is 100% when left out. Users of the
-- Service see one version or the other, at no moment both.
local strategy = require "wl.strategy"

local function switch(step, service, to)
  if service then
    step.switch_service(service, to)
  end
end

local function ask(step, params)
  if params.autoPromotionSeconds then
    step.ask("switch?", params.autoPromotionSeconds)
  elseif not params.autoPromotionEnabled then
    step.ask "switch?"
  end
end

return strategy "BlueGreen" {
  kinds = { "Deployment" },
  budget = { maxSurge = "100%", maxUnavailable = 0 },
  params = {
    activeService = strategy.str, previewService = strategy.str,
    previewReplicas = strategy.int_or_string { default = "100%" },
    prePromotionAnalysis = strategy.any, postPromotionAnalysis = strategy.any,
    autoPromotionEnabled = strategy.bool { default = true },
    autoPromotionSeconds = strategy.int32,
    scaleDownDelaySeconds = strategy.int32 { default = 30 },
    maxSurge = strategy.int_or_string, maxUnavailable = strategy.int_or_string,
  },
  script = function(step, params)
    switch(step, params.activeService, "stable")
    switch(step, params.previewService, "new")
    step.set_replicas(params.previewReplicas, "100%")
    step.wait_available()
    if params.prePromotionAnalysis then
      step.analyse(params.prePromotionAnalysis)
    end
    ask(step, params)
    step.set_replicas("100%", "100%")
    step.wait_available()
    switch(step, params.activeService, "new")
    if params.postPromotionAnalysis then
      step.analyse(params.postPromotionAnalysis)
    end
    step.scale_down_delay(params.scaleDownDelaySeconds)
    step.promote()
  end,
}
