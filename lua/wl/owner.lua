-- SPDX-License-Identifier: MIT
--- Owner references.
--
-- Source: k8s.io/apimachinery `metav1.NewControllerRef`, `GetControllerOf`.
local owner = {}

--- The reference that makes `object` the controller of what carries it.
-- @param object with apiVersion, kind, metadata.name and metadata.uid
-- @treturn table
function owner.reference(object)
  return {
    apiVersion = object.apiVersion,
    kind = object.kind,
    name = object.metadata.name,
    uid = object.metadata.uid,
    controller = true,
    blockOwnerDeletion = true,
  }
end

--- The reference to an object's controller.
-- @param object
-- @return the owner reference, or nil: an orphan
function owner.controller(object)
  for _, reference in ipairs(object.metadata.ownerReferences or {}) do
    if reference.controller == true then
      return reference
    end
  end
end

--- Is `object` controlled by `controller`? A uid decides, never a name.
-- @treturn boolean
function owner.controls(controller, object)
  local reference = owner.controller(object)
  return reference ~= nil and reference.uid == controller.metadata.uid
end

return owner
