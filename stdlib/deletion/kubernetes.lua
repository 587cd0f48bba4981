-- SPDX-License-Identifier: MIT
--- Kubernetes: which pods a ReplicaSet deletes first when there are too many.
--
-- The pods that are missed least go first. Ages are compared by powers of two,
-- so that a rollout does not always hit the youngest; pods of one such age
-- class go in the order of their uids, which is as good as chance.
-- Source: pkg/controller `ActivePodsWithRanks`.
local deletion_order = require "wl.deletion_order"

local COST = "metadata.annotations['controller.kubernetes.io/pod-deletion-cost']"

return deletion_order "Kubernetes" {
  -- Not on a node yet; then by how far it has come.
  { "spec.nodeName", first = "absent" },
  { "status.phase", first = { "Pending", "Unknown", "Running" } },
  { "facet:ready", first = false },
  -- What the user says.
  { COST, as = "integer", default = 0, first = "lowest" },
  -- The fuller node first: how many pods of the same Deployment run there.
  { "count:spec.nodeName", where = "assigned", first = "highest" },
  -- Ready for a shorter time.
  { "status.conditions[type=Ready].lastTransitionTime", where = "ready",
    as = "age", scale = "log2", first = "youngest", tie = "metadata.uid" },
  -- Restarted more often: its containers, then its sidecars.
  { "max:status.containerStatuses[*].restartCount", first = "highest" },
  { "max:status.initContainerStatuses[*].restartCount",
    only = { "spec.initContainers", restartPolicy = "Always" }, first = "highest" },
  -- Younger.
  { "metadata.creationTimestamp", as = "age", scale = "log2", first = "youngest",
    tie = "metadata.uid" },
}
