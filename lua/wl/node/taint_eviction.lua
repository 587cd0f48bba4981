-- SPDX-License-Identifier: MIT
--- Pods leave nodes whose NoExecute taints they do not tolerate, or tolerate
-- for so long only. Source: pkg/controller/tainteviction.
local conditions = require "wl.conditions"
local taint = require "wl.taint"
local time = require "wl.time"

local taint_eviction = {}

--- The taints of a node that evict.
-- @treturn table array
function taint_eviction.taints(node)
  local found = {}
  for _, one in ipairs(node.spec and node.spec.taints or {}) do
    if one.effect == "NoExecute" then
      found[#found + 1] = one
    end
  end
  return found
end

--- How long a pod with these tolerations stays.
-- @param tolerations list, or nil
-- @param taints array of NoExecute taints
-- @treturn ?number seconds, 0 at once; nil: for ever
function taint_eviction.seconds(tolerations, taints)
  local least
  for _, one in ipairs(taints) do
    local toleration = taint.toleration_for(tolerations, one)
    if not toleration then
      return 0
    end
    local seconds = toleration.tolerationSeconds
    if seconds then
      least = math.min(least or seconds, seconds)
    end
  end
  return least and math.max(least, 0)
end

local function latest(taints)
  local at = 0
  for _, one in ipairs(taints) do
    at = math.max(at, one.timeAdded and time.parse(one.timeAdded) or 0)
  end
  return at
end

-- A pod that came after the taint has its time from then on.
local function came_at(pod)
  local scheduled = conditions.find(pod.status and pod.status.conditions, "PodScheduled")
  local text = scheduled and scheduled.lastTransitionTime
  return text and time.parse(text) or 0
end

local function evict(ctx, pods)
  local status = pods[1].status
  local list = conditions.replace(status and status.conditions, {
    type = "DisruptionTarget", status = "True", reason = "DeletionByTaintManager",
    message = "Taint manager: deleting due to NoExecute taint",
    lastTransitionTime = ctx:timestamp() })
  ctx:event_many(pods, "Normal", "TaintManagerEviction",
    "Marking for deletion Pod {metadata.namespace}/{metadata.name}")
  ctx:update_many(pods, { status = { conditions = list } })
  ctx:delete_many(pods)
end

--- Evict from a node the pods whose time is over.
-- @param ctx the controller surface
-- @param node
-- @param taints its NoExecute taints
-- @treturn ?number the moment at which the next pod's time is over
function taint_eviction.run(ctx, node, taints)
  local pods, next_at = ctx:on_node(node.metadata.name, "Pod"):batch "active", nil
  local since = latest(taints)
  for _, group in ipairs(pods:group_by("spec.tolerations", "status.conditions")) do
    local seconds = taint_eviction.seconds(group[1], taints)
    local at = seconds and math.max(since, came_at(group.batch[1])) + seconds
    if at and (seconds == 0 or at <= ctx.now) then
      evict(ctx, group.batch)
    elseif at then
      next_at = math.min(next_at or at, at)
    end
  end
  return next_at
end

return taint_eviction
