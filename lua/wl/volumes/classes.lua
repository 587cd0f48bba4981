-- SPDX-License-Identifier: MIT
--- Storage classes: which one is meant, and what it says of binding.
-- Source: pkg/volume/util/storageclass.go; plugin/pkg/admission/storage/storageclass/setdefault.
local value = require "wl.value"

local classes = {}

local IS_DEFAULT = "storageclass.kubernetes.io/is-default-class"
local STATIC = "kubernetes.io/no-provisioner"

--- The class that each cluster with claims has.
classes.STANDARD = value.of {
  apiVersion = "storage.k8s.io/v1", kind = "StorageClass",
  metadata = { name = "default", annotations = { [IS_DEFAULT] = "true" } },
  provisioner = "wlrun.dev/disk", reclaimPolicy = "Delete",
}

--- The class of claims that name none: of several the newest.
-- @param ctx
-- @return a view, or nil
function classes.default(ctx)
  local newest
  for class in ctx:all("StorageClass"):each() do
    if (class.metadata.annotations or {})[IS_DEFAULT] == "true" then
      newest = class
    end
  end
  return newest
end

--- The class of a claim.
-- @param ctx
-- @param claim
-- @return a view; nil when it is not there, or none is wanted
function classes.of(ctx, claim)
  local name = claim.spec.storageClassName
  if name == nil then
    return classes.default(ctx)
  end
  return name ~= "" and ctx:get("StorageClass", nil, name) or nil
end

--- Are claims of a class bound only when a pod needs them?
-- @param class or nil
function classes.waits(class)
  return class ~= nil and class.volumeBindingMode == "WaitForFirstConsumer"
end

--- Are volumes of a class made when they are needed?
-- @param class or nil
function classes.provisions(class)
  return class ~= nil and class.provisioner ~= STATIC
end

return classes
