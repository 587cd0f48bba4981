-- SPDX-License-Identifier: MIT
--- A kubelet for specs of controllers: pods run at once, or never get ready, and
-- go at once when they are deleted. No nodes, no scheduler.
local time = require "wl.time"
local value = require "wl.value"

local small_kubelet = {}

local function condition(pod, type)
  for _, one in ipairs(pod.status and pod.status.conditions or {}) do
    if one.type == type then
      return one
    end
  end
end

local function state(pod, ready, now)
  local before = condition(pod, "Ready")
  local text = ready and "True" or "False"
  if before and before.status == text then
    return nil
  end
  return { phase = "Running", conditions = value.list {
    { type = "Ready", status = text, lastTransitionTime = time.format(now) } } }
end

local function tend(cluster, pod, is_ready)
  if pod.metadata.deletionTimestamp then
    assert(cluster.server:delete(pod, { grace = 0 }))
    return true
  end
  local status = state(pod, is_ready(pod), cluster:now())
  if not status then
    return false
  end
  assert(cluster.server:update_status(pod, status))
  return true
end

--- Look after all pods once.
-- @param cluster
-- @tparam function is_ready of a pod
-- @treturn boolean whether anything changed
function small_kubelet.tend(cluster, is_ready)
  local changed = false
  for _, pod in ipairs(cluster.server:list "Pod") do
    changed = tend(cluster, pod, is_ready) or changed
  end
  return changed
end

--- Let controllers and pods work, a second at a time, until both have nothing
-- more to do.
-- @param cluster
-- @tparam function is_ready of a pod
-- @tparam ?function look called each time the controllers have nothing to do
function small_kubelet.run(cluster, is_ready, look)
  for _ = 1, 1000 do
    cluster:settle()
    if look then
      look()
    end
    if not small_kubelet.tend(cluster, is_ready) then
      return
    end
    cluster:run(1)
  end
  error "does not come to rest"
end

return small_kubelet
