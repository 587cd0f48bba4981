-- SPDX-License-Identifier: MIT
--- The claims of a pod, as its scheduler sees them.
-- Source: kube-scheduler plugin VolumeBinding `PreFilter`, `Binder.GetPodVolumeClaims`.
local classes = require "wl.volumes.classes"

local claims = {}

--- Does a pod use any?
function claims.has_any(pod)
  for _, volume in ipairs(pod.spec.volumes or {}) do
    if volume.persistentVolumeClaim then
      return true
    end
  end
  return false
end

-- Where the kind is not known yet there is no claim.
local function find(ctx, namespace, name)
  local kind = ctx.server:kind "PersistentVolumeClaim"
  return ctx.server.numbers[kind] and (ctx:get(kind, namespace, name)) or nil
end

local function of_bound(ctx, claim, name)
  local volume = ctx:get("PersistentVolume", nil, claim.spec.volumeName)
  if volume then
    return { claim = claim, volume = volume }
  end
  return { trouble = ("persistentvolumeclaim %q bound to non-existent persistentvolume %q")
    :format(name, claim.spec.volumeName) }
end

local function judge(ctx, claim, name)
  if not claim then
    return { trouble = ("persistentvolumeclaim %q not found"):format(name) }
  elseif claim.metadata.deletionTimestamp then
    return { trouble = ("persistentvolumeclaim %q is being deleted"):format(name) }
  elseif claim.spec.volumeName and claim.status.phase ~= "Pending" then
    return of_bound(ctx, claim, name)
  end
  local class = classes.of(ctx, claim)
  if not classes.waits(class) then
    return { trouble = "pod has unbound immediate PersistentVolumeClaims" }
  end
  return not classes.provisions(class) and { claim = claim, waits = true } or nil
end

--- The claims of a pod that its place depends on.
-- @param ctx
-- @param pod
-- @treturn {table,...} `trouble`: why it cannot be placed at all; else `claim`, and
--   `volume` or, where one has to be found on the way, `waits`
function claims.of(ctx, pod)
  local list = {}
  for _, volume in ipairs(pod.spec.volumes or {}) do
    local source = volume.persistentVolumeClaim
    if source then
      local claim = find(ctx, pod.metadata.namespace, source.claimName)
      list[#list + 1] = judge(ctx, claim, source.claimName)
    end
  end
  return list
end

return claims
