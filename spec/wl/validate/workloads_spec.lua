-- SPDX-License-Identifier: MIT
-- What the kinds that keep pods running may say, and what may change. A case: what
-- it is about, YAML, what is said against it. (pkg/apis/apps/validation)
local refusals = require "spec.support.refusals"

local TEMPLATE = "template: { metadata: { labels: { a: b } }, spec: { containers: [{ name: c, "
  .. "image: i }] } }"
local SELECTOR = "selector: { matchLabels: { a: b } }"

local function spec(fields) return ("spec: { %s, %s, %s }"):format(fields, SELECTOR, TEMPLATE) end

-- What every one of them has in common.
local function common(head, kind)
  refusals.created(head, {
    { "a good one", spec "minReadySeconds: 0" },
    { "no spec", "spec: { " .. TEMPLATE .. " }", "spec.selector required",
      "spec.template.metadata.labels invalid" },
    { "a selector of other pods", "spec: { selector: { matchLabels: { a: c } }, " .. TEMPLATE
        .. " }", "spec.template.metadata.labels invalid" },
    { "a selector of all pods", "spec: { selector: {}, " .. TEMPLATE .. " }",
      "spec.selector invalid" },
    { "seconds", spec "minReadySeconds: -1", "spec.minReadySeconds invalid" },
    { "pods that end", "spec: { " .. SELECTOR .. ", template: { metadata: { labels: { a: b } }, "
        .. "spec: { restartPolicy: Never, activeDeadlineSeconds: 5, containers: [{ name: c, "
        .. "image: i }] } } }", "spec.template.spec.restartPolicy unsupported",
      "spec.template.spec.activeDeadlineSeconds forbidden" },
    { "no containers", "spec: { " .. SELECTOR .. ", template: { metadata: { labels: { a: b } } } }",
      "spec.template.spec.containers required" },
    { "labels of the template", "spec: { " .. SELECTOR .. ", template: { metadata: { labels: { "
        .. "a: b, 'c d': e } }, spec: { containers: [{ name: c, image: i }] } } }",
      "spec.template.labels invalid" },
  })
  refusals.changed(head .. "\n" .. spec "minReadySeconds: 0", {
    { "its pods", "spec: { template: { spec: { priorityClassName: x } } }" },
    { "its name", "metadata: { name: other }", "metadata.name invalid" },
    { "its selector", "spec: { selector: { matchLabels: { a: b, c: d } }, template: { metadata: { "
        .. "labels: { c: d } } } }", kind == "StatefulSet" and "spec forbidden"
        or "spec.selector invalid" },
  })
end

describe("a StatefulSet:", function()
  local HEAD = "apiVersion: apps/v1\nkind: StatefulSet"
  local CLAIM = "{ metadata: { name: data }, spec: { accessModes: [ReadWriteOnce], resources: { "
    .. "requests: { storage: 1Gi } } } }"
  common(HEAD, "StatefulSet")
  refusals.created(HEAD, {
    { "numbers", spec("replicas: -1, ordinals: { start: -1 }"), "spec.replicas invalid",
      "spec.ordinals.start invalid" },
    { "words", spec("podManagementPolicy: X, updateStrategy: { type: Z }"),
      "spec.podManagementPolicy invalid", "spec.updateStrategy invalid" },
    { "how much at a time", spec("updateStrategy: { type: RollingUpdate, rollingUpdate: { "
        .. "partition: -1, maxUnavailable: 0 } }"),
      "spec.updateStrategy.rollingUpdate.partition invalid",
      "spec.updateStrategy.rollingUpdate.maxUnavailable invalid" },
    { "more than all", spec("updateStrategy: { type: RollingUpdate, rollingUpdate: { "
        .. "maxUnavailable: 101% } }"),
      "spec.updateStrategy.rollingUpdate.maxUnavailable invalid" },
    { "no update, and how much at a time",
      spec("updateStrategy: { type: OnDelete, rollingUpdate: { partition: 1 } }"),
      "spec.updateStrategy.rollingUpdate invalid" },
    { "what becomes of claims", spec("persistentVolumeClaimRetentionPolicy: { whenDeleted: X, "
        .. "whenScaled: Z }"),
      "spec.persistentVolumeClaimRetentionPolicy.whenDeleted unsupported",
      "spec.persistentVolumeClaimRetentionPolicy.whenScaled unsupported" },
    { "its service's name", spec "serviceName: A_b", "spec.serviceName invalid" },
    { "a name with a dot", "metadata: { name: a.b }\n" .. spec "replicas: 1",
      "metadata.name invalid" },
    { "claims", spec("volumeClaimTemplates: [{ metadata: { name: data }, spec: {} }]"),
      "spec.volumeClaimTemplates[0].spec.accessModes required",
      "spec.volumeClaimTemplates[0].spec.resources[storage] required" },
    { "volumes that come from its claims", "spec: { " .. SELECTOR .. ", volumeClaimTemplates: ["
        .. CLAIM .. "], template: { metadata: { labels: { a: b } }, spec: { containers: [{ "
        .. "name: c, image: i, volumeMounts: [{ name: data, mountPath: /d }, { name: other, "
        .. "mountPath: /o }] }] } } }",
      "spec.template.spec.containers[0].volumeMounts[1].name not found" },
  })
  local STORED = spec("serviceName: s, volumeClaimTemplates: [" .. CLAIM .. "]")
  refusals.changed(HEAD .. "\n" .. STORED, {
    { "what may change", "spec: { replicas: 3, ordinals: { start: 2 }, updateStrategy: { type: "
        .. "OnDelete, rollingUpdate: null }, revisionHistoryLimit: 3, minReadySeconds: 4, "
        .. "persistentVolumeClaimRetentionPolicy: { whenDeleted: Delete } }" },
    { "its service", "spec: { serviceName: other }", "spec forbidden" },
    { "the order of its pods", "spec: { podManagementPolicy: Parallel }", "spec forbidden" },
    { "its claims", "spec: { volumeClaimTemplates: [] }", "spec forbidden" },
    { "numbers", "spec: { replicas: -1 }", "spec.replicas invalid" },
  })
  refusals.reported(HEAD .. "\n" .. spec "replicas: 1" .. "\nstatus: { replicas: 1, "
      .. "collisionCount: 2 }", {
    { "more than there are", "status: { replicas: 1, readyReplicas: 2, currentReplicas: 2, "
        .. "updatedReplicas: 2, availableReplicas: 3 }",
      "status.readyReplicas invalid", "status.currentReplicas invalid",
      "status.updatedReplicas invalid", "status.availableReplicas invalid" },
    { "below zero", "status: { readyReplicas: -1, observedGeneration: -1, availableReplicas: -1 }",
      "status.readyReplicas invalid", "status.observedGeneration invalid",
      "status.availableReplicas invalid" },
    { "fewer collisions", "status: { collisionCount: 1 }", "status.collisionCount invalid" },
  })
end)

describe("a DaemonSet:", function()
  local HEAD = "apiVersion: apps/v1\nkind: DaemonSet"
  local function update(fields) return spec("updateStrategy: { " .. fields .. " }") end
  refusals.created(HEAD, {
    { "a selector of other pods", "spec: { selector: { matchLabels: { a: c } }, " .. TEMPLATE
        .. " }", "spec.template.metadata.labels invalid" },
    { "a selector of all pods", "spec: { selector: {}, " .. TEMPLATE .. " }",
      "spec.selector invalid" },
    { "numbers", spec "minReadySeconds: -1, revisionHistoryLimit: -1",
      "spec.minReadySeconds invalid", "spec.revisionHistoryLimit invalid" },
    { "a strategy", update "type: X", "spec.updateStrategy unsupported" },
    { "nothing at a time", update "rollingUpdate: { maxUnavailable: 0, maxSurge: 0 }",
      "spec.updateStrategy.rollingUpdate.maxUnavailable required" },
    { "both ways", update "rollingUpdate: { maxUnavailable: 1, maxSurge: 1 }",
      "spec.updateStrategy.rollingUpdate.maxSurge invalid" },
    { "one way", update "rollingUpdate: { maxUnavailable: 0, maxSurge: 1 }" },
    { "more than all", update "rollingUpdate: { maxUnavailable: 101% }",
      "spec.updateStrategy.rollingUpdate.maxUnavailable invalid" },
    { "no number", update "rollingUpdate: { maxUnavailable: x }",
      "spec.updateStrategy.rollingUpdate.maxUnavailable invalid",
      "spec.updateStrategy.rollingUpdate.maxUnavailable required" },
    { "pods that end", "spec: { " .. SELECTOR .. ", template: { metadata: { labels: { a: b } }, "
        .. "spec: { restartPolicy: OnFailure, activeDeadlineSeconds: 5, containers: [{ name: c, "
        .. "image: i }] } } }", "spec.template.spec.restartPolicy unsupported",
      "spec.template.spec.activeDeadlineSeconds forbidden" },
  })
  refusals.changed(HEAD .. "\n" .. spec "minReadySeconds: 0", {
    { "its selector", "spec: { selector: { matchLabels: { a: b, c: d } }, template: { metadata: { "
        .. "labels: { c: d } } } }", "spec.selector invalid" },
    { "its strategy", "spec: { updateStrategy: { type: OnDelete } }" },
  })
  local COLLIDED = "\nstatus: { collisionCount: 1 }"
  refusals.reported(HEAD .. "\n" .. spec "minReadySeconds: 0" .. COLLIDED, {
    { "below zero", "status: { currentNumberScheduled: -1, numberMisscheduled: -1, "
        .. "desiredNumberScheduled: -1, numberReady: -1, observedGeneration: -1, "
        .. "updatedNumberScheduled: -1, numberAvailable: -1, numberUnavailable: -1 }",
      "status.currentNumberScheduled invalid", "status.numberMisscheduled invalid",
      "status.desiredNumberScheduled invalid", "status.numberReady invalid",
      "status.observedGeneration invalid", "status.updatedNumberScheduled invalid",
      "status.numberAvailable invalid", "status.numberUnavailable invalid" },
    { "no collisions", "status: { collisionCount: null }", "status.collisionCount invalid" },
  })
end)

describe("a Deployment:", function()
  local HEAD = "apiVersion: apps/v1\nkind: Deployment"
  common(HEAD)
  refusals.created(HEAD, {
    { "numbers", spec "replicas: -1, revisionHistoryLimit: -1, progressDeadlineSeconds: -1",
      "spec.replicas invalid", "spec.revisionHistoryLimit invalid",
      "spec.progressDeadlineSeconds invalid" },
    { "a deadline before pods are available",
      spec "minReadySeconds: 10, progressDeadlineSeconds: 10",
      "spec.progressDeadlineSeconds invalid" },
    { "a strategy", spec "strategy: { type: X }", "spec.strategy unsupported" },
    { "nothing at a time", spec "strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0% } }",
      "spec.strategy.rollingUpdate.maxUnavailable invalid" },
    { "all at once, and how much",
      spec "strategy: { type: Recreate, rollingUpdate: { maxSurge: 1 } }",
      "spec.strategy.rollingUpdate forbidden" },
    { "more than all", spec "strategy: { rollingUpdate: { maxSurge: 200%, maxUnavailable: 101% } }",
      "spec.strategy.rollingUpdate.maxUnavailable invalid" },
    { "no numbers", spec "strategy: { rollingUpdate: { maxSurge: x, maxUnavailable: -1 } }",
      "spec.strategy.rollingUpdate.maxSurge invalid",
      "spec.strategy.rollingUpdate.maxUnavailable invalid" },
  })
  refusals.reported(HEAD .. "\n" .. spec "replicas: 1" .. "\nstatus: { replicas: 1 }", {
    { "more than there are", "status: { updatedReplicas: 2, readyReplicas: 2, "
        .. "availableReplicas: 3 }", "status.updatedReplicas invalid",
      "status.readyReplicas invalid", "status.availableReplicas invalid" },
  })
end)

describe("a ReplicaSet:", function()
  local HEAD = "apiVersion: apps/v1\nkind: ReplicaSet"
  common(HEAD)
  refusals.created(HEAD, {
    { "numbers", spec "replicas: -1", "spec.replicas invalid" },
    { "a name", "metadata: { name: a_b }\n" .. spec "replicas: 1", "metadata.name invalid" },
  })
  refusals.reported(HEAD .. "\n" .. spec "replicas: 1" .. "\nstatus: { replicas: 1 }", {
    { "more than there are", "status: { fullyLabeledReplicas: 2, readyReplicas: 2, "
        .. "availableReplicas: 3 }", "status.fullyLabeledReplicas invalid",
      "status.readyReplicas invalid", "status.availableReplicas invalid" },
  })
end)

describe("a ReplicationController:", function()
  local HEAD = "apiVersion: v1\nkind: ReplicationController"
  local RC = "spec: { selector: { a: %s }, replicas: 2, " .. TEMPLATE .. " }"
  refusals.created(HEAD, {
    { "a good one", "spec: { " .. TEMPLATE .. " }" },
    { "a selector of other pods", RC:format "c", "spec.template.metadata.labels invalid" },
    { "nothing to make", "spec: { selector: { a: b } }", "spec.template required" },
    { "nothing to select", "spec: { replicas: 0 }", "spec.selector required",
      "spec.template required" },
    { "nothing to select by", "spec: { template: { spec: { containers: [] } } }",
      "spec.selector required" },
    { "numbers", "spec: { replicas: -1, minReadySeconds: -1, " .. TEMPLATE .. " }",
      "spec.replicas invalid", "spec.minReadySeconds invalid" },
    { "pods that end", "spec: { template: { metadata: { labels: { a: b } }, spec: { "
        .. "restartPolicy: Never, activeDeadlineSeconds: 1, containers: [{ name: c, image: i }] } "
        .. "} }", "spec.template.spec.restartPolicy unsupported",
      "spec.template.spec.activeDeadlineSeconds forbidden" },
  })
  refusals.changed(HEAD .. "\n" .. RC:format "b", {
    { "its selector", "spec: { selector: { a: b, c: d }, template: { metadata: { labels: { c: d } "
        .. "} } }" },
    { "numbers", "spec: { replicas: -1 }", "spec.replicas invalid" },
  })
end)
