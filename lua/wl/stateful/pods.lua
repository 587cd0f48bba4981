-- SPDX-License-Identifier: MIT
--- Making, mending and deleting the pods of a StatefulSet, and telling of it.
--
-- Source: pkg/controller/statefulset `StatefulPodControl`, `newStatefulSetPod`.
local claims = require "wl.stateful.claims"
local controller_revision = require "wl.controller_revision"
local pod_template = require "wl.pod_template"
local value = require "wl.value"

local pods = {}

pods.NAME_LABEL = "statefulset.kubernetes.io/pod-name"
pods.INDEX_LABEL = "apps.kubernetes.io/pod-index"

--- The pod of an ordinal.
-- @param set
-- @param template of its revision
-- @tparam table one the member, which is missing
-- @treturn table
function pods.new(set, template, one)
  local pod = pod_template.pod(set, template)
  pod.metadata.generateName, pod.metadata.name = nil, one.name
  local labels = value.table(pod.metadata.labels or {})
  labels[pods.NAME_LABEL] = one.name
  labels[pods.INDEX_LABEL] = ("%d"):format(one.ordinal)
  labels[controller_revision.POD_LABEL] = one.revision
  pod.metadata.labels = labels
  pod.spec = value.update(value.of(template.spec), function(draft)
    draft.hostname = one.name
    draft.subdomain = set.spec.serviceName ~= "" and set.spec.serviceName or nil
    draft.volumes = claims.volumes(set, one.ordinal, template.spec.volumes)
  end)
  return pod
end

-- About a pod, for people: "create Pod web-0 in StatefulSet web successful".
local function tell(ctx, set, verb, name, problem)
  local type, reason, outcome = "Normal", "Successful", "successful"
  if problem then
    type, reason, outcome = "Warning", "Failed", "failed error: " .. problem
  end
  ctx:event(set, type, reason .. verb,
    ("%s Pod %s in StatefulSet %s %s"):format(verb:lower(), name, set.metadata.name, outcome))
end

local function told(ctx, set, verb, name, done, message, code)
  tell(ctx, set, verb, name, not done and message or nil)
  if not done then
    return nil, message, code
  end
  return done
end

--- Create a pod, its claims first.
-- @param set
-- @param template of its revision
-- @tparam table one the member, which is missing
-- @return the pod; false while a claim of the last pod of that name is on its way out; or nil,
--   message, code
function pods.create(ctx, set, template, one)
  local pod = pods.new(set, template, one)
  if claims.are_leftover(ctx, set, pod, one.ordinal) then
    return false
  end
  local ready, message, code = claims.ensure(ctx, set, one)
  if not ready then
    return told(ctx, set, "Create", one.name, nil, message, code)
  end
  local created
  created, message, code = ctx:create(pod)
  if not created and code == "AlreadyExists" then
    return nil, message, code
  end
  if created then
    ready, message, code = claims.retain(ctx, set, created, one.ordinal)
    if not ready then
      return told(ctx, set, "Update", one.name, nil, message, code)
    end
  end
  return told(ctx, set, "Create", one.name, created, message, code)
end

--- Delete a pod; one that is gone already is none the less.
-- @treturn ?boolean true; or nil, message, code
function pods.delete(ctx, set, one)
  local deleted, message, code = ctx:delete(one.pod)
  if not deleted and code == "NotFound" then
    return true
  end
  return told(ctx, set, "Delete", one.name, deleted, message, code)
end

local function is_itself(one)
  return (one.pod.metadata.labels or {})[pods.NAME_LABEL] == one.name
end

--- Give a pod back its identity and its claims, where somebody changed them.
-- @treturn ?boolean true; or nil, message, code
function pods.mend(ctx, set, one)
  local done, message, code = claims.retain(ctx, set, one.pod, one.ordinal)
  local uses_claims = claims.match(set, one.pod, one.ordinal)
  if done and not uses_claims then
    done, message, code = claims.ensure(ctx, set, one)
  end
  if not done then
    return told(ctx, set, "Update", one.name, nil, message, code)
  elseif is_itself(one) and uses_claims then
    return true
  end
  done, message, code = ctx:update(one.pod, function(draft)
    if draft.metadata.labels == nil then draft.metadata.labels = {} end
    draft.metadata.labels[pods.NAME_LABEL] = one.name
    draft.metadata.labels[pods.INDEX_LABEL] = ("%d"):format(one.ordinal)
    if not uses_claims then
      draft.spec.volumes = claims.volumes(set, one.ordinal, one.pod.spec.volumes)
    end
  end)
  return told(ctx, set, "Update", one.name, done, message, code)
end

return pods
