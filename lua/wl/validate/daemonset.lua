-- SPDX-License-Identifier: MIT
--- DaemonSets.
-- (pkg/apis/apps/validation, pkg/registry/apps/daemonset)
local check = require "wl.validate.check"
local labels = require "wl.validate.labels"
local meta = require "wl.validate.meta"
local policies = require "wl.validate.policy"
local template = require "wl.validate.template"

local daemonset = {}

local function rolling_update(errors, path, budget)
  local unavailable, surge = path .. ".maxUnavailable", path .. ".maxSurge"
  for _, rule in ipairs { check.int_or_percent, check.at_most_100_percent } do
    rule(errors, unavailable, budget.maxUnavailable)
    rule(errors, surge, budget.maxSurge)
  end
  local has_unavailable = check.amount(budget.maxUnavailable) ~= 0
  local has_surge = check.amount(budget.maxSurge) ~= 0
  if has_unavailable and has_surge then
    errors:invalid(surge, budget.maxSurge, "may not be set when maxUnavailable is non-zero")
  elseif not has_unavailable and not has_surge then
    errors:required(unavailable, "cannot be 0 when maxSurge is 0")
  end
end

local function update_strategy(errors, path, s)
  if s.type == "OnDelete" then return end
  if s.type ~= "RollingUpdate" then
    if policies.check(errors, path, s, "rollout", "DaemonSet") then
      if s.rollingUpdate then rolling_update(errors, path .. ".rollingUpdate", s.rollingUpdate) end
    else
      errors:not_supported(path, s, policies.supported("rollout", { "RollingUpdate", "OnDelete" },
        s.type, "DaemonSet"))
    end
  elseif not s.rollingUpdate then
    errors:required(path .. ".rollingUpdate")
  else
    rolling_update(errors, path .. ".rollingUpdate", s.rollingUpdate)
  end
end

local function selected_template(errors, spec)
  local compiled, t = labels.compile(spec.selector), spec.template or {}
  if compiled then
    labels.template_matches(errors, "spec.template.metadata.labels", compiled,
      t.metadata and t.metadata.labels)
  end
  if spec.selector and labels.is_empty_selector(spec.selector) then
    errors:invalid("spec.selector", spec.selector, "empty selector is invalid for daemonset")
  end
  template.check(errors, "spec.template", t)
  template.runs_always(errors, "spec.template", t, "DaemonSet")
end

local function whole(errors, spec)
  labels.selector(errors, "spec.selector", spec.selector)
  selected_template(errors, spec)
  check.nonnegative(errors, "spec.minReadySeconds", spec.minReadySeconds)
  update_strategy(errors, "spec.updateStrategy", spec.updateStrategy or {})
  check.nonnegative(errors, "spec.revisionHistoryLimit", spec.revisionHistoryLimit)
end

--- A new DaemonSet.
function daemonset.validate(object, errors)
  meta.create(errors, object)
  whole(errors, object.spec or {})
end

--- A changed DaemonSet.
function daemonset.validate_update(new, old, errors)
  meta.create(errors, new)
  meta.update(errors, new, old)
  whole(errors, new.spec or {})
  check.immutable(errors, "spec.selector", (new.spec or {}).selector, (old.spec or {}).selector)
end

local COUNTERS = {
  "currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady",
  "observedGeneration", "updatedNumberScheduled", "numberAvailable", "numberUnavailable",
  "collisionCount",
}

--- A changed status.
function daemonset.validate_status(new, old, errors)
  local status, was = new.status or {}, old.status or {}
  meta.update(errors, new, old)
  check.nonnegative_fields(errors, "status", status, COUNTERS)
  check.not_decremented(errors, "status.collisionCount", status.collisionCount,
    was.collisionCount)
end

return daemonset
