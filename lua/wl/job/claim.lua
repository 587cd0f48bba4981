-- SPDX-License-Identifier: MIT
--- Which pods belong to a Job: adopt those that match and have no controller,
-- with the finalizer that tracks them; release its own that match no more,
-- without it.
--
-- Pods that a Job finds by its own uid are its own from the start; only a Job
-- whose selector was chosen by hand has to look.
-- Source: pkg/controller `PodControllerRefManager`, job_controller.go `getPodsForJob`.
local names = require "wl.job.names"
local owner = require "wl.owner"
local selector = require "wl.selector"
local value = require "wl.value"

local claim = {}

claim.CONTROLLER = names.CONTROLLER

local function adopted(ctx, job, pod)
  local made, message, code = ctx:update(pod, function(draft)
    local metadata = draft.metadata
    metadata.ownerReferences = metadata.ownerReferences or value.list {}
    table.insert(metadata.ownerReferences, owner.reference(job))
    if not names.is_tracked(pod) then
      metadata.finalizers = metadata.finalizers or value.list {}
      table.insert(metadata.finalizers, names.TRACKING)
    end
  end)
  if made or code == "NotFound" then return true end
  return nil, message, code
end

local function without(list, unwanted)
  local kept = value.list {}
  for _, one in ipairs(list or {}) do
    if not unwanted(one) then kept[#kept + 1] = one end
  end
  return #kept > 0 and kept or nil
end

local function released(ctx, job, pod)
  local made, message, code = ctx:update(pod, function(draft)
    draft.metadata.ownerReferences = without(pod.metadata.ownerReferences, function(reference)
      return reference.uid == job.metadata.uid
    end)
    draft.metadata.finalizers = without(pod.metadata.finalizers, function(finalizer)
      return finalizer == names.TRACKING
    end)
  end)
  if made or code == "NotFound" then return true end
  return nil, message, code
end

local function each(ctx, job, set, wanted, act)
  local found = {}
  for pod in set:each() do
    if wanted(pod) then found[#found + 1] = pod end
  end
  for _, pod in ipairs(found) do
    local done, message, code = act(ctx, job, pod)
    if not done then return nil, message, code end
  end
  return true
end

--- Bring what a Job owns in line with its selector.
-- @param ctx
-- @param job
-- @treturn ?boolean true; or nil, message, code
function claim.sync(ctx, job)
  if not job.spec.manualSelector or job.metadata.deletionTimestamp then return true end
  local label_selector = job.spec.selector or {}
  local matches, namespace = selector.from(label_selector), job.metadata.namespace
  local owned, alone = ctx:owned(job, "Pod"), ctx:orphans("Pod", namespace, label_selector)
  if #owned + #alone ~= #ctx:matching("Pod", namespace, label_selector) then
    local done, message, code = each(ctx, job, owned, function(pod)
      return not matches:matches(pod.metadata.labels or {})
    end, released)
    if not done then return nil, message, code end
  end
  return each(ctx, job, alone, function(pod)
    return pod.metadata.deletionTimestamp == nil
  end, adopted)
end

return claim
