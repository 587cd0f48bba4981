-- SPDX-License-Identifier: MIT
--- Which pods belong to a Job: adopt those that match and have no controller,
-- with the finalizer that tracks them; release its own that match no more,
-- without it.
--
-- A Job whose selector was chosen by hand has to look for pods; any other has its
-- pods' label with its own uid, by which they are found when they have lost their
-- owner, or it.
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

local function release(ctx, job, owned)
  local matches = selector.from(job.spec.selector or {})
  return each(ctx, job, owned, function(pod)
    return not matches:matches(pod.metadata.labels or {})
  end, released)
end

--- Bring what a Job owns in line with its selector.
-- @param ctx
-- @param job
-- @param owned the live set of its pods
-- @treturn ?boolean true; or nil, message, code
function claim.sync(ctx, job, owned)
  if job.metadata.deletionTimestamp then return true end
  if not job.spec.manualSelector then
    return owned:count "ofNoJob" == 0 or release(ctx, job, owned)
  end
  local label_selector, namespace = job.spec.selector or {}, job.metadata.namespace
  local alone = ctx:orphans("Pod", namespace, label_selector)
  if #owned + #alone ~= #ctx:matching("Pod", namespace, label_selector) then
    local done, message, code = release(ctx, job, owned)
    if not done then return nil, message, code end
  end
  return each(ctx, job, alone, function(pod)
    return pod.metadata.deletionTimestamp == nil
  end, adopted)
end

-- The living Job that a pod without owner names by its label.
local function job_of(ctx, pod)
  local job = ctx:by_uid(pod.metadata.labels[names.UID_LABEL])
  local lives = job and job.kind == "Job" and not job.metadata.deletionTimestamp
  if lives and job.metadata.namespace == pod.metadata.namespace and not job.spec.manualSelector
    and (job.spec.managedBy or names.CONTROLLER) == names.CONTROLLER
    and selector.from(job.spec.selector or {}):matches(pod.metadata.labels) then
    return job
  end
end

--- Have Jobs take back their pods that have lost their owner.
-- @param ctx of the Job controller
function claim.watch(ctx)
  local before
  ctx.cluster.controllers:add_component {
    name = "job-controller",
    wake = function(own) return { own:where("Pod", "adrift") } end,
    run = function(own)
      local adrift = own:where("Pod", "adrift"):batch()
      local new = before and adrift:without(before) or adrift
      before = adrift
      for pod in new:each() do
        local job = job_of(own, pod)
        if job then
          local done, message, code = adopted(own, job, pod)
          if not done then
            before = nil
            return nil, message, code
          end
        end
      end
    end,
  }
end

return claim
