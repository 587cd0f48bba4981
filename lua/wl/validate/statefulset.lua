-- SPDX-License-Identifier: MIT
--- StatefulSets.
-- (pkg/apis/apps/validation)
local check = require "wl.validate.check"
local claim = require "wl.validate.claim"
local labels = require "wl.validate.labels"
local meta = require "wl.validate.meta"
local policies = require "wl.validate.policy"
local semantic = require "wl.validate.semantic"
local template = require "wl.validate.template"

local statefulset = {}

-- ---------------------------------------------------------------------------
-- The spec
-- ---------------------------------------------------------------------------

local function management_policy(errors, path, policy)
  if not check.blank(policy) and policy ~= "OrderedReady" and policy ~= "Parallel" then
    errors:invalid(path, policy, "must be 'OrderedReady' or 'Parallel'")
  end
end

local function rolling_update(errors, path, budget)
  check.nonnegative(errors, path .. ".partition", budget.partition)
  local n, at = budget.maxUnavailable, path .. ".maxUnavailable"
  if n == nil then return end
  check.int_or_percent(errors, at, n)
  if check.amount(n) == 0 then errors:invalid(at, n, "cannot be 0") end
  check.at_most_100_percent(errors, at, n)
end

local function update_strategy(errors, path, s)
  if s.type == "OnDelete" then
    if s.rollingUpdate then
      errors:invalid(path .. ".rollingUpdate", s.rollingUpdate,
        "only allowed for updateStrategy 'RollingUpdate'")
    end
  elseif check.blank(s.type) then
    errors:required(path)
  elseif s.type ~= "RollingUpdate" and not policies.check(errors, path, s, "rollout",
      "StatefulSet") then
    errors:invalid(path, s, "must be " .. policies.words("rollout", { "RollingUpdate", "OnDelete" },
      s.type, "StatefulSet"))
  elseif s.rollingUpdate then
    rolling_update(errors, path .. ".rollingUpdate", s.rollingUpdate)
  end
end

local RETENTIONS = { "Retain", "Delete" }

local function retention(errors, path, policy)
  for _, field in ipairs(policy and { "whenDeleted", "whenScaled" } or {}) do
    local word = policy[field] or ""
    if word ~= "Retain" and word ~= "Delete" then
      errors:not_supported(path .. "." .. field, word, RETENTIONS)
    end
  end
end

-- The volumes that the pods get from the claims.
local function claimed_volumes(spec)
  local volumes = {}
  for _, each in check.each(spec.volumeClaimTemplates, "") do
    local name = each.metadata and each.metadata.name
    if name then
      volumes[name] = { name = name, persistentVolumeClaim = { claimName = name } }
    end
  end
  return volumes
end

-- The host names are the pods' own, whatever the template says.
local function without_host_names(t)
  return { metadata = t.metadata, spec = semantic.with(t.spec, nil, { "hostname", "subdomain" }) }
end

local function selected_template(errors, spec)
  local compiled = labels.compile(spec.selector)
  local t = spec.template or {}
  if not compiled then
    errors:invalid("spec.selector", spec.selector)
  else
    labels.template_matches(errors, "spec.template.metadata.labels", compiled,
      t.metadata and t.metadata.labels)
    template.check(errors, "spec.template", without_host_names(t), claimed_volumes(spec))
  end
  template.runs_always(errors, "spec.template", t, "StatefulSet")
end

local function whole(errors, spec)
  management_policy(errors, "spec.podManagementPolicy", spec.podManagementPolicy)
  update_strategy(errors, "spec.updateStrategy", spec.updateStrategy or {})
  retention(errors, "spec.persistentVolumeClaimRetentionPolicy",
    spec.persistentVolumeClaimRetentionPolicy)
  check.nonnegative_fields(errors, "spec", spec, { "replicas", "minReadySeconds" })
  check.nonnegative(errors, "spec.ordinals.start", spec.ordinals and spec.ordinals.start)
  labels.required_selector(errors, "spec.selector", spec.selector, "statefulset")
  selected_template(errors, spec)
end

--- A new StatefulSet. Its pods are named after it, so its name is a label.
function statefulset.validate(object, errors)
  local spec = object.spec or {}
  meta.create(errors, object, "dns_label")
  whole(errors, spec)
  check.optional_name(errors, "spec.serviceName", "dns_label", spec.serviceName)
  for _, each, at in check.each(spec.volumeClaimTemplates, "spec.volumeClaimTemplates") do
    claim.spec(errors, at .. ".spec", each.spec or {})
  end
end

local MUTABLE = {
  "replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit",
  "persistentVolumeClaimRetentionPolicy", "minReadySeconds",
}

local ALLOWED = "updates to statefulset spec for fields other than 'replicas', 'ordinals', "
  .. "'template', 'updateStrategy', 'revisionHistoryLimit', "
  .. "'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"

--- A changed StatefulSet.
function statefulset.validate_update(new, old, errors)
  local spec, was = new.spec or {}, old.spec or {}
  meta.update(errors, new, old)
  whole(errors, spec)
  if not semantic.equal(semantic.with(spec, was, MUTABLE), was) then
    errors:forbidden("spec", ALLOWED)
  end
end

-- ---------------------------------------------------------------------------
-- Status
-- ---------------------------------------------------------------------------

local COUNTERS = {
  "replicas", "readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas",
  "observedGeneration", "collisionCount",
}
local PARTS = { "readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas" }

--- A changed status.
function statefulset.validate_status(new, old, errors)
  local status, was = new.status or {}, old.status or {}
  check.nonnegative_fields(errors, "status", status, COUNTERS)
  for _, counter in ipairs(PARTS) do
    check.not_above(errors, "status", status, counter, "replicas",
      "cannot be greater than status.replicas")
  end
  check.not_above(errors, "status", status, "availableReplicas", "readyReplicas",
    "cannot be greater than status.readyReplicas")
  meta.update(errors, new, old)
  check.not_decremented(errors, "status.collisionCount", status.collisionCount,
    was.collisionCount)
end

return statefulset
