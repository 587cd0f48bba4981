-- SPDX-License-Identifier: MIT
--- ReplicationController. (core/v1)
local schema = require "wl.schema"
local defaults = require "wl.api.defaults.workload"
local meta = require "wl.api.meta"
local pod = require "wl.api.pod"

local object, map, merged, always = schema.object, schema.map, schema.merged, schema.always
local str, int32, count, count64 = schema.str, schema.int32, schema.count, schema.count64

local replication = {}

replication.ReplicationControllerSpec = object {
  replicas = int32 { default = 1 }, minReadySeconds = count,
  selector = map(str) { atomic = true }, template = pod.PodTemplateSpec,
}

replication.ReplicationControllerCondition = meta.condition()

replication.ReplicationControllerStatus = object {
  replicas = schema.required(int32) { default = 0 }, fullyLabeledReplicas = count,
  readyReplicas = count, availableReplicas = count, observedGeneration = count64,
  conditions = merged(replication.ReplicationControllerCondition, "type"),
}

replication.ReplicationController = meta.resource {
  spec = always(replication.ReplicationControllerSpec),
  status = always(replication.ReplicationControllerStatus),
} { complete = defaults.replication_controller }

return schema.named(replication)
