-- SPDX-License-Identifier: MIT
--- How the kinds that keep pods running are described.
-- Source: k8s.io/kubectl/pkg/describe describeDeployment and others.
local cells = require "wl.columns.cells"
local parts = require "wl.describe.parts"
local template = require "wl.describe.template"
local time = require "wl.time"
local value = require "wl.value"

local workload = {}

local function owned_by(list, owner)
  local found = {}
  for _, object in ipairs(list) do
    for _, reference in ipairs(object.metadata.ownerReferences or {}) do
      if reference.controller and reference.uid == owner.metadata.uid then
        found[#found + 1] = object
      end
    end
  end
  return found
end

local WORDS = { "Running", "Waiting", "Succeeded", "Failed" }

--- How many pods of an owner are in each phase, on a line.
function workload.pods_status(w, object, ctx)
  local count = { Running = 0, Pending = 0, Succeeded = 0, Failed = 0 }
  local pods = ctx:list("Pod", { namespace = object.metadata.namespace })
  for _, pod in ipairs(owned_by(pods, object)) do
    local phase = pod.metadata.deletionTimestamp and "" or pod.status and pod.status.phase or ""
    count[phase] = (count[phase] or 0) + 1
  end
  count.Waiting = count.Pending
  local texts = {}
  for i, word in ipairs(WORDS) do
    texts[i] = ("%d %s"):format(count[word], word)
  end
  w:line(0, "Pods Status:\t" .. table.concat(texts, " / "))
end

local function write_created(w, object)
  w:line(0, "CreationTimestamp:\t" .. parts.moment(object.metadata.creationTimestamp))
end

-- ---- Deployment ----

local HASH_LABEL = "pod-template-hash"

-- The template as it was before the controller put its label on it.
local function bare_template(object)
  local copy = value.table(object.spec.template)
  local labels = copy.metadata and copy.metadata.labels
  if labels then
    labels[HASH_LABEL] = nil
  end
  return value.of(copy)
end

local function by_age(a, b)
  local ta = time.parse(a.metadata.creationTimestamp or "") or 0
  local tb = time.parse(b.metadata.creationTimestamp or "") or 0
  if ta ~= tb then
    return ta < tb
  end
  return a.metadata.name < b.metadata.name
end

-- The ReplicaSet of the current template, and all others, oldest first.
local function replica_sets(object, ctx)
  local sets = owned_by(ctx:list("ReplicaSet", { namespace = object.metadata.namespace }), object)
  table.sort(sets, by_age)
  local wanted, new, old = bare_template(object), nil, {}
  for _, set in ipairs(sets) do
    if not new and value.equal(bare_template(set), wanted) then
      new = set
    else
      old[#old + 1] = set
    end
  end
  return new, old
end

local function set_text(set)
  return ("%s (%d/%d replicas created)"):format(set.metadata.name,
    set.status and set.status.replicas or 0, set.spec.replicas or 0)
end

local function write_sets(w, object, ctx)
  local new, old = replica_sets(object, ctx)
  local texts = {}
  for i, set in ipairs(old) do
    texts[i] = set_text(set)
  end
  w:line(0, "OldReplicaSets:\t" .. (#texts > 0 and table.concat(texts, ", ") or "<none>"))
  w:line(0, "NewReplicaSet:\t" .. (new and set_text(new) or "<none>"))
end

local function write_strategy(w, spec)
  local strategy = spec.strategy or {}
  w:line(0, "StrategyType:\t" .. (strategy.type or ""))
  w:line(0, ("MinReadySeconds:\t%d"):format(spec.minReadySeconds or 0))
  local rolling = strategy.rollingUpdate
  if rolling then
    w:line(0, ("RollingUpdateStrategy:\t%s max unavailable, %s max surge"):format(
      tostring(rolling.maxUnavailable), tostring(rolling.maxSurge)))
  end
end

--- Describe a Deployment.
function workload.Deployment(w, object, ctx)
  local spec, status = object.spec, object.status or {}
  parts.name(w, object)
  write_created(w, object)
  parts.labels_and_annotations(w, object)
  w:line(0, "Selector:\t" .. cells.selector(spec.selector))
  w:line(0, ("Replicas:\t%d desired | %d updated | %d total | %d available | %d unavailable")
    :format(spec.replicas or 0, status.updatedReplicas or 0, status.replicas or 0,
      status.availableReplicas or 0, status.unavailableReplicas or 0))
  write_strategy(w, spec)
  template.write(w, spec.template)
  parts.conditions(w, status.conditions, { "reason" })
  write_sets(w, object, ctx)
  parts.events(w, object, ctx)
end

-- ---- ReplicaSet, ReplicationController ----

local function write_replicas(w, object, ctx)
  w:line(0, ("Replicas:\t%d current / %d desired"):format(
    object.status and object.status.replicas or 0, object.spec.replicas or 0))
  workload.pods_status(w, object, ctx)
  template.write(w, object.spec.template)
  parts.conditions(w, object.status and object.status.conditions, { "reason" })
  parts.events(w, object, ctx)
end

--- Describe a ReplicaSet.
function workload.ReplicaSet(w, object, ctx)
  parts.name(w, object)
  w:line(0, "Selector:\t" .. cells.selector(object.spec.selector))
  parts.labels_and_annotations(w, object)
  parts.controlled_by(w, object)
  write_replicas(w, object, ctx)
end

--- Describe a ReplicationController.
function workload.ReplicationController(w, object, ctx)
  parts.name(w, object)
  w:line(0, "Selector:\t" .. cells.labels(object.spec.selector))
  parts.labels_and_annotations(w, object)
  write_replicas(w, object, ctx)
end

-- ---- StatefulSet ----

local function write_claims(w, claims)
  if #(claims or {}) == 0 then
    w:line(0, "Volume Claims:\t<none>")
    return
  end
  w:line(0, "Volume Claims:")
  for _, claim in ipairs(claims) do
    local spec = claim.spec or {}
    local requests = spec.resources and spec.resources.requests or {}
    w:line(1, "Name:\t" .. claim.metadata.name)
    w:line(1, "StorageClass:\t" .. (spec.storageClassName or ""))
    parts.labels(w, "  Labels", claim.metadata.labels)
    parts.annotations(w, "  Annotations", claim.metadata.annotations)
    w:line(1, "Capacity:\t" .. (requests.storage and parts.quantity(requests.storage)
      or "<default>"))
    w:line(1, "Access Modes:\t" .. parts.bracketed(spec.accessModes))
  end
end

--- Describe a StatefulSet.
function workload.StatefulSet(w, object, ctx)
  local spec, status = object.spec, object.status or {}
  parts.name(w, object)
  write_created(w, object)
  w:line(0, "Selector:\t" .. cells.selector(spec.selector))
  parts.labels_and_annotations(w, object)
  w:line(0, ("Replicas:\t%d desired | %d total"):format(spec.replicas or 0, status.replicas or 0))
  local strategy = spec.updateStrategy or {}
  w:line(0, "Update Strategy:\t" .. (strategy.type or ""))
  if strategy.rollingUpdate and strategy.rollingUpdate.partition then
    w:line(1, ("Partition:\t%d"):format(strategy.rollingUpdate.partition))
  end
  workload.pods_status(w, object, ctx)
  template.write(w, spec.template)
  write_claims(w, spec.volumeClaimTemplates)
  parts.events(w, object, ctx)
end

-- ---- DaemonSet ----

--- Describe a DaemonSet.
function workload.DaemonSet(w, object, ctx)
  local spec, status = object.spec, object.status or {}
  w:line(0, "Name:\t" .. object.metadata.name)
  w:line(0, "Selector:\t" .. cells.selector(spec.selector))
  w:line(0, "Node-Selector:\t" .. cells.labels((spec.template.spec or {}).nodeSelector))
  parts.labels_and_annotations(w, object)
  for _, line in ipairs {
    { "Desired Number of Nodes Scheduled", status.desiredNumberScheduled },
    { "Current Number of Nodes Scheduled", status.currentNumberScheduled },
    { "Number of Nodes Scheduled with Up-to-date Pods", status.updatedNumberScheduled },
    { "Number of Nodes Scheduled with Available Pods", status.numberAvailable },
    { "Number of Nodes Misscheduled", status.numberMisscheduled },
  } do
    w:line(0, ("%s: %d"):format(line[1], line[2] or 0))
  end
  workload.pods_status(w, object, ctx)
  template.write(w, spec.template)
  parts.events(w, object, ctx)
end

return workload
