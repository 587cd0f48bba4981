-- SPDX-License-Identifier: MIT
--- ControllerRevisions: a template as it was once.
-- (pkg/apis/apps/validation)
local check = require "wl.validate.check"
local meta = require "wl.validate.meta"

local revision = {}

--- A new ControllerRevision.
function revision.validate(object, errors)
  meta.create(errors, object)
  if object.data == nil then errors:required("data", "data is mandatory") end
  check.nonnegative(errors, "revision", object.revision)
end

--- A changed ControllerRevision: its data stays.
function revision.validate_update(new, old, errors)
  meta.update(errors, new, old)
  revision.validate(new, errors)
  check.immutable(errors, "data", new.data, old.data)
end

return revision
