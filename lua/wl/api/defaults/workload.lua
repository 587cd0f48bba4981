-- SPDX-License-Identifier: MIT
--- Defaults of the workloads that depend on other fields.
-- Source: pkg/apis/apps/v1/defaults.go, pkg/apis/core/v1/defaults.go.
local is_empty = require "wl.schema.empty"

local workload = {}

-- Set the fields of draft.rollingUpdate that are not given, making it if need be.
local function rolling(draft, fields)
  if draft.rollingUpdate == nil then draft.rollingUpdate = {} end
  local given = draft.rollingUpdate
  for name, x in pairs(fields) do
    if given[name] == nil then given[name] = x end
  end
end

--- Complete a Deployment's strategy.
-- @param draft
function workload.deployment_strategy(draft)
  if draft.type == "RollingUpdate" then
    rolling(draft, { maxUnavailable = "25%", maxSurge = "25%" })
  end
end

--- Complete a DaemonSet's strategy.
-- @param draft
function workload.daemon_set_strategy(draft)
  if draft.type == "RollingUpdate" then rolling(draft, { maxUnavailable = 1, maxSurge = 0 }) end
end

--- Complete a StatefulSet's strategy. One that names RollingUpdate and says no more
-- keeps no partition.
-- @param draft
function workload.stateful_set_strategy(draft)
  if draft.type == nil or draft.type == "" then
    draft.type = "RollingUpdate"
    rolling(draft, { partition = 0 })
  elseif draft.type == "RollingUpdate" and draft.rollingUpdate ~= nil then
    rolling(draft, { partition = 0 })
  end
end

--- Complete a StatefulSet: its claim templates are whole objects.
-- @param draft
function workload.stateful_set_spec(draft)
  local claims = draft.volumeClaimTemplates or {}
  for i = 1, #claims do
    claims[i].apiVersion, claims[i].kind = "v1", "PersistentVolumeClaim"
  end
end

local function copy(labels)
  local result = {}
  for key, x in pairs(labels) do result[key] = x end
  return result
end

--- Give an object the labels of its pod template when it has none.
-- @param draft
-- @param template
function workload.labels_of_template(draft, template)
  local labels = template and template.metadata and template.metadata.labels
  if labels and is_empty(draft.metadata.labels) then draft.metadata.labels = copy(labels) end
end

--- Complete a ReplicationController: labels and selector are those of its template.
-- @param draft
function workload.replication_controller(draft)
  local template = draft.spec.template
  local labels = template and template.metadata and template.metadata.labels
  if labels and is_empty(draft.spec.selector) then draft.spec.selector = copy(labels) end
  workload.labels_of_template(draft, template)
end

return workload
