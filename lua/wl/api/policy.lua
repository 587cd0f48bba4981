-- SPDX-License-Identifier: MIT
--- PodDisruptionBudget and Eviction. (policy/v1)
local schema = require "wl.schema"
local meta = require "wl.api.meta"
local wire = require "wl.api.wire"

local object, map, merged, always = schema.object, schema.map, schema.merged, schema.always
local str, int_or_string, count64 = schema.str, schema.int_or_string, schema.count64

-- What a status always counts, also when it is nothing.
local counted = schema.int32 { default = 0 }

local policy = {}

policy.PodDisruptionBudgetSpec = object {
  minAvailable = int_or_string, maxUnavailable = int_or_string,
  selector = meta.LabelSelector { replace = true },
  unhealthyPodEvictionPolicy = str { enum = { "AlwaysAllow", "IfHealthyBudget" } },
}

policy.PodDisruptionBudgetStatus = object {
  observedGeneration = count64, disruptedPods = map(schema.time),
  disruptionsAllowed = counted, currentHealthy = counted, desiredHealthy = counted,
  expectedPods = counted, conditions = merged(meta.Condition, "type"),
}

policy.PodDisruptionBudget = meta.resource {
  spec = always(policy.PodDisruptionBudgetSpec), status = always(policy.PodDisruptionBudgetStatus),
}

policy.Eviction = meta.resource { deleteOptions = wire.DeleteOptions }

return schema.named(policy)
