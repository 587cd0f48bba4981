-- SPDX-License-Identifier: MIT
--- Where a pod may run: node selectors, affinity, taints, spreading. (core/v1)
local schema = require "wl.schema"
local meta = require "wl.api.meta"

local object, list, required = schema.object, schema.list, schema.required
local word, str, int32, int64 = schema.word, schema.str, schema.int32, schema.int64

local placement = {}

placement.NodeSelectorRequirement = object {
  key = required(str),
  operator = required(str) { enum = { "In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt" } },
  values = list(str),
}

placement.NodeSelectorTerm = object {
  matchExpressions = list(placement.NodeSelectorRequirement),
  matchFields = list(placement.NodeSelectorRequirement),
}

placement.NodeSelector = object {
  nodeSelectorTerms = required(list(placement.NodeSelectorTerm)),
}

placement.PreferredSchedulingTerm = object {
  weight = required(int32), preference = required(placement.NodeSelectorTerm),
}

placement.NodeAffinity = object {
  requiredDuringSchedulingIgnoredDuringExecution = placement.NodeSelector,
  preferredDuringSchedulingIgnoredDuringExecution = list(placement.PreferredSchedulingTerm),
}

placement.PodAffinityTerm = object {
  labelSelector = meta.LabelSelector, topologyKey = required(str),
  namespaces = list(str), namespaceSelector = meta.LabelSelector,
  matchLabelKeys = list(str), mismatchLabelKeys = list(str),
}

placement.WeightedPodAffinityTerm = object {
  weight = required(int32), podAffinityTerm = required(placement.PodAffinityTerm),
}

placement.PodAffinity = object {
  requiredDuringSchedulingIgnoredDuringExecution = list(placement.PodAffinityTerm),
  preferredDuringSchedulingIgnoredDuringExecution = list(placement.WeightedPodAffinityTerm),
}

placement.PodAntiAffinity = object {
  requiredDuringSchedulingIgnoredDuringExecution = list(placement.PodAffinityTerm),
  preferredDuringSchedulingIgnoredDuringExecution = list(placement.WeightedPodAffinityTerm),
}

placement.Affinity = object {
  nodeAffinity = placement.NodeAffinity, podAffinity = placement.PodAffinity,
  podAntiAffinity = placement.PodAntiAffinity,
}

placement.Taint = object {
  key = required(str), value = word,
  effect = required(str) { enum = { "NoSchedule", "PreferNoSchedule", "NoExecute" } },
  timeAdded = schema.time,
}

placement.Toleration = object {
  key = word, operator = word { enum = { "Exists", "Equal", "Lt", "Gt" } }, value = word,
  effect = word { enum = { "NoSchedule", "PreferNoSchedule", "NoExecute" } },
  tolerationSeconds = int64,
}

placement.TopologySpreadConstraint = object {
  maxSkew = required(int32), topologyKey = required(str),
  whenUnsatisfiable = required(str) { enum = { "DoNotSchedule", "ScheduleAnyway" } },
  labelSelector = meta.LabelSelector, matchLabelKeys = list(str), minDomains = int32,
  nodeAffinityPolicy = str { enum = { "Honor", "Ignore" } },
  nodeTaintsPolicy = str { enum = { "Honor", "Ignore" } },
}

return schema.named(placement)
