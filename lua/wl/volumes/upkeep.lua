-- SPDX-License-Identifier: MIT
--- What becomes of volumes and claims when the other side goes: phases, giving back,
-- and the finalizers that keep what is in use.
-- Source: pkg/controller/volume/persistentvolume `syncVolume`; pvcprotection, pvprotection.
local value = require "wl.value"

local upkeep = {}

local KEEPS = { PersistentVolumeClaim = "kubernetes.io/pvc-protection",
                PersistentVolume = "kubernetes.io/pv-protection" }

local function each(set, act)
  for object in set:batch():each() do
    act(object)
  end
end

-- ---- finalizers ----

local function keep(kind, draft)
  local finalizer = KEEPS[kind.name]
  if not finalizer or draft.apiVersion ~= "v1" then
    return true
  end
  local list = draft.metadata.finalizers or value.list {}
  for _, one in ipairs(list) do
    if one == finalizer then
      return true
    end
  end
  list[#list + 1] = finalizer
  draft.metadata.finalizers = list
  return true
end

--- An admission rule: claims and volumes are kept while in use. See wl.admission_rules.
upkeep.admission = {
  admit = keep,
  changes = function(kind) return KEEPS[kind.name] ~= nil end,
}

local function let_go(ctx, object)
  local kept, found = value.list {}, false
  for _, one in ipairs(object.metadata.finalizers or {}) do
    if one == KEEPS[object.kind] then
      found = true
    else
      kept[#kept + 1] = one
    end
  end
  if found then
    ctx:update(object, function(draft)
      draft.metadata.finalizers = #kept > 0 and kept or nil
    end)
  end
end

--- Let claims go that no pod uses, and volumes that no claim has.
-- @param ctx
-- @param users see wl.volumes.users
function upkeep.let_go(ctx, users)
  each(ctx:where("PersistentVolumeClaim", "going"), function(claim)
    local user = users:of(claim)
    if not user or not user.node then
      let_go(ctx, claim)
    end
  end)
  each(ctx:where("PersistentVolume", "going"), function(volume)
    if volume.status.phase ~= "Bound" then
      let_go(ctx, volume)
    end
  end)
end

-- ---- phases ----

-- A volume whose claim is gone.
local function reclaim(ctx, volume)
  local released = ctx:update_status(volume, function(draft) draft.phase = "Released" end)
  if released and volume.spec.persistentVolumeReclaimPolicy == "Delete" then
    ctx:delete(released)
  end
end

local function lose(ctx, claim)
  ctx:update_status(claim, function(draft) draft.phase = "Lost" end)
  ctx:event(claim, "Warning", "ClaimLost",
    "Bound claim has lost its PersistentVolume. Data on the volume is lost!")
end

--- Look at those that have lost the other side.
-- @param ctx
function upkeep.part(ctx)
  each(ctx:where("PersistentVolume", "held"), function(volume)
    if not ctx:by_uid(volume.spec.claimRef.uid) then
      reclaim(ctx, volume)
    end
  end)
  each(ctx:where("PersistentVolumeClaim", "bound"), function(claim)
    if not ctx:get("PersistentVolume", nil, claim.spec.volumeName) then
      lose(ctx, claim)
    end
  end)
end

--- Volumes that no claim has are available; released ones are deleted, if they are to be.
-- @param ctx
function upkeep.offer(ctx)
  each(ctx:where("PersistentVolume", "unheld"), function(volume)
    ctx:update_status(volume, function(draft) draft.phase = "Available" end)
  end)
  each(ctx:where("PersistentVolume", "discarded"), function(volume) ctx:delete(volume) end)
end

return upkeep
