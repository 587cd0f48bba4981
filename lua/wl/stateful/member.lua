-- SPDX-License-Identifier: MIT
--- The members of a StatefulSet: which pod is which, and how it is.
--
-- Source: pkg/controller/statefulset `stateful_set_utils.go`.
local controller_revision = require "wl.controller_revision"
local generated_names = require "wl.generated_names"
local time = require "wl.time"

local member = {}

local MOST = 0x7fffffff

--- Take a pod's name apart.
-- @tparam string name such as "web-3"
-- @treturn string the name of the StatefulSet; "" when it says none
-- @treturn integer the ordinal; -1 when it has none
function member.parse(name)
  local parent, digits = name:match "^(.*)%-(%d+)$"
  if not parent then
    return "", -1
  end
  local ordinal = math.tointeger(tonumber(digits))
  return parent, ordinal and ordinal <= MOST and ordinal or -1
end

--- The first ordinal of a StatefulSet.
function member.start(set) return set.spec.ordinals and set.spec.ordinals.start or 0 end

--- Is an ordinal one of those that a StatefulSet wants?
-- @treturn boolean
function member.in_range(set, ordinal)
  local start = member.start(set)
  return ordinal >= start and ordinal < start + (set.spec.replicas or 1)
end

--- Is this pod named after the StatefulSet?
-- @treturn boolean
function member.belongs(set, pod) return member.parse(pod.metadata.name) == set.metadata.name end

local function ready_condition(status)
  for _, condition in ipairs(status.conditions or {}) do
    if condition.type == "Ready" then
      return condition.status == "True" and condition or nil
    end
  end
end

-- When a pod that is ready now became so.
local function since(condition)
  return condition.lastTransitionTime and (time.parse(condition.lastTransitionTime))
end

--- A pod as the controller sees it.
-- @param pod
-- @tparam integer min_ready minReadySeconds
-- @tparam number now
-- @treturn table pod, name, ordinal, revision (its name), phase; terminating, ready, available
--   (a pod that is being deleted is still ready while it runs); since: when it became ready
function member.read(pod, min_ready, now)
  local metadata, status = pod.metadata, pod.status or {}
  local _, ordinal = member.parse(metadata.name)
  local self = {
    pod = pod, name = metadata.name, ordinal = ordinal, phase = status.phase,
    revision = (metadata.labels or {})[controller_revision.POD_LABEL] or "",
    terminating = metadata.deletionTimestamp ~= nil,
  }
  local condition = status.phase == "Running" and ready_condition(status)
  self.ready = condition and true or false
  if self.ready and min_ready > 0 then
    self.since = since(condition)
    self.available = self.since ~= nil and self.since + min_ready <= now
  else
    self.available = self.ready
  end
  return self
end

--- A member that does not exist yet.
-- @param set
-- @tparam integer ordinal
-- @tparam string revision the name of the revision that it is to be of
-- @treturn table without `pod` and `phase`
function member.missing(set, ordinal, revision)
  return { name = generated_names.stateful_pod(set.metadata.name, ordinal), ordinal = ordinal,
    revision = revision, terminating = false, ready = false, available = false }
end

--- Does a member hold up what must wait for it?
-- @treturn boolean
function member.unavailable(one) return one.terminating or not one.available end

--- Has a member ended by itself?
-- @treturn boolean
function member.finished(one) return one.phase == "Failed" or one.phase == "Succeeded" end

return member
