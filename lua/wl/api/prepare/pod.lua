-- SPDX-License-Identifier: MIT
--- What is particular to Pods when they are written.
--
-- On creation this includes what the default admission plugins add: the service
-- account's name, a priority, and five minutes on a node that fails.
-- Source: pkg/registry/core/pod/strategy.go; plugin/pkg/admission/
-- serviceaccount, priority, defaulttolerationseconds.
local pod_resources = require "wl.pod_resources"
local pod_types = require "wl.api.pod"
local prepare = require "wl.api.prepare"
local value = require "wl.value"

local pod = {}

local NODE_FAILURE_SECONDS = 300
local NODE_FAILURES = { "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable" }

-- Classes that every cluster has.
local SYSTEM_PRIORITY = {
  ["system-cluster-critical"] = 2000000000,
  ["system-node-critical"] = 2000001000,
}

local function tolerates(tolerations, key)
  for i = 1, #tolerations do
    local given = tolerations[i]
    local is_key = (given.key or "") == "" or given.key == key
    if is_key and ((given.effect or "") == "" or given.effect == "NoExecute") then return true end
  end
  return false
end

local function tolerate_failing_nodes(spec)
  for _, key in ipairs(NODE_FAILURES) do
    if not tolerates(spec.tolerations or {}, key) then
      if spec.tolerations == nil then spec.tolerations = value.list {} end
      spec.tolerations[#spec.tolerations + 1] = {
        key = key, operator = "Exists", effect = "NoExecute",
        tolerationSeconds = NODE_FAILURE_SECONDS,
      }
    end
  end
end

local function set_priority(spec)
  local class = spec.priorityClassName or ""
  if spec.priority == nil then
    spec.priority = class == "" and 0 or SYSTEM_PRIORITY[class]
  end
  if spec.preemptionPolicy == nil then spec.preemptionPolicy = "PreemptLowerPriority" end
end

local function set_account(spec)
  if spec.serviceAccountName == nil then
    spec.serviceAccountName, spec.serviceAccount = "default", "default"
  end
end

-- The pod's own values of some label keys become part of a selector.
local function select_own(selector, keys, operator, labels)
  for _, key in ipairs(keys or {}) do
    if labels[key] ~= nil then
      if selector.matchExpressions == nil then selector.matchExpressions = value.list {} end
      selector.matchExpressions[#selector.matchExpressions + 1] = {
        key = key, operator = operator, values = value.list { labels[key] },
      }
    end
  end
end

local function expand_term(term, labels)
  if term.labelSelector == nil then return end
  select_own(term.labelSelector, term.matchLabelKeys, "In", labels)
  select_own(term.labelSelector, term.mismatchLabelKeys, "NotIn", labels)
end

local function expand_affinity(affinity, labels)
  if affinity == nil then return end
  local preferred = affinity.preferredDuringSchedulingIgnoredDuringExecution or {}
  for i = 1, #preferred do expand_term(preferred[i].podAffinityTerm, labels) end
  local needed = affinity.requiredDuringSchedulingIgnoredDuringExecution or {}
  for i = 1, #needed do expand_term(needed[i], labels) end
end

local function expand_label_keys(draft)
  local spec, labels = draft.spec, draft.metadata.labels or {}
  if spec.affinity ~= nil then
    expand_affinity(spec.affinity.podAffinity, labels)
    expand_affinity(spec.affinity.podAntiAffinity, labels)
  end
  local spread = spec.topologySpreadConstraints or {}
  for i = 1, #spread do expand_term(spread[i], labels) end
end

local GATED = {
  type = "PodScheduled", status = "False", reason = "SchedulingGated",
  message = "Scheduling is blocked due to non-empty scheduling gates",
}

local function create(draft)
  local spec = draft.spec
  set_account(spec)
  set_priority(spec)
  tolerate_failing_nodes(spec)
  expand_label_keys(draft)
  draft.status = { phase = "Pending", qosClass = pod_resources.qos_class(spec) }
  if spec.schedulingGates ~= nil and #spec.schedulingGates > 0 then
    draft.status.conditions = value.list { value.table(GATED) }
  end
end

-- An agent that does not know generations must not wipe them out.
local function keep_observed(status, old)
  if status.observedGeneration == nil then status.observedGeneration = old.observedGeneration end
  local seen = {}
  for _, condition in ipairs(old.conditions or {}) do
    seen[condition.type] = condition.observedGeneration
  end
  local conditions = status.conditions or {}
  for i = 1, #conditions do
    local observed = seen[conditions[i].type]
    if conditions[i].observedGeneration == nil and observed then
      conditions[i].observedGeneration = observed
    end
  end
end

local function status(draft, old)
  draft.metadata.ownerReferences = old.metadata.ownerReferences
  if draft.status == nil then draft.status = {} end
  if draft.status.qosClass == nil then draft.status.qosClass = (old.status or {}).qosClass end
  keep_observed(draft.status, old.status or {})
end

--- The rules of a Pod.
pod.pod = prepare.standard(pod_types.Pod, { create = create, status = status })

return pod
