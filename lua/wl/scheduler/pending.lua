-- SPDX-License-Identifier: MIT
--- Pods that wait for a node, as groups of like pods.
--
-- Two pods are alike when no rule of their policy can tell them apart. Most of a
-- pod is not looked at: names, volumes, images, and labels unless some term is
-- about them. So the pods of a thousand Jobs, each with labels of its own, are
-- one group; and those of a DaemonSet, each pinned to a node, are one too.
local Nodes = require "wl.scheduler.nodes"
local pin = require "wl.scheduler.pin"
local value = require "wl.value"

local pending = {}

-- What is looked at in any case, so that no rule need name it (see
-- wl.placement). A part of each item of a list is { list, part }.
local LOOKED_AT = {
  "spec.schedulerName", "spec.priority", "spec.preemptionPolicy", "spec.nodeSelector",
  "spec.tolerations", "spec.topologySpreadConstraints", "spec.initContainers", "spec.overhead",
  "spec.resources", { "spec.containers", "resources" }, { "spec.containers", "ports" },
  "spec.affinity.podAffinity", "spec.affinity.podAntiAffinity",
  "spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution",
  "metadata.ownerReferences[controller=true].kind",
}
local CONDITIONS = "status.conditions"

-- What a rule reads that does not say so.
local ALL = { "spec", "metadata.namespace", "metadata.labels", "metadata.annotations",
              Nodes.OWNER }

local PATHS = { CONDITIONS }
for _, part in ipairs(LOOKED_AT) do
  PATHS[#PATHS + 1] = type(part) == "table" and part[1] .. "[*]." .. part[2] or part
end
table.move(pin.SHAPE, 1, #pin.SHAPE, #PATHS + 1, PATHS)
PATHS[#PATHS + 1] = "spec.volumes[*].persistentVolumeClaim" -- rules may read more of those

local function of_each(list, field)
  local parts = {}
  for i, item in ipairs(list or {}) do
    parts[i] = item[field] or false
  end
  return value.list(parts)
end

-- What the pods of a class (group_by PATHS) have in common, for a signature.
local function common_parts(class)
  local parts = {}
  for i, part in ipairs(LOOKED_AT) do
    local there = class[i + 1]
    parts[i] = type(part) == "table" and of_each(there, part[2]) or there or false
  end
  return parts
end

-- ---- what rules read besides ----

-- The paths, a list for each rule; and all together, each once.
local function reads_of(policy, pod, nodes)
  local reads, paths, seen = {}, {}, {}
  for i, rule in ipairs(policy.rules) do
    local own = rule.reads or ALL
    reads[i] = type(own) == "function" and own(pod, nodes) or own
    for _, path in ipairs(reads[i]) do
      if not seen[path] then
        seen[path] = true
        paths[#paths + 1] = path
      end
    end
  end
  return reads, paths, seen
end

-- Add to the parts of a signature what the rules see of a pod.
local function add_seen(parts, policy, reads, pod, nodes)
  for i, rule in ipairs(policy.rules) do
    if #reads[i] > 0 and rule.sees then
      parts[#parts + 1] = rule.sees(pod, nodes)
    else
      for _, path in ipairs(reads[i]) do
        parts[#parts + 1] = value.get(pod, path) or false
      end
    end
  end
end

-- ---- grouping ----

local Groups = {}
Groups.__index = Groups

local function new_group(self, key, signature, kind, pod)
  local group = { key = key, signature = signature, policy = kind.policy, pinned = kind.pinned,
    pod = kind.pinned and pin.without(pod) or pod, owner = kind.owned and Nodes.owner_of(pod),
    priority = pod.spec.priority or 0, order = #self.list + 1, batches = {}, conditions = {} }
  self.by_key[key] = group
  self.list[group.order] = group
  return group
end

-- The group of a signature. Others with the same hash have the keys after it.
local function group_of(self, signature, kind, pod)
  local key = value.hash(signature)
  while self.by_key[key] and self.by_key[key].signature ~= signature do
    key = key + 1
  end
  return self.by_key[key] or new_group(self, key, signature, kind, pod)
end

-- Pods of one batch also share their conditions.
local function put(group, pods, conditions)
  for i, other in ipairs(group.conditions) do
    if other == conditions then
      group.batches[i]:add(pods)
      return
    end
  end
  group.conditions[#group.conditions + 1] = conditions
  group.batches[#group.batches + 1] = pods
end

local function enter(self, pods, kind)
  local pod = pods[1]
  local parts = table.move(kind.parts, 1, #kind.parts, 1, {})
  add_seen(parts, kind.policy, kind.reads, pod, self.nodes)
  parts[#parts + 1] = kind.pinned
  parts[#parts + 1] = kind.on_node and value.get(pod, pin.REQUIRED) or false
  put(group_of(self, value.of(value.list(parts)), kind, pod), pods, kind.conditions)
end

-- Pods that are pinned are together until they have been tried: those that found
-- no place are tried one by one.
local function add_class(self, class, one_by_one)
  local pods = class.batch
  local pod = pods[1]
  local policy = self.policy_of(pod.spec.schedulerName or "default-scheduler")
  if not policy then
    return
  end
  local reads, paths, seen = reads_of(policy, pod, self.nodes)
  local required = value.get(pod, pin.REQUIRED) ~= nil
  local pinned = required and not one_by_one and not class[1] and not seen[pin.REQUIRED]
    and pin.is_pinned(pod)
  local kind = { policy = policy, reads = reads, parts = common_parts(class), pinned = pinned,
    on_node = required and not pinned, owned = seen[Nodes.OWNER] or false,
    conditions = class[1] or false }
  if kind.on_node and not seen[pin.REQUIRED] then
    paths[#paths + 1] = pin.REQUIRED
  end
  for _, part in ipairs(#paths > 0 and pods:group_by(table.unpack(paths)) or { class }) do
    enter(self, part.batch, kind)
  end
end

local function more_urgent(a, b)
  if a.priority ~= b.priority then
    return a.priority > b.priority
  end
  return a.order < b.order
end

--- Sort pods into groups, the most urgent first, then the oldest. Pods whose
-- policy is not known are left out.
-- @param batch of pods without a node
-- @tparam function policy_of returns the placement policy of a name, or nil
-- @param nodes the scheduler's Nodes
-- @tparam ?boolean one_by_one no group for pods pinned to different nodes
-- @treturn table array of `{ key, signature, policy, pod, owner, priority, pinned,
--   batches }`: `owner` is the uid of the workload where a rule looks at it; `pinned`:
--   each pod has its own node, and `pod` is one of them as if it had none
function pending.groups(batch, policy_of, nodes, one_by_one)
  local self = setmetatable({ policy_of = policy_of, nodes = nodes, list = {}, by_key = {} },
    Groups)
  if #batch > 0 then
    for _, class in ipairs(batch:group_by(table.unpack(PATHS))) do
      add_class(self, class, one_by_one)
    end
  end
  table.sort(self.list, more_urgent)
  return self.list
end

return pending
