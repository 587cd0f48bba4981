-- SPDX-License-Identifier: MIT
--- What the scheduler writes: where a pod goes, or why it has no place.
local tell = {}

local function conditions_with(current, condition, ctx)
  local list = {}
  condition.type, condition.lastTransitionTime = "PodScheduled", ctx:timestamp()
  for _, one in ipairs(current or {}) do
    if one.type ~= "PodScheduled" then
      list[#list + 1] = one
    elseif one.status == condition.status then
      condition.lastTransitionTime = one.lastTransitionTime
    end
  end
  list[#list + 1] = condition
  return list
end

local function current_conditions(pods)
  local status = pods[1].status
  return status and status.conditions
end

--- Give pods their nodes, and say so.
-- @param ctx the controller surface
-- @param pods a batch of pods that share their conditions
-- @tparam table names of nodes, one a pod
function tell.bound(ctx, pods, names)
  local conditions = conditions_with(current_conditions(pods), { status = "True" }, ctx)
  ctx:update_many(pods, { status = { conditions = conditions } }, { ["spec.nodeName"] = names })
  ctx:event_many(pods, "Normal", "Scheduled",
    "Successfully assigned {metadata.namespace}/{metadata.name} to {spec.nodeName}")
end

local function says(conditions, message)
  for _, one in ipairs(conditions or {}) do
    if one.type == "PodScheduled" then
      return one.status == "False" and one.message == message
    end
  end
  return false
end

--- Does the condition of pods say already that they have no place, and why?
-- @treturn boolean
function tell.is_told(pods, message)
  return says(current_conditions(pods), message)
end

--- Say that pods have no place.
-- @param ctx the controller surface
-- @param pods a batch of pods that share their conditions
-- @tparam string message why
function tell.failed(ctx, pods, message)
  local current = current_conditions(pods)
  if not says(current, message) then
    local conditions = conditions_with(current, { status = "False", reason = "Unschedulable",
                                                  message = message }, ctx)
    ctx:update_many(pods, { status = { conditions = conditions } })
  end
  ctx:event_many(pods, "Warning", "FailedScheduling", message)
end

return tell
