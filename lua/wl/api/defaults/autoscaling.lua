-- SPDX-License-Identifier: MIT
--- Defaults of a HorizontalPodAutoscaler that depend on its other fields.
-- Source: pkg/apis/autoscaling/v2/defaults.go.
local value = require "wl.value"

local autoscaling = {}

local TARGET_UTILIZATION = 80 -- percent of the cpu requested
local PERIOD = 15 -- seconds

local function policy(kind, amount)
  return { type = kind, value = amount, periodSeconds = PERIOD }
end

local function up_rules()
  return {
    stabilizationWindowSeconds = 0, selectPolicy = "Max",
    policies = value.list { policy("Pods", 4), policy("Percent", 100) },
  }
end

-- The window of scaling down is the controller's own setting.
local function down_rules()
  return { selectPolicy = "Max", policies = value.list { policy("Percent", 100) } }
end

local function merged(given, rules)
  for name, x in pairs(given or {}) do rules[name] = x end
  return rules
end

--- Complete an autoscaler's specification.
-- @param draft
function autoscaling.autoscaler_spec(draft)
  if draft.metrics == nil or #draft.metrics == 0 then
    local target = { type = "Utilization", averageUtilization = TARGET_UTILIZATION }
    draft.metrics = value.list {
      { type = "Resource", resource = { name = "cpu", target = target } },
    }
  end
  if draft.behavior ~= nil then
    draft.behavior = {
      scaleUp = merged(draft.behavior.scaleUp, up_rules()),
      scaleDown = merged(draft.behavior.scaleDown, down_rules()),
    }
  end
end

return autoscaling
