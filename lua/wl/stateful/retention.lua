-- SPDX-License-Identifier: MIT
--- Who owns a StatefulSet's claim, and with whom it goes: the retention policy.
--
-- A claim that is to go with the set is owned by the set; one that is to go
-- because its pod is scaled away is owned by that pod. Somebody else's claim is
-- left alone.
-- Source: pkg/controller/statefulset `updateClaimOwnerRefForSetAndPod`,
-- `isClaimOwnerUpToDate`.
local member = require "wl.stateful.member"
local owner = require "wl.owner"

local retention = {}

local function policy_of(set)
  local policy = set.spec.persistentVolumeClaimRetentionPolicy or {}
  return policy.whenDeleted == "Delete", policy.whenScaled == "Delete"
end

local function group(api_version) return api_version:match "^(.*)/" or "" end

-- A reference means an object by its name; whether it is the same one is for the
-- uid to say.
local function names(reference, object)
  return reference.kind == object.kind and reference.name == object.metadata.name
    and group(reference.apiVersion or "") == group(object.apiVersion)
end

local function any(references, holds)
  for _, reference in ipairs(references) do
    if holds(reference) then
      return true
    end
  end
  return false
end

local function is_by(references, object)
  local uid = object.metadata.uid
  return uid ~= nil
    and any(references, function(reference) return reference.uid == uid end)
end

--- Does a reference name an object that was replaced by another of its name?
-- @param references list
-- @param object
-- @treturn boolean
function retention.is_stale(references, object)
  return any(references, function(reference)
    return names(reference, object) and reference.uid ~= object.metadata.uid
  end)
end

-- Only who would delete anything minds other controllers.
local function has_unexpected_controller(references, set, pod)
  local with_set, with_pod = policy_of(set)
  return (with_set or with_pod) and any(references, function(reference)
    for _, object in ipairs { set, pod } do
      if names(reference, object) then
        return reference.uid ~= object.metadata.uid
      end
    end
    return reference.controller == true
  end)
end

local function has_plain_owner(references, set, pod)
  return any(references, function(reference)
    return (reference.uid == set.metadata.uid or reference.uid == pod.metadata.uid)
      and reference.controller ~= true
  end)
end

-- Should the set own the claim, should the pod?
local function wanted(set, pod)
  local with_set, with_pod = policy_of(set)
  local _, ordinal = member.parse(pod.metadata.name)
  local scaled_away = with_pod and not member.in_range(set, ordinal)
  return with_set and not scaled_away, scaled_away
end

--- Are the owners of a claim as the policy wants them?
-- @param references its ownerReferences, or nil
-- @param set
-- @param pod
-- @treturn boolean also when the claim is nobody's business here
function retention.holds(references, set, pod)
  references = references or {}
  if retention.is_stale(references, set) or retention.is_stale(references, pod) then
    return true
  end
  local by_set, by_pod = is_by(references, set), is_by(references, pod)
  if has_unexpected_controller(references, set, pod) then
    return not by_set and not by_pod
  elseif has_plain_owner(references, set, pod) then
    return false
  end
  local set_wanted, pod_wanted = wanted(set, pod)
  return by_set == set_wanted and by_pod == pod_wanted
end

--- The owners of a claim as the policy wants them. Those of others stay.
-- @param references its ownerReferences, or nil
-- @param set
-- @param pod
-- @treturn table array
function retention.owners(references, set, pod)
  local kept = {}
  for _, reference in ipairs(references or {}) do
    if not names(reference, set) and not names(reference, pod) then
      kept[#kept + 1] = reference
    end
  end
  if has_unexpected_controller(references or {}, set, pod) then
    return kept
  end
  local set_wanted, pod_wanted = wanted(set, pod)
  if set_wanted then
    kept[#kept + 1] = owner.reference(set)
  elseif pod_wanted then
    kept[#kept + 1] = owner.reference(pod)
  end
  return kept
end

--- May a claim of that name belong to a pod that is gone, or be about to go? One
-- that is kept for the next pod never.
-- @param claim
-- @param set
-- @param pod that is to be created
-- @treturn boolean
function retention.is_leftover(claim, set, pod)
  local _, with_pod = policy_of(set)
  return with_pod and (claim.metadata.deletionTimestamp ~= nil
    or retention.is_stale(claim.metadata.ownerReferences or {}, pod))
end

return retention
