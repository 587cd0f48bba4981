-- SPDX-License-Identifier: MIT
--- The PersistentVolumeClaims of a StatefulSet's pods.
--
-- Source: pkg/controller/statefulset `stateful_pod_control.go`.
local generated_names = require "wl.generated_names"
local retention = require "wl.stateful.retention"
local value = require "wl.value"

local claims = {}

local KIND = "PersistentVolumeClaim"

-- The selector's labels count before the template's.
local function labels_of(set, template)
  local given, selected = template.metadata.labels, set.spec.selector.matchLabels
  if not given or not selected then
    return given or selected
  end
  local labels = value.table(given)
  for key, text in pairs(selected) do
    labels[key] = text
  end
  return labels
end

local function name_of(set, template, ordinal)
  return generated_names.claim(template.metadata.name, set.metadata.name, ordinal)
end

--- The claims of one pod.
-- @param set
-- @tparam integer ordinal
-- @treturn table array of { volume = name in the pod, claim = name, template }
function claims.of(set, ordinal)
  local found = {}
  for i, template in ipairs(set.spec.volumeClaimTemplates or {}) do
    found[i] = { volume = template.metadata.name, template = template,
      claim = name_of(set, template, ordinal) }
  end
  return found
end

local function each(ctx, set, ordinal)
  local list, i = claims.of(set, ordinal), 0
  return function()
    i = i + 1
    local one = list[i]
    if one then
      return one, (ctx:get(KIND, set.metadata.namespace, one.claim))
    end
  end
end

local function tell(ctx, set, pod_name, claim_name, problem)
  if problem then
    ctx:event(set, "Warning", "FailedCreate",
      ("create Claim %s for Pod %s in StatefulSet %s failed error: %s")
        :format(claim_name, pod_name, set.metadata.name, problem))
  else
    ctx:event(set, "Normal", "SuccessfulCreate",
      ("create Claim %s Pod %s in StatefulSet %s success")
        :format(claim_name, pod_name, set.metadata.name))
  end
end

local function make(ctx, set, pod_name, one)
  local metadata = one.template.metadata
  local created, message, code = ctx:create {
    apiVersion = "v1", kind = KIND,
    metadata = { name = one.claim, namespace = set.metadata.namespace,
      labels = labels_of(set, one.template), annotations = metadata.annotations,
      finalizers = metadata.finalizers },
    spec = one.template.spec,
  }
  if code ~= "AlreadyExists" then
    tell(ctx, set, pod_name, one.claim, not created and message or nil)
  end
  return created, message, code
end

--- Create the claims of a pod that do not exist.
-- @treturn ?boolean true; or nil, message, code: also when one is about to go
function claims.ensure(ctx, set, one_pod)
  local problem, problem_code
  for one, there in each(ctx, set, one_pod.ordinal) do
    if not there then
      local created, message, code = make(ctx, set, one_pod.name, one)
      if not created then
        problem, problem_code = ("failed to create PVC %s: %s"):format(one.claim, message), code
      end
    elseif there.metadata.deletionTimestamp then
      problem, problem_code = ("pvc %s is being deleted"):format(one.claim), "Conflict"
    end
  end
  if problem then
    return nil, problem, problem_code
  end
  return true
end

--- Is a claim of a pod that is to be created still on its way out?
-- @param pod the pod, as it is to be created
-- @treturn boolean
function claims.are_leftover(ctx, set, pod, ordinal)
  for _, there in each(ctx, set, ordinal) do
    if there and retention.is_leftover(there, set, pod) then
      return true
    end
  end
  return false
end

--- Give the claims of a pod the owners that the retention policy wants.
-- @param pod
-- @tparam integer ordinal
-- @treturn ?boolean true; or nil, message, code
function claims.retain(ctx, set, pod, ordinal)
  for _, there in each(ctx, set, ordinal) do
    local references = there and there.metadata.ownerReferences
    if there and not retention.holds(references, set, pod) then
      local owners = retention.owners(references, set, pod)
      local written, message, code = ctx:update(there, function(draft)
        draft.metadata.ownerReferences = #owners > 0 and value.list(owners) or nil
      end)
      if not written then
        return nil, ("could not update claim %s for delete policy ownerRefs: %s")
          :format(there.metadata.name, message), code
      end
    end
  end
  return true
end

--- The volumes of a pod: those of its claims, and the template's others.
-- @param set
-- @tparam integer ordinal
-- @param volumes of the template, or nil
-- @treturn ?table nil when there are none
function claims.volumes(set, ordinal, volumes)
  local result, claimed = {}, {}
  for i, one in ipairs(claims.of(set, ordinal)) do
    result[i] = { name = one.volume, persistentVolumeClaim = { claimName = one.claim } }
    claimed[one.volume] = true
  end
  for _, volume in ipairs(volumes or {}) do
    if not claimed[volume.name] then
      result[#result + 1] = volume
    end
  end
  return #result > 0 and value.list(result) or nil
end

--- Does a pod use its claims?
-- @treturn boolean
function claims.match(set, pod, ordinal)
  local used = {}
  for _, volume in ipairs(pod.spec.volumes or {}) do
    local source = volume.persistentVolumeClaim
    used[volume.name] = source and source.claimName
  end
  for _, one in ipairs(claims.of(set, ordinal)) do
    if used[one.volume] ~= one.claim then
      return false
    end
  end
  return true
end

return claims
