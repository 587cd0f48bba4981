-- SPDX-License-Identifier: MIT
--- podFailurePolicy: what the way in which a pod failed means for its Job.
--
-- The first rule that matches decides.
-- Source: pkg/controller/job/pod_failure_policy.go.
local failure_policy = {}

local ACTIONS = { FailJob = true, FailIndex = true, Ignore = true, Count = true }

local function contains(values, code)
  for _, one in ipairs(values) do
    if one == code then return true end
  end
  return false
end

local function failed_container(statuses, requirement)
  for _, status in ipairs(statuses or {}) do
    local ended = status.state and status.state.terminated
    local named = requirement.containerName == nil or requirement.containerName == status.name
    if ended and ended.exitCode ~= 0 and named
      and contains(requirement.values or {}, ended.exitCode) == (requirement.operator == "In") then
      return status
    end
  end
end

local function by_exit_code(pod, rule, i)
  local status = pod.status or {}
  local container = failed_container(status.containerStatuses, rule.onExitCodes)
    or failed_container(status.initContainerStatuses, rule.onExitCodes)
  if not container then return nil end
  local code = container.state.terminated.exitCode
  local message = "Container %s for pod %s/%s failed with exit code %d matching %s rule at index %d"
  return message:format(container.name or "", pod.metadata.namespace, pod.metadata.name, code,
    rule.action, i - 1), { container = container.name, exit_code = code }
end

local function by_condition(pod, rule, i)
  for _, pattern in ipairs(rule.onPodConditions or {}) do
    for _, condition in ipairs(pod.status and pod.status.conditions or {}) do
      if condition.type == pattern.type and condition.status == (pattern.status or "True") then
        return ("Pod %s/%s has condition %s matching %s rule at index %d"):format(
          pod.metadata.namespace, pod.metadata.name, condition.type, rule.action, i - 1),
          { condition = condition.type }
      end
    end
  end
end

--- What a policy says about a failed pod.
-- @param policy podFailurePolicy, or nil
-- @param pod
-- @treturn ?string action; nil: no rule matches, and the failure counts
-- @treturn ?string what happened, in words
-- @treturn ?table rule (0 is the first), container and exit_code, or condition
function failure_policy.judge(policy, pod)
  for i, rule in ipairs(policy and policy.rules or {}) do
    local match = rule.onExitCodes and by_exit_code or by_condition
    local message, details = match(pod, rule, i)
    if message and ACTIONS[rule.action] then
      details.rule = i - 1
      return rule.action, message, details
    end
  end
end

--- Does the failure count towards the backoff limit? @treturn boolean
function failure_policy.counts(policy, pod)
  return failure_policy.judge(policy, pod) ~= "Ignore"
end

return failure_policy
