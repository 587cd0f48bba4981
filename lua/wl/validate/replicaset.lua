-- SPDX-License-Identifier: MIT
--- ReplicaSets.
-- (pkg/apis/apps/validation, pkg/registry/apps/replicaset)
local check = require "wl.validate.check"
local labels = require "wl.validate.labels"
local meta = require "wl.validate.meta"
local policies = require "wl.validate.policy"
local template = require "wl.validate.template"

local replicaset = {}

local function whole(errors, spec)
  check.nonnegative_fields(errors, "spec", spec, { "replicas", "minReadySeconds" })
  labels.required_selector(errors, "spec.selector", spec.selector, "deployment")
  local compiled = labels.compile(spec.selector)
  if not compiled then
    return errors:invalid("spec.selector", spec.selector, "invalid label selector")
  end
  local t = spec.template or {}
  labels.template_matches(errors, "spec.template.metadata.labels", compiled,
    t.metadata and t.metadata.labels)
  template.check(errors, "spec.template", t)
  template.runs_always(errors, "spec.template", t, "ReplicaSet")
end

--- A new ReplicaSet.
function replicaset.validate(object, errors)
  meta.create(errors, object)
  policies.deletion_order(errors, object)
  whole(errors, object.spec or {})
end

--- A changed ReplicaSet.
function replicaset.validate_update(new, old, errors)
  meta.create(errors, new)
  meta.update(errors, new, old)
  policies.deletion_order(errors, new, old)
  whole(errors, new.spec or {})
  check.immutable(errors, "spec.selector", (new.spec or {}).selector, (old.spec or {}).selector)
end

local COUNTERS = {
  "replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas",
  "terminatingReplicas", "observedGeneration",
}

--- A changed status.
function replicaset.validate_status(new, old, errors)
  local status = new.status or {}
  meta.update(errors, new, old)
  check.nonnegative_fields(errors, "status", status, COUNTERS)
  for _, counter in ipairs { "fullyLabeledReplicas", "readyReplicas", "availableReplicas" } do
    check.not_above(errors, "status", status, counter, "replicas",
      "cannot be greater than status.replicas")
  end
  check.not_above(errors, "status", status, "availableReplicas", "readyReplicas",
    "cannot be greater than readyReplicas")
end

return replicaset
