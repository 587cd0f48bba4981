-- SPDX-License-Identifier: MIT
--- The workloads that keep pods running. (apps/v1)
local schema = require "wl.schema"
local defaults = require "wl.api.defaults.workload"
local meta = require "wl.api.meta"
local persistent = require "wl.api.persistent"
local pod = require "wl.api.pod"

local object, list, merged = schema.object, schema.list, schema.merged
local required, always = schema.required, schema.always
local word, str, flag, int32, int64, count, count64 = schema.word, schema.str, schema.flag,
  schema.int32, schema.int64, schema.count, schema.count64
local int_or_string, time = schema.int_or_string, schema.time

-- What a status always counts, also when it is nothing.
local counted = required(int32) { default = 0 }
local TEMPLATE = required(pod.PodTemplateSpec) { default = {} }
local HISTORY = int32 { default = 10 }

local apps = {}

-- What is kept of a rollout in steps: see wl.rollout.record.

apps.RolloutStep = object { call = word, startedAt = time, finishedAt = time, result = schema.any }

apps.RolloutService = object { name = word, revision = word }

apps.RolloutStatus = object {
  strategy = word, revision = word, stable = word, phase = word, message = word, step = count,
  steps = list(apps.RolloutStep), abortedAt = time, full = flag,
  services = list(apps.RolloutService), request = word, progressedAt = time, reached = int32,
}

local AUTO_ROLLBACK = flag { extension = true }
local PROGRESS_DEADLINE = int32 { extension = true }

-- Deployment

apps.RollingUpdateDeployment = object { maxUnavailable = int_or_string, maxSurge = int_or_string }

apps.DeploymentStrategy = object {
  type = word { default = "RollingUpdate", enum = { "Recreate", "RollingUpdate" } },
  rollingUpdate = apps.RollingUpdateDeployment, autoRollback = AUTO_ROLLBACK,
  surgeBeforeDrain = flag { extension = true },
} { complete = defaults.deployment_strategy, policy = { "rollout", "type" } }

apps.DeploymentSpec = object {
  replicas = int32 { default = 1 }, selector = required(meta.LabelSelector), template = TEMPLATE,
  strategy = always(apps.DeploymentStrategy) { retain = true },
  minReadySeconds = count, progressDeadlineSeconds = int32 { default = 600 },
  revisionHistoryLimit = HISTORY, history = meta.History { extension = true }, paused = flag,
}

apps.DeploymentCondition = meta.condition { lastUpdateTime = time }

apps.DeploymentStatus = object {
  replicas = count, updatedReplicas = count, readyReplicas = count, availableReplicas = count,
  unavailableReplicas = count, terminatingReplicas = int32,
  observedGeneration = count64, collisionCount = int32,
  conditions = merged(apps.DeploymentCondition, "type"),
  rollout = apps.RolloutStatus { extension = true },
}

apps.Deployment = meta.resource {
  spec = always(apps.DeploymentSpec), status = always(apps.DeploymentStatus),
}

-- ReplicaSet

apps.ReplicaSetSpec = object {
  replicas = int32 { default = 1 }, selector = required(meta.LabelSelector),
  template = always(pod.PodTemplateSpec), minReadySeconds = count,
}

apps.ReplicaSetCondition = meta.condition()

apps.ReplicaSetStatus = object {
  replicas = counted, fullyLabeledReplicas = count, readyReplicas = count,
  availableReplicas = count, terminatingReplicas = int32, observedGeneration = count64,
  conditions = merged(apps.ReplicaSetCondition, "type"),
}

apps.ReplicaSet = meta.resource {
  spec = always(apps.ReplicaSetSpec), status = always(apps.ReplicaSetStatus),
}

-- StatefulSet

apps.RollingUpdateStatefulSetStrategy = object { partition = int32, maxUnavailable = int_or_string }

apps.StatefulSetUpdateStrategy = object {
  type = word { enum = { "OnDelete", "RollingUpdate" } },
  rollingUpdate = apps.RollingUpdateStatefulSetStrategy,
  autoRollback = AUTO_ROLLBACK, progressDeadlineSeconds = PROGRESS_DEADLINE,
} { complete = defaults.stateful_set_strategy, policy = { "rollout", "type" } }

apps.StatefulSetPersistentVolumeClaimRetentionPolicy = object {
  whenDeleted = word { default = "Retain", enum = { "Delete", "Retain" } },
  whenScaled = word { default = "Retain", enum = { "Delete", "Retain" } },
}

apps.StatefulSetOrdinals = object { start = int32 { default = 0 } }

apps.StatefulSetSpec = object {
  replicas = int32 { default = 1 }, selector = required(meta.LabelSelector), template = TEMPLATE,
  serviceName = str { default = "" },
  volumeClaimTemplates = list(persistent.PersistentVolumeClaim),
  podManagementPolicy = word { default = "OrderedReady", enum = { "OrderedReady", "Parallel" } },
  updateStrategy = always(apps.StatefulSetUpdateStrategy), revisionHistoryLimit = HISTORY,
  minReadySeconds = count, ordinals = apps.StatefulSetOrdinals,
  persistentVolumeClaimRetentionPolicy =
    always(apps.StatefulSetPersistentVolumeClaimRetentionPolicy),
} { complete = defaults.stateful_set_spec }

apps.StatefulSetCondition = meta.condition()

apps.StatefulSetStatus = object {
  replicas = counted, readyReplicas = count, currentReplicas = count, updatedReplicas = count,
  availableReplicas = int32 { default = 0 }, currentRevision = word, updateRevision = word,
  observedGeneration = count64, collisionCount = int32,
  conditions = merged(apps.StatefulSetCondition, "type"),
  rollout = apps.RolloutStatus { extension = true },
}

apps.StatefulSet = meta.resource {
  spec = always(apps.StatefulSetSpec), status = always(apps.StatefulSetStatus),
}

-- DaemonSet

apps.RollingUpdateDaemonSet = object { maxUnavailable = int_or_string, maxSurge = int_or_string }

apps.DaemonSetUpdateStrategy = object {
  type = word { default = "RollingUpdate", enum = { "OnDelete", "RollingUpdate" } },
  rollingUpdate = apps.RollingUpdateDaemonSet,
  autoRollback = AUTO_ROLLBACK, progressDeadlineSeconds = PROGRESS_DEADLINE,
} { complete = defaults.daemon_set_strategy, policy = { "rollout", "type" } }

apps.DaemonSetSpec = object {
  selector = required(meta.LabelSelector), template = TEMPLATE,
  updateStrategy = always(apps.DaemonSetUpdateStrategy),
  minReadySeconds = count, revisionHistoryLimit = HISTORY,
}

apps.DaemonSetCondition = meta.condition()

apps.DaemonSetStatus = object {
  currentNumberScheduled = counted, numberMisscheduled = counted,
  desiredNumberScheduled = counted, numberReady = counted, updatedNumberScheduled = count,
  numberAvailable = count, numberUnavailable = count,
  observedGeneration = count64, collisionCount = int32,
  conditions = merged(apps.DaemonSetCondition, "type"),
  rollout = apps.RolloutStatus { extension = true },
}

apps.DaemonSet = meta.resource {
  spec = always(apps.DaemonSetSpec), status = always(apps.DaemonSetStatus),
}

-- the revisions of StatefulSets and DaemonSets

apps.ControllerRevision = meta.resource {
  data = schema.any, revision = required(int64) { default = 0 },
}

return schema.named(apps)
