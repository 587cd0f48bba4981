-- SPDX-License-Identifier: MIT
--- Workloads of extensions/v1beta1 and apps/v1beta1: what they filled in that
-- apps/v1 does not, or differently.
local reach = require "wl.api.legacy.reach"

local workload = {}

local FOREVER = 2147483647

local function copy(map)
  local result = {}
  for key, x in pairs(map) do result[key] = x end
  return result
end

local function fill(map, fields)
  for name, x in pairs(fields) do
    if reach.is_absent(map, name) then map[name] = x end
  end
end

-- Labels and selector were those of the template when they were not given.
local function labels_from_template(draft)
  local labels = reach.map(draft, "spec", "template", "metadata", "labels")
  if not labels then return end
  if reach.is_absent(draft.spec, "selector") then
    draft.spec.selector = { matchLabels = copy(labels) }
  end
  local metadata = reach.make(draft, "metadata")
  if metadata and reach.is_absent(metadata, "labels") then metadata.labels = copy(labels) end
end

local ROLLBACK_TO = "deprecated.deployment.rollback.revision"

-- What was a field lives on as an annotation.
local function move_rollback(draft)
  local to = reach.map(draft, "spec", "rollbackTo")
  if not to then return end
  draft.spec.rollbackTo = nil
  local annotations = reach.make(draft, "metadata", "annotations")
  if annotations then annotations[ROLLBACK_TO] = tostring(to.revision or 0) end
end

--- Deployment of extensions/v1beta1: one pod at a time, no deadline, all revisions kept.
function workload.deployment_extensions(draft)
  labels_from_template(draft)
  local spec = reach.make(draft, "spec")
  local strategy = spec and reach.make(spec, "strategy")
  if not strategy then return end
  fill(spec, { progressDeadlineSeconds = FOREVER, revisionHistoryLimit = FOREVER })
  fill(strategy, { type = "RollingUpdate" })
  if strategy.type == "RollingUpdate" then
    local rolling = reach.make(strategy, "rollingUpdate")
    if rolling then fill(rolling, { maxUnavailable = 1, maxSurge = 1 }) end
  end
  move_rollback(draft)
end

--- Deployment of apps/v1beta1: two revisions kept.
function workload.deployment_apps_beta1(draft)
  labels_from_template(draft)
  local spec = reach.make(draft, "spec")
  if not spec then return end
  fill(spec, { revisionHistoryLimit = 2 })
  move_rollback(draft)
end

--- ReplicaSet of extensions/v1beta1.
function workload.replica_set_extensions(draft)
  labels_from_template(draft)
end

--- StatefulSet of apps/v1beta1: pods are updated when someone deletes them.
function workload.stateful_set_apps_beta1(draft)
  labels_from_template(draft)
  local strategy = reach.make(draft, "spec", "updateStrategy")
  if strategy then fill(strategy, { type = "OnDelete" }) end
end

local TEMPLATE_GENERATION = "deprecated.daemonset.template.generation"

--- DaemonSet of extensions/v1beta1: pods are updated when someone deletes them;
-- the template's generation stood in the spec.
function workload.daemon_set_extensions(draft)
  labels_from_template(draft)
  local strategy = reach.make(draft, "spec", "updateStrategy")
  if not strategy then return end
  fill(strategy, { type = "OnDelete" })
  local generation = draft.spec.templateGeneration
  if math.type(generation) == "integer" then
    draft.spec.templateGeneration = nil
    local annotations = reach.make(draft, "metadata", "annotations")
    if annotations then annotations[TEMPLATE_GENERATION] = tostring(generation) end
  end
end

return workload
