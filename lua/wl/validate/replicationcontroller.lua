-- SPDX-License-Identifier: MIT
--- ReplicationControllers: ReplicaSets with a simpler selector.
-- (pkg/apis/core/validation, pkg/registry/core/replicationcontroller)
local check = require "wl.validate.check"
local labels = require "wl.validate.labels"
local meta = require "wl.validate.meta"
local policies = require "wl.validate.policy"
local replicaset = require "wl.validate.replicaset"
local template = require "wl.validate.template"

local controller = {}

local function whole(errors, spec)
  local t = spec.template
  check.nonnegative_fields(errors, "spec", spec, { "minReadySeconds", "replicas" })
  if labels.is_empty_selector { matchLabels = spec.selector } then
    errors:required("spec.selector")
  end
  if not t then return errors:required("spec.template") end
  local map = t.metadata and t.metadata.labels
  if labels.is_empty_selector { matchLabels = spec.selector } then return end
  if not labels.has_all(map, spec.selector) then
    errors:invalid("spec.template.metadata.labels", map,
      "`selector` does not match template `labels`")
  end
  template.check(errors, "spec.template", t)
  template.runs_always(errors, "spec.template", t, "ReplicationController")
end

--- A new ReplicationController.
function controller.validate(object, errors)
  meta.create(errors, object)
  policies.deletion_order(errors, object)
  whole(errors, object.spec or {})
end

--- A changed ReplicationController.
function controller.validate_update(new, old, errors)
  meta.create(errors, new)
  meta.update(errors, new, old)
  policies.deletion_order(errors, new, old)
  whole(errors, new.spec or {})
end

--- A changed status.
controller.validate_status = replicaset.validate_status

return controller
