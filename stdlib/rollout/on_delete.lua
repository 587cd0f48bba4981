-- SPDX-License-Identifier: MIT
--- OnDelete: a pod becomes new when somebody deletes the old one, and not before.
--
-- For StatefulSets and DaemonSets, which make a pod anew in its place; there it is
-- Kubernetes' own strategy, and the kinds do the same without asking this one. A
-- ReplicaSet of old pods makes old pods, so Deployments cannot have it.
-- Source: pkg/controller/statefulset, pkg/controller/daemon.
local strategy = require "wl.strategy"

return strategy "OnDelete" {
  kinds = { "StatefulSet", "DaemonSet" },
  plan = function() return {} end,
}
