-- SPDX-License-Identifier: MIT
--- Pods that wait for a node, as groups of like pods.
--
-- Pods of one template share their spec, so a group is found by identity; pods
-- whose specs differ only in what does not matter to placement (the names of a
-- StatefulSet's claims, say) are joined by comparing the rest.
local Nodes = require "wl.scheduler.nodes"
local value = require "wl.value"

local pending = {}

-- What placement depends on, besides the workload that a pod belongs to.
local MATTERS = { "schedulerName", "containers", "initContainers", "overhead", "resources",
                  "nodeSelector", "affinity", "tolerations", "topologySpreadConstraints",
                  "priority", "preemptionPolicy" }

local function signature(pod, owner, with_labels)
  local parts = {}
  for i, field in ipairs(MATTERS) do
    parts[i] = pod.spec[field] or false
  end
  parts[#parts + 1] = owner or false
  parts[#parts + 1] = pod.metadata.namespace
  parts[#parts + 1] = with_labels and pod.metadata.labels or false
  return value.of(value.list(parts))
end

-- Do a pod's own rules, or those of others, look at its labels?
local function looks_at_labels(pod, others_look)
  local affinity = pod.spec.affinity or {}
  return others_look or affinity.podAffinity ~= nil or affinity.podAntiAffinity ~= nil
    or #(pod.spec.topologySpreadConstraints or {}) > 0
end

local function more_urgent(a, b)
  if a.priority ~= b.priority then
    return a.priority > b.priority
  end
  return a.order < b.order
end

-- The paths by which a batch is split; labels only where they matter.
local function split(batch, others_look)
  local parts = {}
  for _, group in ipairs(batch:group_by("spec", Nodes.OWNER, "metadata.namespace",
                                        "status.conditions")) do
    local pods = group.batch
    if looks_at_labels(pods[1], others_look) then
      for _, labelled in ipairs(pods:group_by "metadata.labels") do
        parts[#parts + 1] = labelled.batch
      end
    else
      parts[#parts + 1] = pods
    end
  end
  return parts
end

--- Sort pods into groups, the most urgent first, then the oldest.
-- @param batch of pods without a node
-- @tparam boolean others_look do placed pods have rules about new ones' labels?
-- @treturn table array of `{ signature, pod, priority, batches, number }`; the pods
--   of one of the batches also share their conditions
function pending.groups(batch, others_look)
  local groups, by_text = {}, {}
  for _, pods in ipairs(split(batch, others_look)) do
    local pod = pods[1]
    local identity = signature(pod, Nodes.owner_of(pod), looks_at_labels(pod, others_look))
    local text = value.hash(identity)
    while by_text[text] and by_text[text].signature ~= identity do
      text = text + 1
    end
    local group = by_text[text]
    if not group then
      group = { key = text, signature = identity, pod = pod, priority = pod.spec.priority or 0,
                order = #groups + 1, batches = {}, number = 0 }
      by_text[text] = group
      groups[#groups + 1] = group
    end
    group.batches[#group.batches + 1] = pods
    group.number = group.number + #pods
  end
  table.sort(groups, more_urgent)
  return groups
end

return pending
