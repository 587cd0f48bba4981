-- SPDX-License-Identifier: MIT
--- A cordoned node takes no new pods, except those that tolerate its taint.
-- Source: kube-scheduler plugin NodeUnschedulable.
local taint = require "wl.taint"

local CORDONED = { key = taint.UNSCHEDULABLE, effect = "NoSchedule" }

local function prepare(pod)
  if taint.toleration_for(pod.spec.tolerations, CORDONED) then
    return nil
  end
  return {
    check = function(node)
      if node.unschedulable then
        return "node(s) were unschedulable", true
      end
    end,
  }
end

return { name = "NodeUnschedulable", changes = "node", reads = {}, prepare = prepare }
