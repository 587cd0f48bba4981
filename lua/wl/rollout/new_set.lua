-- SPDX-License-Identifier: MIT
--- The ReplicaSet of a Deployment's current template: noticing and making it.
--
-- Its name is the Deployment's and a hash of the template, so that making it
-- twice makes one. A name that is taken by something else is stepped out of by
-- counting collisions in the status.
-- Source: pkg/controller/deployment `getNewReplicaSet`.
local conditions = require "wl.conditions"
local generated_names = require "wl.generated_names"
local hash = require "wl.hash"
local namespaces = require "wl.namespaces"
local owner = require "wl.owner"
local pod_template = require "wl.pod_template"
local revision = require "wl.revision"
local sets = require "wl.rollout.sets"
local status = require "wl.rollout.status"
local value = require "wl.value"

local new_set = {}

local function next_revision(run)
  local objects = {}
  for i, set in ipairs(run.old) do
    objects[i] = set.object
  end
  return (revision.highest(objects)) + 1
end

local function with_progress(run, state, reason, text)
  local condition = status.condition("Progressing", state, reason,
    text:format(run.new and run.new.name), run.ctx:timestamp())
  return conditions.set(run:conditions(), condition)
end

-- The revision is bookkeeping and goes with the status: it is no change of what
-- the user wants.
local function note(run, number, list)
  local annotations = run.deployment.metadata.annotations or {}
  if annotations[revision.NUMBER] == number and not list then
    return true
  end
  return run:write_status(function(draft, object)
    if list then
      draft.conditions = list
    end
    if number then
      object.metadata.annotations = pod_template.with_label(annotations, revision.NUMBER, number)
    end
  end)
end

-- ---- a set that is there ----

local function keep_up(run)
  local object = run.new.object
  local annotations = revision.annotations(object.metadata.annotations,
    run.deployment.metadata.annotations, next_revision(run))
  local min_ready = run.deployment.spec.minReadySeconds or 0
  if value.equal(annotations, object.metadata.annotations or {})
    and (object.spec.minReadySeconds or 0) == min_ready then
    return true
  end
  return run:update(run.new, function(draft)
    draft.metadata.annotations = annotations
    draft.spec.minReadySeconds = min_ready
  end)
end

local function record(run)
  local list
  if status.has_deadline(run.deployment)
    and not conditions.find(run:conditions(), "Progressing") then
    list = with_progress(run, "True", "FoundNewReplicaSet", "Found new replica set %q")
  end
  return note(run, (run.new.object.metadata.annotations or {})[revision.NUMBER], list)
end

--- Bring the new set, where there is one, up to date with what the Deployment
-- says besides its template, and the Deployment with the set's revision.
-- @tparam table run
-- @treturn ?boolean true; or nil, message, code
function new_set.follow(run)
  if not run.new then
    return true
  end
  return run:perform(keep_up, record)
end

-- ---- a set that is to be made ----

local function labeled_template(template, sum)
  local metadata = {}
  for field, x in pairs(template.metadata or {}) do
    metadata[field] = x
  end
  metadata.labels = pod_template.with_label(metadata.labels, pod_template.HASH, sum)
  return { metadata = metadata, spec = template.spec }
end

local function replica_set(run, size)
  local deployment = run.deployment
  local spec = deployment.spec
  local sum = hash.template(spec.template, (deployment.status or {}).collisionCount)
  local template = labeled_template(spec.template, sum)
  local annotations = revision.annotations(nil, deployment.metadata.annotations,
    next_revision(run))
  return {
    apiVersion = "apps/v1",
    kind = "ReplicaSet",
    metadata = {
      name = generated_names.replica_set(deployment.metadata.name, sum),
      namespace = deployment.metadata.namespace,
      labels = template.metadata.labels,
      annotations = revision.sized(annotations, run.replicas, run.replicas + run.surge),
      ownerReferences = { owner.reference(deployment) },
    },
    spec = {
      replicas = size,
      minReadySeconds = spec.minReadySeconds,
      selector = {
        matchLabels = pod_template.with_label(spec.selector.matchLabels, pod_template.HASH, sum),
        matchExpressions = spec.selector.matchExpressions,
      },
      template = template,
    },
  }
end

-- By our own set after all, or by something else.
local function name_taken(run, object, message, code)
  local there = run.ctx:get("ReplicaSet", object.metadata.namespace, object.metadata.name)
  if there and owner.controls(run.deployment, there)
    and pod_template.equal(there.spec.template, run.deployment.spec.template) then
    run.new = sets.read(there)
    return note(run, object.metadata.annotations[revision.NUMBER])
  end
  run:write_status(function(draft) draft.collisionCount = (draft.collisionCount or 0) + 1 end)
  return nil, message, code
end

local function refused(run, object, message, code)
  local text = ("Failed to create new replica set %q: %s"):format(object.metadata.name, message)
  if status.has_deadline(run.deployment) then
    local condition = status.condition("Progressing", "False", "ReplicaSetCreateError", text,
      run.ctx:timestamp())
    run:write_status(function(draft)
      draft.conditions = conditions.set(run:conditions(), condition)
    end)
  end
  run.ctx:event(run.deployment, "Warning", "ReplicaSetCreateError", text)
  return nil, message, code
end

--- Make the new set.
-- @tparam table run
-- @tparam integer size
-- @treturn ?boolean true; or nil, message, code
function new_set.create(run, size)
  local object = replica_set(run, size)
  local created, message, code = run.ctx:create(object)
  if not created then
    if code == "AlreadyExists" then
      return name_taken(run, object, message, code)
    elseif namespaces.is_terminating(run.ctx, object.metadata.namespace) then
      return nil, message, code
    end
    return refused(run, object, message, code)
  end
  run.new = sets.read(created)
  if size > 0 then
    run.ctx:event(run.deployment, "Normal", "ScalingReplicaSet",
      ("Scaled up replica set %s from 0 to %d"):format(run.new.name, size))
  end
  local list = status.has_deadline(run.deployment)
    and with_progress(run, "True", "NewReplicaSetCreated", "Created new replica set %q")
  return note(run, object.metadata.annotations[revision.NUMBER], list)
end

return new_set
