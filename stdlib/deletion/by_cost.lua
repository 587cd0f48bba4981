-- SPDX-License-Identifier: MIT
--- ByCost: what its user says is cheapest goes first, whatever else is the matter with it.
--
--     metadata:
--       annotations: { wlrun.dev/deletion-order: ByCost }
--
-- Kubernetes looks at `controller.kubernetes.io/pod-deletion-cost` only among pods that
-- are ready alike; here an expensive pod stays while a cheap one is there, also where it
-- is just starting.
local deletion_order = require "wl.deletion_order"

return deletion_order "ByCost" {
  { "metadata.annotations['controller.kubernetes.io/pod-deletion-cost']", as = "integer",
    default = 0, first = "lowest" },
  { "spec.nodeName", first = "absent" },
  { "facet:ready", first = false },
  { "metadata.creationTimestamp", as = "age", first = "youngest" },
  { "metadata.uid", first = "lowest" },
}
