-- SPDX-License-Identifier: MIT
--- PriorityClass (scheduling/v1) and Lease (coordination/v1).
local schema = require "wl.schema"
local meta = require "wl.api.meta"

local object = schema.object
local word, str, flag, int32, micro_time = schema.word, schema.str, schema.flag, schema.int32,
  schema.micro_time

local scheduling = {}

scheduling.PriorityClass = meta.resource {
  value = int32 { default = 0 }, globalDefault = flag, description = word,
  preemptionPolicy = str {
    default = "PreemptLowerPriority", enum = { "Never", "PreemptLowerPriority" },
  },
}

scheduling.LeaseSpec = object {
  holderIdentity = str, leaseDurationSeconds = int32, acquireTime = micro_time,
  renewTime = micro_time, leaseTransitions = int32, strategy = str, preferredHolder = str,
}

scheduling.Lease = meta.resource { spec = schema.always(scheduling.LeaseSpec) }

return schema.named(scheduling)
