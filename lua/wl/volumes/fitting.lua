-- SPDX-License-Identifier: MIT
--- Which volumes will do for a claim.
-- Source: k8s.io/component-helpers/storage/volume `FindMatchingVolume`.
local node_match = require "wl.node_match"
local quantity = require "wl.quantity"
local selector = require "wl.selector"

local fitting = {}

local function size_of(text) return quantity.parse(text or "0") end

--- What a claim asks for.
-- @treturn ?string a quantity
function fitting.requested(claim) return (claim.spec.resources.requests or {}).storage end

local function includes(list, wanted)
  for _, one in ipairs(list or {}) do
    if one == wanted then
      return true
    end
  end
  return false
end

--- Is a volume free for a claim, or promised to it?
function fitting.is_meant_for(volume, claim)
  local reference = volume.spec.claimRef
  return reference == nil or reference.name == claim.metadata.name
    and reference.namespace == claim.metadata.namespace
    and (reference.uid == nil or reference.uid == claim.metadata.uid)
end

--- Can a volume be reached from a node?
-- @param volume
-- @param node the object
function fitting.reaches(volume, node)
  local required = volume.spec.nodeAffinity and volume.spec.nodeAffinity.required
  return not required
    or node_match.terms(required.nodeSelectorTerms):matches(node)
end

local function fits(volume, claim, class_name)
  local spec = volume.spec
  if (spec.storageClassName or "") ~= class_name or not fitting.is_meant_for(volume, claim)
    or (spec.volumeMode or "Filesystem") ~= (claim.spec.volumeMode or "Filesystem") then
    return false
  end
  for _, mode in ipairs(claim.spec.accessModes or {}) do
    if not includes(spec.accessModes, mode) then
      return false
    end
  end
  return not claim.spec.selector
    or selector.from(claim.spec.selector):matches(volume.metadata.labels or {})
end

--- The volume for a claim: one that is promised to it, else the smallest that is
-- large enough.
-- @param ctx
-- @param claim
-- @tparam string class_name
-- @param node object from which it must be reached; nil: any
-- @tparam ?table taken uids of volumes that others are about to get
-- @return a view, or nil
function fitting.find(ctx, claim, class_name, node, taken)
  local wanted, best, best_size = size_of(fitting.requested(claim)), nil, nil
  for volume in ctx:where("PersistentVolume", "unclaimed"):each() do
    local size = size_of((volume.spec.capacity or {}).storage)
    local promised = volume.spec.claimRef ~= nil
    if size >= wanted and fits(volume, claim, class_name)
      and (promised or not best or size < best_size)
      and (not node or fitting.reaches(volume, node))
      and not (taken and taken[volume.metadata.uid]) then
      best, best_size = volume, size
      if promised then
        return best
      end
    end
  end
  return best
end

return fitting
