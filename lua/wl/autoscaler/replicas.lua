-- SPDX-License-Identifier: MIT
--- How many replicas a metric asks for.
--
-- The ratio of what is measured to what is wanted, times the pods that were measured.
-- Pods that are not ready yet count as using nothing when more are needed; those of
-- which nothing is known count as using nothing when more, and all that is wanted when
-- fewer are needed: so what is not known never makes it scale further.
-- Source: pkg/controller/podautoscaler/replica_calculator.go.
local conditions = require "wl.conditions"
local time = require "wl.time"

local replicas = {}

local INITIALIZATION = 300 -- seconds in which the cpu of a pod that starts is not believed
local READINESS_DELAY = 30
local WINDOW = 30 -- seconds that a sample of cpu is an average of

-- ---- sorting pods ----

local function is_unready(pod, now)
  local ready = conditions.find(pod.status.conditions, "Ready")
  local started = pod.status.startTime and time.parse(pod.status.startTime)
  if not ready or not started then return true end
  local since = ready.lastTransitionTime and time.parse(ready.lastTransitionTime) or started
  if started + INITIALIZATION > now then
    return ready.status == "False" or now < since + WINDOW
  end
  return ready.status == "False" and started + READINESS_DELAY > since
end

local IGNORED = { Failed = true }

-- Which pods are ready, which are not, and of which nothing is known.
local function sort(pods, values, resource, now)
  local groups = { ready = 0, unready = {}, missing = {}, measured = {} }
  for _, pod in ipairs(pods) do
    local uid, phase = pod.metadata.uid, pod.status and pod.status.phase
    if pod.metadata.deletionTimestamp or IGNORED[phase] then
      values[uid] = nil
    elseif phase == "Pending" or phase == nil then
      groups.unready[#groups.unready + 1] = uid
    elseif values[uid] == nil then
      groups.missing[#groups.missing + 1] = uid
    elseif resource == "cpu" and is_unready(pod, now) then
      groups.unready[#groups.unready + 1] = uid
    else
      groups.ready = groups.ready + 1
      groups.measured[uid] = values[uid]
    end
  end
  return groups
end

-- ---- the ratio ----

local function count(map)
  local n = 0
  for _ in pairs(map) do n = n + 1 end
  return n
end

local function sum(map, of)
  local total = 0
  for uid in pairs(map) do total = total + of[uid] end
  return total
end

--- Is a ratio near enough to one?
-- @tparam number ratio
-- @tparam table tolerance up, down
function replicas.within(ratio, tolerance)
  return ratio >= 1 - tolerance.down and ratio <= 1 + tolerance.up
end

local function fill(groups, ratio, fallback)
  for _, uid in ipairs(groups.missing) do
    groups.measured[uid] = fallback(uid, ratio)
  end
  if ratio > 1 then
    for _, uid in ipairs(groups.unready) do groups.measured[uid] = 0 end
  end
end

-- `ratio_of(measured)` and `fallback(uid, ratio)` say what is wanted of a metric, and what
-- a pod counts as of which nothing is known (nil: it is left out).
local function calculate(current, groups, ratio_of, fallback, tolerance)
  local ratio = ratio_of(groups.measured)
  local rebalanced = ratio > 1 and #groups.unready > 0
  if not rebalanced and #groups.missing == 0 then
    if replicas.within(ratio, tolerance) then return current end
    return math.ceil(ratio * groups.ready)
  end
  fill(groups, ratio, fallback)
  local new = ratio_of(groups.measured)
  if replicas.within(new, tolerance) or ratio < 1 and new > 1 or ratio > 1 and new < 1 then
    return current
  end
  local wanted = math.ceil(new * count(groups.measured))
  if new < 1 and wanted > current or new > 1 and wanted < current then return current end
  return wanted
end

local NO_PODS = "no pods returned by selector while calculating replica count"
local NO_METRICS = "did not receive metrics for targeted pods (pods might be unready)"
local NO_REQUESTS = "no metrics returned matched known pods"

-- ---- by sort of target ----

--- For a share of what the pods request.
-- @tparam table q pods, values (uid -> milli), requests (uid -> milli), resource, target
--   (percent), current, tolerance, now
-- @treturn ?integer replicas; or nil, message
-- @treturn integer utilization in percent
-- @treturn integer average in milli
function replicas.by_utilization(q)
  if #q.pods == 0 then return nil, NO_PODS end
  local groups = sort(q.pods, q.values, q.resource, q.now)
  if next(groups.measured) == nil then return nil, NO_METRICS end
  if sum(groups.measured, q.requests) == 0 then return nil, NO_REQUESTS end
  local function utilization(measured)
    return sum(measured, measured) * 100 // sum(measured, q.requests)
  end
  local percent = utilization(groups.measured)
  local average = sum(groups.measured, groups.measured) // count(groups.measured)
  local wanted = calculate(q.current, groups,
    function(measured) return utilization(measured) / q.target end,
    function(uid, ratio)
      if ratio < 1 then return q.requests[uid] * math.max(100, q.target) // 100 end
      return ratio > 1 and 0 or nil
    end, q.tolerance)
  return wanted, percent, average
end

--- For an average over the pods.
-- @tparam table q as above, but target in milli
-- @treturn ?integer replicas; or nil, message
-- @treturn integer average in milli
function replicas.by_average(q)
  if #q.pods == 0 then return nil, NO_PODS end
  local groups = sort(q.pods, q.values, q.resource, q.now)
  if next(groups.measured) == nil then return nil, NO_METRICS end
  local function average(measured) return sum(measured, measured) // count(measured) end
  local now = average(groups.measured)
  local wanted = calculate(q.current, groups,
    function(measured) return average(measured) / q.target end,
    function(_, ratio) return ratio < 1 and q.target or 0 end, q.tolerance)
  return wanted, now
end

local function ready_pods(pods)
  local n = 0
  for _, pod in ipairs(pods) do
    local ready = conditions.find(pod.status and pod.status.conditions, "Ready")
    if pod.status and pod.status.phase == "Running" and ready and ready.status == "True" then
      n = n + 1
    end
  end
  return n
end

--- For one value against a target.
-- @tparam table q value, target (milli), pods, current, tolerance
-- @treturn ?integer replicas; or nil, message
function replicas.by_value(q)
  local ratio = q.value / q.target
  if q.current == 0 then return math.ceil(ratio) end
  if replicas.within(ratio, q.tolerance) then return q.current end
  if #q.pods == 0 then return nil, NO_PODS end
  return math.ceil(ratio * ready_pods(q.pods))
end

--- For one value to be shared by the replicas.
-- @tparam table q value, target (milli a replica), current, tolerance
-- @treturn integer replicas
-- @treturn integer what each has now, in milli
function replicas.by_share(q)
  local wanted, each = q.current, q.value
  if q.current > 0 then each = math.ceil(q.value / q.current) end
  if not replicas.within(q.value / (q.target * math.max(q.current, 0)), q.tolerance) then
    wanted = math.ceil(q.value / q.target)
  end
  return wanted, each
end

return replicas
