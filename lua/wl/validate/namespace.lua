-- SPDX-License-Identifier: MIT
--- Namespaces.
-- (pkg/apis/core/validation)
local check = require "wl.validate.check"
local meta = require "wl.validate.meta"

local namespace = {}

--- A new Namespace.
function namespace.validate(object, errors)
  meta.create(errors, object, "dns_label", "cluster")
  for _, name in check.each(object.spec and object.spec.finalizers, "") do
    meta.finalizer(errors, "spec.finalizers", name)
  end
end

--- A changed Namespace.
function namespace.validate_update(new, old, errors)
  namespace.validate(new, errors)
  meta.update(errors, new, old)
end

--- A changed status: the phase follows the deletion.
function namespace.validate_status(new, old, errors)
  meta.update(errors, new, old)
  local phase = new.status and new.status.phase
  if new.metadata.deletionTimestamp then
    if phase ~= "Terminating" then
      errors:invalid("status.Phase", phase or "",
        "may only be 'Terminating' if `deletionTimestamp` is not empty")
    end
  elseif phase ~= "Active" then
    errors:invalid("status.Phase", phase or "",
      "may only be 'Active' if `deletionTimestamp` is empty")
  end
end

return namespace
