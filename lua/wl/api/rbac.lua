-- SPDX-License-Identifier: MIT
--- Who may do what. (rbac.authorization.k8s.io/v1)
local schema = require "wl.schema"
local defaults = require "wl.api.defaults.rbac"
local meta = require "wl.api.meta"

local object, list, required, word, str = schema.object, schema.list, schema.required, schema.word,
  schema.str

local rbac = {}

rbac.PolicyRule = object {
  verbs = required(list(str)), apiGroups = list(str), resources = list(str),
  resourceNames = list(str), nonResourceURLs = list(str),
}

rbac.Subject = object {
  kind = required(str) { enum = { "Group", "ServiceAccount", "User" } }, apiGroup = word,
  name = required(str), namespace = word,
} { complete = defaults.subject }

rbac.RoleRef = object {
  apiGroup = word { default = "rbac.authorization.k8s.io" },
  kind = required(str) { enum = { "ClusterRole", "Role" } }, name = required(str),
}

rbac.AggregationRule = object { clusterRoleSelectors = list(meta.LabelSelector) }

rbac.Role = meta.resource { rules = list(rbac.PolicyRule) }

rbac.ClusterRole = meta.resource {
  rules = list(rbac.PolicyRule), aggregationRule = rbac.AggregationRule,
}

rbac.RoleBinding = meta.resource {
  subjects = list(rbac.Subject), roleRef = required(rbac.RoleRef) { immutable = true },
}

rbac.ClusterRoleBinding = meta.resource {
  subjects = list(rbac.Subject), roleRef = required(rbac.RoleRef) { immutable = true },
}

return schema.named(rbac)
