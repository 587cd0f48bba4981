-- SPDX-License-Identifier: MIT
--- Namespace, and what limits it: ResourceQuota, LimitRange. (core/v1)
local schema = require "wl.schema"
local defaults = require "wl.api.defaults.namespace"
local meta = require "wl.api.meta"

local object, list, merged = schema.object, schema.list, schema.merged
local required, always = schema.required, schema.always
local word, str, resources = schema.word, schema.str, schema.resources

local namespace = {}

namespace.NamespaceSpec = object { finalizers = list(str) }

namespace.NamespaceCondition = meta.condition()

namespace.NamespaceStatus = object {
  phase = word { default = "Active", enum = { "Active", "Terminating" } },
  conditions = merged(namespace.NamespaceCondition, "type"),
}

namespace.Namespace = meta.resource {
  spec = always(namespace.NamespaceSpec), status = always(namespace.NamespaceStatus),
} { complete = defaults.namespace }

namespace.ScopedResourceSelectorRequirement = object {
  scopeName = required(str),
  operator = required(str) { enum = { "In", "NotIn", "Exists", "DoesNotExist" } },
  values = list(str),
}

namespace.ScopeSelector = object {
  matchExpressions = list(namespace.ScopedResourceSelectorRequirement),
}

namespace.ResourceQuotaSpec = object {
  hard = resources, scopes = list(str), scopeSelector = namespace.ScopeSelector,
}

namespace.ResourceQuotaStatus = object { hard = resources, used = resources }

namespace.ResourceQuota = meta.resource {
  spec = always(namespace.ResourceQuotaSpec), status = always(namespace.ResourceQuotaStatus),
}

namespace.LimitRangeItem = object {
  type = required(str) { enum = { "Container", "PersistentVolumeClaim", "Pod" } },
  max = resources, min = resources, default = resources, defaultRequest = resources,
  maxLimitRequestRatio = resources,
} { complete = defaults.limit_range_item }

namespace.LimitRangeSpec = object { limits = required(list(namespace.LimitRangeItem)) }

namespace.LimitRange = meta.resource { spec = always(namespace.LimitRangeSpec) }

return schema.named(namespace)
