-- SPDX-License-Identifier: MIT
--- What the cases of deployment_traces.json say about what is left, read off
-- objects: the same for a run without a cluster and for one with.
local pod_template = require "wl.pod_template"
local revision = require "wl.revision"
local value = require "wl.value"

local deployment_case = {}

local BOOKKEEPING = {
  [revision.NUMBER] = true, [revision.HISTORY] = true, [revision.DESIRED] = true,
  [revision.MAX] = true,
}

--- A JSON merge patch on plain tables.
function deployment_case.merge(target, patch)
  if not value.is_map(patch) then
    return value.table(patch)
  end
  local result = value.is_map(target) and target or {}
  for key, x in pairs(patch) do
    if x == value.null then
      result[key] = nil
    elseif type(x) == "table" then
      result[key] = deployment_case.merge(result[key], x)
    else
      result[key] = x
    end
  end
  return result
end

local function other_annotations(object)
  local found = {}
  for key, text in pairs(object.metadata.annotations or {}) do
    if not BOOKKEEPING[key] then
      found[key] = text
    end
  end
  return found
end

local function hash_label(object)
  local function of(labels) return (labels or {})[pod_template.HASH] end
  local text = of(object.metadata.labels)
  if not text then
    return "absent"
  end
  local suffix = object.metadata.name:match "%-([^-]*)$"
  local same = text == of(object.spec.selector.matchLabels)
    and text == of(object.spec.template.metadata.labels) and text == suffix
  return same and "same" or "other"
end

local function labels_without_hash(object)
  local labels = value.table(object.metadata.labels or {})
  labels[pod_template.HASH] = nil
  return labels
end

--- The image of an object's template.
function deployment_case.image(object)
  local container = (object.spec.template.spec.containers or {})[1]
  return container and container.image
end

--- A ReplicaSet as the cases describe it.
-- @param object
-- @tparam table wanted what the case says: some things are told only sometimes
-- @tparam string name that the case knows it by
-- @tparam boolean owned
function deployment_case.describe_set(object, wanted, name, owned)
  local annotations = object.metadata.annotations or {}
  local others = other_annotations(object)
  local min_ready = object.spec.minReadySeconds or 0
  return {
    name = name,
    image = deployment_case.image(object),
    replicas = object.spec.replicas,
    desired = annotations[revision.DESIRED],
    max = annotations[revision.MAX],
    revision = annotations[revision.NUMBER],
    history = annotations[revision.HISTORY],
    annotations = next(others) and others or wanted.annotations and {} or nil,
    owned = owned,
    minReadySeconds = min_ready ~= 0 and min_ready or nil,
    hashLabel = wanted.hashLabel and hash_label(object),
    labels = labels_without_hash(object),
    selectorExpressions = object.spec.selector.matchExpressions
      and value.table(object.spec.selector.matchExpressions),
    nameLength = wanted.nameLength and #object.metadata.name,
  }
end

--- A Deployment as the cases describe it. Conditions are a map by type; the
-- cases list them in that order.
function deployment_case.describe_deployment(object, wanted)
  local status = value.table(object.status or {})
  for i, condition in ipairs(status.conditions or {}) do
    status.conditions[i] = { type = condition.type, status = condition.status,
      reason = condition.reason }
  end
  if status.conditions then
    table.sort(status.conditions, function(a, b) return a.type < b.type end)
  end
  return {
    revision = (object.metadata.annotations or {})[revision.NUMBER],
    annotations = other_annotations(object),
    status = status,
    paused = object.spec.paused or nil,
    templateImage = wanted.templateImage and deployment_case.image(object),
  }
end

return deployment_case
