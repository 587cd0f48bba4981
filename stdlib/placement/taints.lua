-- SPDX-License-Identifier: MIT
--- Taints keep pods away that do not tolerate them: NoSchedule and NoExecute
-- always, PreferNoSchedule where there is a better node.
-- Source: kube-scheduler plugin TaintToleration.
local taint = require "wl.taint"

local function is_preference(effect)
  return effect == "PreferNoSchedule"
end

local function prepare(pod)
  local tolerations = pod.spec.tolerations
  return {
    check = function(node)
      if taint.untolerated(tolerations, node.taints, taint.repels) then
        return "node(s) had untolerated taint(s)", true
      end
    end,
    score = function(node)
      local unwelcome = 0
      for _, one in ipairs(node.taints) do
        if is_preference(one.effect) and not taint.toleration_for(tolerations, one) then
          unwelcome = unwelcome + 1
        end
      end
      return unwelcome
    end,
  }
end

return { name = "TaintToleration", changes = "node", weight = 3, normalise = "fewest",
         reads = {}, prepare = prepare }
