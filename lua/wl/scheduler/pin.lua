-- SPDX-License-Identifier: MIT
--- Pods that are pinned to one node by its name, as those of a DaemonSet are: the
-- one thing in which a pod of each node differs from the others.
local value = require "wl.value"

local pin = {}

--- The path of what a pod requires of its node.
pin.REQUIRED = "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution"

local TERMS = pin.REQUIRED .. ".nodeSelectorTerms"
local FIELD = TERMS .. "[0].matchFields[0]"

--- The path of the name of a pinned pod's node.
pin.NAME = FIELD .. ".values[0]"

--- The paths that tell a pinned pod from others, whatever its node.
pin.SHAPE = { FIELD .. ".key", FIELD .. ".operator", FIELD .. ".values[1]",
              TERMS .. "[0].matchFields[1]", TERMS .. "[0].matchExpressions", TERMS .. "[1]" }

local IS_NAME, WANTED = { "metadata.name", "In" }, 2

--- Is a pod pinned to one node, and requires nothing else of it?
-- @param pod
-- @treturn boolean
function pin.is_pinned(pod)
  for i, path in ipairs(pin.SHAPE) do
    local there = value.get(pod, path)
    if i <= WANTED and there ~= IS_NAME[i] or i > WANTED and there ~= nil and #there > 0 then
      return false
    end
  end
  return value.get(pod, pin.NAME) ~= nil
end

--- The pod as if it were not pinned.
-- @param pod a view
-- @return a view
function pin.without(pod)
  return value.with(pod, pin.REQUIRED, nil)
end

return pin
