-- SPDX-License-Identifier: MIT
--- The finalizer, labels and annotations that Jobs put on their pods.
--
-- Source: k8s.io/api/batch/v1 types.go.
local names = {}

local PREFIX = "batch.kubernetes.io/"

names.TRACKING = PREFIX .. "job-tracking"
names.INDEX = PREFIX .. "job-completion-index"
names.FAILURES = PREFIX .. "job-index-failure-count"
names.IGNORED = PREFIX .. "job-index-ignored-failure-count"
names.CONTROLLER = "kubernetes.io/job-controller"

--- Does a pod wait for being counted?
-- @param pod
-- @treturn boolean
function names.is_tracked(pod)
  for _, finalizer in ipairs(pod.metadata.finalizers or {}) do
    if finalizer == names.TRACKING then return true end
  end
  return false
end

local function count(text)
  local n = type(text) == "string" and text:find "^[+-]?%d+$" and math.tointeger(tonumber(text))
  return n and n >= 0 and n or nil
end

--- The label of its Job's uid.
names.UID_LABEL = "batch.kubernetes.io/controller-uid"

--- The completion index that an annotation says. @treturn ?integer
function names.index(text)
  return count(text)
end

local function annotation(pod, key)
  local n = count((pod.metadata.annotations or {})[key])
  return n and n <= 2147483647 and n or 0
end

--- How often the index of a pod had failed before it. @treturn integer
function names.failures(pod) return annotation(pod, names.FAILURES) end

--- How often it had failed in ways that do not count. @treturn integer
function names.ignored(pod) return annotation(pod, names.IGNORED) end

return names
