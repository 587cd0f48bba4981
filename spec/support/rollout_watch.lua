-- SPDX-License-Identifier: MIT
--- Looks at each write of a controller that rolls out, and notes where it broke
-- what it must keep. Nodes and pods may fail as they like: only what the
-- controller itself does counts.
local rollout_watch = {}

local function available(set)
  return math.min((set.status or {}).availableReplicas or 0, set.spec.replicas)
end

local function sum(sets, of)
  local total = 0
  for _, set in ipairs(sets) do total = total + of(set) end
  return total
end

local function size(set) return set.spec.replicas end

local function other_sets(cluster, now)
  local found = {}
  for _, set in ipairs(cluster:list("ReplicaSet", { namespace = "default" })) do
    if set.metadata.uid ~= now.metadata.uid then found[#found + 1] = set end
  end
  return found
end

-- A ReplicaSet was sized: neither more pods than wanted and the surge, nor fewer
-- available ones than may be.
local function sized(cluster, old, now, limits, note)
  local others = other_sets(cluster, now)
  local before, after = old and size(old) or 0, size(now)
  local total = sum(others, size)
  if after > before and total + after > limits.replicas + limits.surge then
    note("%d pods wanted, %d and %d allowed", total + after, limits.replicas, limits.surge)
  end
  local was, is = old and available(old) or 0, available(now)
  local left = sum(others, available) + is
  if is < was and left < limits.replicas - limits.unavailable then
    note("%d available pods left of %d, %d may be missing", left, limits.replicas,
      limits.unavailable)
  end
end

--- Watch a Deployment's ReplicaSets.
-- @param cluster
-- @tparam table limits replicas, surge, unavailable
-- @treturn table array of what was wrong; `writes`, how many there were
function rollout_watch.deployment(cluster, limits)
  local wrong = { writes = 0 }
  local number = cluster.server:number(assert(cluster.server:kind "ReplicaSet"))
  cluster:on_each_write(function(change)
    if change.number ~= number or change.writer ~= "deployment-controller" or not change.now then
      return
    end
    wrong.writes = wrong.writes + 1
    sized(cluster, change.old, change.now, limits, function(text, ...)
      wrong[#wrong + 1] = ("at %s: "):format(cluster:timestamp()) .. text:format(...)
    end)
  end)
  return wrong
end

local function is_ready(pod)
  for _, one in ipairs(pod.status and pod.status.conditions or {}) do
    if one.type == "Ready" then return one.status == "True" end
  end
  return false
end

local function works(pod) return is_ready(pod) and pod.metadata.deletionTimestamp == nil end

local function is_version(pod, image) return pod.spec.containers[1].image == image end

--- Watch the pods that a controller makes and deletes.
-- @param cluster
-- @tparam string writer such as "daemonset-controller"
-- @tparam table limits replicas (nil: of as many nodes as there are), unavailable
-- @treturn table array of what was wrong; `writes`, how many there were
function rollout_watch.pods(cluster, writer, limits)
  local wrong = { writes = 0 }
  local number = cluster.server:number(assert(cluster.server:kind "Pod"))
  local function working()
    local count = 0
    for _, pod in ipairs(cluster:list("Pod", { namespace = "default" })) do
      count = count + (works(pod) and 1 or 0)
    end
    return count
  end
  cluster:on_each_write(function(change)
    if change.number ~= number or change.writer ~= writer then return end
    wrong.writes = wrong.writes + 1
    local was = change.old and works(change.old)
    if was and not (change.now and works(change.now))
      and working() < limits.replicas - limits.unavailable then
      wrong[#wrong + 1] = ("at %s: %s was deleted, and left %d of %d"):format(cluster:timestamp(),
        change.old.metadata.name, working(), limits.replicas)
    end
  end)
  return wrong
end

--- Watch that a Service turns only to a revision that has all its pods.
function rollout_watch.switches(cluster, limits)
  local wrong = { writes = 0 }
  local number = cluster.server:number(assert(cluster.server:kind "Service"))
  cluster:on_each_write(function(change)
    if change.number ~= number or change.writer ~= "deployment-controller" then return end
    wrong.writes = wrong.writes + 1
    for _, set in ipairs(cluster:list("ReplicaSet", { namespace = "default" })) do
      if set.metadata.labels["pod-template-hash"] == change.now.spec.selector["pod-template-hash"]
        and available(set) < limits.replicas - limits.unavailable then
        wrong[#wrong + 1] = ("at %s: switched to %d pods"):format(cluster:timestamp(),
          available(set))
      end
    end
  end)
  return wrong
end

--- Watch that no pod of one image is made while one of another is there.
function rollout_watch.never_both(cluster)
  local wrong = { writes = 0 }
  local number = cluster.server:number(assert(cluster.server:kind "Pod"))
  local function finished(pod)
    return pod.status.phase == "Succeeded" or pod.status.phase == "Failed"
  end
  cluster:on_each_write(function(change)
    if change.number ~= number or change.old or not change.now then return end
    wrong.writes = wrong.writes + 1
    for _, pod in ipairs(cluster:list("Pod", { namespace = "default" })) do
      if not is_version(pod, change.now.spec.containers[1].image) and not finished(pod) then
        wrong[#wrong + 1] = ("at %s: both versions"):format(cluster:timestamp())
      end
    end
  end)
  return wrong
end

--- Watch that pods of a new image come to a zone only when those before it have them all.
-- @param cluster
-- @tparam string image the new one
function rollout_watch.zone_by_zone(cluster, image)
  local wrong = { writes = 0 }
  local number = cluster.server:number(assert(cluster.server:kind "Pod"))
  local function zone_of(pod)
    local name = pod.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution
      .nodeSelectorTerms[1].matchFields[1].values[1]
    local node = cluster:get("Node", nil, name)
    return node and node.metadata.labels["topology.kubernetes.io/zone"] or "none"
  end
  cluster:on_each_write(function(change)
    if change.number ~= number or change.old or not is_version(change.now, image) then return end
    wrong.writes = wrong.writes + 1
    local zone = zone_of(change.now)
    for _, pod in ipairs(cluster:list("Pod", { namespace = "default" })) do
      if zone_of(pod) < zone and not is_version(pod, image) then
        wrong[#wrong + 1] = ("at %s: %s before %s"):format(cluster:timestamp(), zone, zone_of(pod))
      end
    end
  end)
  return wrong
end

return rollout_watch
