-- SPDX-License-Identifier: MIT
--- A pod waits for its claims, and goes where their volumes can be reached. Claims
-- that are bound only when their first pod has a node are no obstacle where a
-- volume can be made for them; else there must be one within reach.
-- Source: kube-scheduler plugin VolumeBinding.
local claims = require "wl.volumes.claims"
local fitting = require "wl.volumes.fitting"
local value = require "wl.value"

local CONFLICT = "node(s) didn't match PersistentVolume's node affinity"
local NONE_FREE = "node(s) didn't find available persistent volumes to bind"

local function reads(pod)
  return claims.has_any(pod) and { "spec.volumes", "metadata.namespace" } or {}
end

-- What of a pod's claims makes a difference: claims that are bound to volumes
-- within reach of all nodes make none.
local function sees(pod, nodes)
  local seen = value.list {}
  for _, one in ipairs(claims.of(nodes.ctx, pod)) do
    if one.trouble or one.waits then
      seen[#seen + 1] = one.trouble or one.claim.metadata.uid
    elseif one.volume.spec.nodeAffinity then
      seen[#seen + 1] = one.volume.spec.nodeAffinity
    end
  end
  return value.of(seen)
end

-- The volumes that are promised to pods which have been placed, until the claims
-- are bound.
local function promises_of(nodes)
  nodes.promised = nodes.promised or {}
  return nodes.promised
end

-- A volume of its own for each claim that waits; nil and why there is none.
local function choose(nodes, needs, node)
  local taken, chosen = setmetatable({}, { __index = promises_of(nodes) }), {}
  for _, one in ipairs(needs) do
    if one.volume and not fitting.reaches(one.volume, node) then
      return nil, CONFLICT
    end
    local volume = one.waits
      and fitting.find(nodes.ctx, one.claim, one.claim.spec.storageClassName or "", node, taken)
    if one.waits and not volume then
      return nil, NONE_FREE
    elseif volume then
      taken[volume.metadata.uid], chosen[#chosen + 1] = true, volume.metadata.uid
    end
  end
  return chosen
end

local function prepare(pod, nodes)
  local needs = {}
  for _, one in ipairs(claims.of(nodes.ctx, pod)) do
    if one.trouble then
      return { never = one.trouble }
    elseif one.waits or one.volume and one.volume.spec.nodeAffinity then
      needs[#needs + 1] = one
    end
  end
  if #needs == 0 then
    return nil
  end
  return {
    check = function(node)
      local chosen, reason = choose(nodes, needs, node.object)
      if not chosen then
        return reason, true
      end
    end,
    placed = function(node)
      for _, uid in ipairs(choose(nodes, needs, node.object) or {}) do
        promises_of(nodes)[uid] = true
      end
    end,
    fleeting = true,
  }
end

return { name = "VolumeBinding", changes = "node", reads = reads, sees = sees, prepare = prepare }
