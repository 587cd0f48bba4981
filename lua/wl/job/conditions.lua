-- SPDX-License-Identifier: MIT
--- The conditions of a Job.
--
-- What decides about its end comes first (FailureTarget, SuccessCriteriaMet),
-- the end itself (Failed, Complete) when all pods are gone.
-- Source: pkg/controller/job/job_controller.go; pkg/controller/job/util.
local conditions = {}

--- A new condition that holds.
-- @tparam string type
-- @tparam string reason
-- @tparam string message
-- @tparam string timestamp of now
-- @tparam ?string status "True" when left out
-- @treturn table
function conditions.new(type, reason, message, timestamp, status)
  return { type = type, status = status or "True", reason = reason, message = message,
    lastProbeTime = timestamp, lastTransitionTime = timestamp }
end

--- The condition of a type, whatever its status. @return condition, or nil
function conditions.find(list, type)
  for _, condition in ipairs(list or {}) do
    if condition.type == type then return condition end
  end
end

--- Does the condition of a type hold? @return the condition, or nil
function conditions.holds(list, type)
  local condition = conditions.find(list, type)
  return condition and condition.status == "True" and condition or nil
end

--- How a Job has ended. @treturn ?string "Complete" or "Failed"; nil: it has not
function conditions.finished(job)
  local list = job.status and job.status.conditions
  for i = 1, list and #list or 0 do
    local condition = list[i]
    local type = condition.type
    if (type == "Complete" or type == "Failed") and condition.status == "True" then
      return type, condition
    end
  end
end

--- Put a condition into a status. One that does not hold is not added.
-- @tparam table status changed in place
-- @tparam table condition
-- @treturn boolean whether that changed anything
function conditions.ensure(status, condition)
  for i, current in ipairs(status.conditions or {}) do
    if current.type == condition.type then
      local same = current.status == condition.status and current.reason == condition.reason
        and current.message == condition.message
      if not same then status.conditions[i] = condition end
      return not same
    end
  end
  if condition.status == "False" then return false end
  status.conditions = status.conditions or {}
  table.insert(status.conditions, condition)
  return true
end

return conditions
