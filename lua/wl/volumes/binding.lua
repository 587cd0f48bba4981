-- SPDX-License-Identifier: MIT
--- Binding a claim, in steps of one write each: the volume knows its claim, is
-- Bound; the claim knows its volume, is Bound. Stopped in between it goes on.
-- Source: pkg/controller/volume/persistentvolume `syncUnboundClaim`, `bind`.
local classes = require "wl.volumes.classes"
local fitting = require "wl.volumes.fitting"

local binding = {}

local PROVISIONED_BY = "pv.kubernetes.io/provisioned-by"
local BY_CONTROLLER = "pv.kubernetes.io/bound-by-controller"
local COMPLETED = "pv.kubernetes.io/bind-completed"
local SELECTED_NODE = "volume.kubernetes.io/selected-node"
local PROVISIONER = "volume.kubernetes.io/storage-provisioner"

local function annotate(draft, key, text)
  if draft.metadata.annotations == nil then
    draft.metadata.annotations = {}
  end
  draft.metadata.annotations[key] = text
end

local function reference_to(claim)
  local metadata = claim.metadata
  return { apiVersion = "v1", kind = "PersistentVolumeClaim", name = metadata.name,
    namespace = metadata.namespace, uid = metadata.uid }
end

-- ---- volumes that are made ----

local function provision(ctx, claim, class)
  local name = "pvc-" .. claim.metadata.uid
  local made, message = ctx:create {
    apiVersion = "v1", kind = "PersistentVolume",
    metadata = { name = name, annotations = { [PROVISIONED_BY] = class.provisioner } },
    spec = {
      capacity = { storage = fitting.requested(claim) }, accessModes = claim.spec.accessModes,
      volumeMode = claim.spec.volumeMode, storageClassName = class.metadata.name,
      persistentVolumeReclaimPolicy = class.reclaimPolicy, mountOptions = class.mountOptions,
      hostPath = { path = "/var/lib/wlrun/" .. name }, claimRef = reference_to(claim),
    },
  }
  if made then
    ctx:event(claim, "Normal", "ProvisioningSucceeded", "Successfully provisioned volume " .. name)
  else
    ctx:event(claim, "Warning", "ProvisioningFailed", message)
  end
  return made
end

-- ---- which volume ----

local function tell_missing(ctx, claim, class_name)
  if class_name ~= "" then
    ctx:event(claim, "Warning", "ProvisioningFailed",
      ("storageclass.storage.k8s.io %q not found"):format(class_name))
  else
    ctx:event(claim, "Normal", "FailedBinding", "no persistent volumes available for this claim "
      .. "and no storage class is set")
  end
end

local function tell_waiting(ctx, claim, pod_name)
  if pod_name then
    ctx:event(claim, "Normal", "WaitForPodScheduled",
      ("waiting for pod %s to be scheduled"):format(pod_name))
  else
    ctx:event(claim, "Normal", "WaitForFirstConsumer",
      "waiting for first consumer to be created before binding")
  end
end

-- One that was found, or made, before and is not bound to the end yet.
local function begun(ctx, claim)
  return ctx:on_node(claim.metadata.uid, "PersistentVolume"):first()
end

local function named(ctx, claim)
  local volume = ctx:get("PersistentVolume", nil, claim.spec.volumeName)
  return volume and fitting.is_meant_for(volume, claim) and volume or nil
end

-- Where the first pod is that needs it: a node; or nil, and the pod's name.
local function consumer(ctx, claim, users)
  local chosen = (claim.metadata.annotations or {})[SELECTED_NODE]
  local user = users:of(claim)
  local name = chosen or user and user.node
  return name and ctx:get("Node", nil, name), user and user.name
end

local function look_for(ctx, claim, users)
  if claim.spec.volumeName then
    return named(ctx, claim)
  end
  local class, node = classes.of(ctx, claim), nil
  local class_name = class and class.metadata.name or claim.spec.storageClassName or ""
  local volume = begun(ctx, claim)
  if not volume and classes.waits(class) then
    local pod_name
    node, pod_name = consumer(ctx, claim, users)
    if not node then
      return tell_waiting(ctx, claim, pod_name)
    end
  end
  volume = volume or fitting.find(ctx, claim, class_name, node)
  if volume then
    return volume, node
  elseif classes.provisions(class) then
    return provision(ctx, claim, class), node, class.provisioner
  elseif not class then
    tell_missing(ctx, claim, class_name)
  end
end

-- ---- the steps ----

local function take(ctx, volume, claim)
  local reference = volume.spec.claimRef
  if reference and reference.uid == claim.metadata.uid then
    return volume
  end
  return ctx:update(volume, function(draft)
    if reference == nil then
      annotate(draft, BY_CONTROLLER, "yes")
    end
    draft.spec.claimRef = reference_to(claim)
  end)
end

local function complete(ctx, claim, volume, node, provisioner)
  return ctx:update(claim, function(draft)
    if draft.spec.volumeName == nil then
      annotate(draft, BY_CONTROLLER, "yes")
    end
    annotate(draft, COMPLETED, "yes")
    if provisioner then
      annotate(draft, PROVISIONER, provisioner)
    end
    if node then
      annotate(draft, SELECTED_NODE, node.metadata.name)
    end
    draft.spec.volumeName = volume.metadata.name
  end)
end

--- Bind a claim, if there is or can be a volume for it.
-- @param ctx
-- @param claim that is not bound
-- @param users see wl.volumes.users
function binding.bind(ctx, claim, users)
  local volume, node, provisioner = look_for(ctx, claim, users)
  provisioner = provisioner
    or volume and (volume.metadata.annotations or {})[PROVISIONED_BY]
  volume = volume and take(ctx, volume, claim)
  volume = volume and ctx:update_status(volume, function(draft) draft.phase = "Bound" end)
  local completed = volume and complete(ctx, claim, volume, node, provisioner)
  if completed then
    ctx:update_status(completed, { phase = "Bound", accessModes = volume.spec.accessModes,
      capacity = volume.spec.capacity })
  end
end

return binding
