-- SPDX-License-Identifier: MIT
--- Job: which pods a Job deletes first when there are too many.
--
-- As Kubernetes' order for ReplicaSets, but without costs and crowding, and by
-- the very age.
-- Source: pkg/controller `ActivePods`.
local deletion_order = require "wl.deletion_order"

return deletion_order "Job" {
  -- Not on a node yet; then by how far it has come.
  { "spec.nodeName", first = "absent" },
  { "status.phase", first = { "Pending", "Unknown", "Running" } },
  { "facet:ready", first = false },
  -- Ready for a shorter time.
  { "status.conditions[type=Ready].lastTransitionTime", where = "ready", as = "age",
    first = "youngest" },
  -- Restarted more often: its containers, then its sidecars.
  { "max:status.containerStatuses[*].restartCount", first = "highest" },
  { "max:status.initContainerStatuses[*].restartCount",
    only = { "spec.initContainers", restartPolicy = "Always" }, first = "highest" },
  -- Younger.
  { "metadata.creationTimestamp", as = "age", first = "youngest" },
}
