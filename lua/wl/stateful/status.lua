-- SPDX-License-Identifier: MIT
--- The status of a StatefulSet.
--
-- Source: pkg/controller/statefulset `updateStatus`, `completeRollingUpdate`,
-- `inconsistentStatus`.
local value = require "wl.value"

local status = {}

local COUNTS = { "replicas", "readyReplicas", "availableReplicas", "currentReplicas",
  "updatedReplicas" }

--- When all pods that are wanted are ready and of the new revision, that is the
-- current one. Never under OnDelete.
-- @param set
-- @tparam table counted changed
-- @tparam ?boolean is_over whether the strategy is at its end; a rolling update always is
-- @treturn table it
function status.complete(set, counted, is_over)
  local wanted = set.spec.replicas or 1
  if is_over == nil then
    is_over = set.spec.updateStrategy.type == "RollingUpdate"
  end
  if is_over and counted.updatedReplicas == wanted
    and counted.readyReplicas == wanted and counted.replicas == wanted then
    counted.currentReplicas = counted.updatedReplicas
    counted.currentRevision = counted.updateRevision
  end
  return counted
end

--- Does a new status say anything else than the old one?
-- @param old
-- @param new
-- @treturn boolean
function status.differs(old, new)
  if (new.observedGeneration or 0) > (old.observedGeneration or 0) then
    return true
  end
  for _, field in ipairs(COUNTS) do
    if (new[field] or 0) ~= (old[field] or 0) then
      return true
    end
  end
  return not value.equal(new.rollout, old.rollout)
    or (new.currentRevision or "") ~= (old.currentRevision or "")
    or (new.updateRevision or "") ~= (old.updateRevision or "")
end

-- What the API leaves out when it is nothing.
local SPARSE = { "readyReplicas", "currentReplicas", "updatedReplicas" }

--- A status as it is written.
-- @tparam table counted
-- @param conditions those there are
-- @treturn table
function status.written(counted, conditions)
  local result = { conditions = conditions }
  for field, x in pairs(counted) do
    result[field] = x
  end
  for _, field in ipairs(SPARSE) do
    result[field] = result[field] > 0 and result[field] or nil
  end
  return result
end

return status
