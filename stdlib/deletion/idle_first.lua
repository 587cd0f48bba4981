-- SPDX-License-Identifier: MIT
--- IdleFirst: the pods that do least go first.
--
--     metadata:
--       annotations: { wlrun.dev/deletion-order: IdleFirst }
--
-- How much a pod does is an integer in its annotation `wlrun.dev/load`, kept by whoever
-- knows: the program itself, or a controller. One that says nothing is idle.
local deletion_order = require "wl.deletion_order"

return deletion_order "IdleFirst" {
  { "spec.nodeName", first = "absent" },
  { "facet:ready", first = false },
  { "metadata.annotations['wlrun.dev/load']", as = "integer", default = 0, first = "lowest" },
  { "metadata.creationTimestamp", as = "age", first = "youngest" },
  { "metadata.uid", first = "lowest" },
}
