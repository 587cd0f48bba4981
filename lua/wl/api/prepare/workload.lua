-- SPDX-License-Identifier: MIT
--- What is particular to Deployments and DaemonSets when they are written.
-- Source: pkg/registry/apps/deployment, pkg/registry/apps/daemonset.
local apps = require "wl.api.apps"
local prepare = require "wl.api.prepare"
local value = require "wl.value"

local workload = {}

local SPEC = { "spec" }

--- A Deployment's generation moves with its annotations too: they are copied to
-- its ReplicaSets. Its status update leaves the labels alone.
workload.deployment = prepare.standard(apps.Deployment, {
  generation = function(new, old)
    return prepare.differs(new, old, SPEC)
      or not value.equal(new.metadata.annotations or {}, old.metadata.annotations or {})
  end,
  status = function(draft, old) draft.metadata.labels = old.metadata.labels end,
})

local TEMPLATE_GENERATION = "deprecated.daemonset.template.generation"

local function template_generation(object)
  local annotations = object.metadata.annotations
  return math.tointeger(tonumber(annotations and annotations[TEMPLATE_GENERATION])) or 0
end

local function set_template_generation(draft, n)
  if draft.metadata.annotations == nil then draft.metadata.annotations = {} end
  draft.metadata.annotations[TEMPLATE_GENERATION] = ("%d"):format(n)
end

--- A DaemonSet counts the changes of its template in an annotation.
workload.daemon_set = prepare.standard(apps.DaemonSet, {
  create = function(draft)
    set_template_generation(draft, math.max(1, template_generation(draft)))
  end,
  update = function(draft, old)
    local same = value.equal(draft.spec.template, old.spec.template)
    set_template_generation(draft, template_generation(old) + (same and 0 or 1))
  end,
})

return workload
