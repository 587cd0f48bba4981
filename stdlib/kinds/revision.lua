-- SPDX-License-Identifier: MIT
--- ControllerRevision: a template that a StatefulSet or DaemonSet has had.
local apps = require "wl.api.apps"
local kind = require "wl.kind"
local legacy = require "wl.api.legacy"
local meta = require "wl.validate.meta"
local prepare = require "wl.api.prepare"
local value = require "wl.value"

local function check_revision(object, errors)
  if object.data == nil then errors:required("data", "data is mandatory") end
  if object.revision < 0 then
    errors:invalid("revision", object.revision, "must be greater than or equal to 0")
  end
end

local function validate(object, errors)
  meta.create(errors, object)
  check_revision(object, errors)
end

-- What a revision holds is history: it does not change.
local function validate_update(new, old, errors)
  meta.update(errors, new, old)
  check_revision(new, errors)
  if not value.equal(new.data, old.data) then
    errors:invalid("data", new.data, "field is immutable")
  end
end

return kind "ControllerRevision" {
  api = "apps/v1",
  schema = apps.ControllerRevision,
  legacy = legacy.ControllerRevision,
  validate = validate,
  validate_update = validate_update,
  preparation = prepare.standard(apps.ControllerRevision, { generation = false }),
}
