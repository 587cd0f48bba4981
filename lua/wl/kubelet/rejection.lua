-- SPDX-License-Identifier: MIT
--- Pods that a kubelet refuses: somebody other than the scheduler chose the
-- node, and it will not do. Source: pkg/kubelet/lifecycle/predicate.go.
local host_ports = require "wl.host_ports"
local node_match = require "wl.node_match"
local pod_resources = require "wl.pod_resources"
local time = require "wl.time"

local rejection = {}

local function is_scheduled(pod)
  for _, condition in ipairs(pod.status and pod.status.conditions or {}) do
    if condition.type == "PodScheduled" then
      return condition.status == "True"
    end
  end
  return false
end

local RESOURCES = { { "cpu", "cpu" }, { "memory", "memory" },
                    { "ephemeral-storage", "ephemeral" } }

-- The pod itself is among those on the node already.
local function lacking(ctx, pod, node)
  local pods = ctx:on_node(node.metadata.name, "Pod")
  local has = pod_resources.amounts(node.status and node.status.allocatable)
  if has.pods and pods:count "consumes" > has.pods then
    return "pods", 1, pods:count "consumes" - 1, has.pods
  end
  local wanted = pod_resources.requests(pod.spec)
  for _, resource in ipairs(RESOURCES) do
    local name, sum = resource[1], resource[2]
    local request = wanted[name] or 0
    local used = pods:sum(sum) - request
    if request > 0 and used + request > (has[name] or 0) then
      return name, request, used, has[name] or 0
    end
  end
  return nil
end

-- Does another pod that is on the node have one of its ports? One that came
-- later does not count.
local function ports_taken(ctx, pod, node)
  local wanted = host_ports.of(pod.spec)
  if #wanted == 0 then
    return false
  end
  for other in ctx:on_node(node.metadata.name, "Pod"):each "consumes" do
    local started = other.status and other.status.startTime
    if started and other.metadata.uid ~= pod.metadata.uid
      and host_ports.clash(wanted, host_ports.of(other.spec)) then
      return true
    end
  end
  return false
end

--- Why a node will not run a pod that was put there.
-- @return reason and message, or nil
function rejection.reason(ctx, pod, node)
  if not node_match.required(pod.spec):matches(node) then
    return "NodeAffinity", "Pod was rejected: Predicate NodeAffinity failed: "
      .. "node(s) didn't match Pod's node affinity/selector"
  end
  if ports_taken(ctx, pod, node) then
    return "NodePorts", "Pod was rejected: Predicate NodePorts failed: " .. host_ports.TAKEN
  end
  local resource, wanted, used, has = lacking(ctx, pod, node)
  if resource then
    return "OutOf" .. resource, ("Pod was rejected: Node didn't have enough resource: %s, "
      .. "requested: %d, used: %d, capacity: %d"):format(resource, wanted, used, has)
  end
  return nil
end

local function reject(ctx, pod, reason, message)
  ctx:update_status(pod, function(status)
    status.phase, status.reason, status.message = "Failed", reason, message
    status.startTime = ctx:timestamp()
  end)
  ctx:event(pod, "Warning", reason, message)
end

-- To look at a pod takes its kubelet a moment: whoever replaces a refused pod at
-- once would otherwise never let time pass.
local MOMENT = 1

--- Take out of a batch the pods that are refused, and tell so.
-- @param ctx the controller surface
-- @param batch of pods that were bound
-- @return batch, perhaps the same
-- @treturn ?number when pods that will be refused were first left alone: the time
--   at which to look at them again
function rejection.accepted(ctx, batch)
  local kept, all, again = nil, true, nil
  for _, group in ipairs(batch:group_by "status.conditions") do
    if not is_scheduled(group.batch[1]) then
      kept = kept or batch:slice(1, 0)
      all = false
      for i = 1, #group.batch do
        local pod = group.batch[i]
        local node = ctx:get("Node", nil, pod.spec.nodeName)
        local reason, message
        if node then
          reason, message = rejection.reason(ctx, pod, node)
        end
        local looked = time.parse(pod.metadata.creationTimestamp) + MOMENT
        if reason and looked > ctx.now then
          again = again and math.min(again, looked) or looked
        elseif reason then
          reject(ctx, pod, reason, message)
        else
          kept:add(group.batch:id(i))
        end
      end
    end
  end
  if all then
    return batch
  end
  for _, group in ipairs(batch:group_by "status.conditions") do
    if is_scheduled(group.batch[1]) then
      kept:add(group.batch)
    end
  end
  return kept, again
end

return rejection
