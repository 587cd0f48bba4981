-- SPDX-License-Identifier: MIT
--- Scatter: of the groups that pods belong to the largest loses first, so that groups
-- stay equally large.
--
--     metadata:
--       annotations: { wlrun.dev/deletion-order: Scatter }
--     spec:
--       template:
--         metadata: { labels: { wlrun.dev/group: ... } }
--
-- A group is all pods with the same label `wlrun.dev/group`: to scatter by another label
-- copy this file and write that.
local deletion_order = require "wl.deletion_order"

return deletion_order "Scatter" {
  { "spec.nodeName", first = "absent" },
  { "facet:ready", first = false },
  { "count:metadata.labels['wlrun.dev/group']", where = "active", first = "highest",
    recount = true },
  { "metadata.creationTimestamp", as = "age", first = "youngest" },
  { "metadata.uid", first = "lowest" },
}
