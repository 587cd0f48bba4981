-- SPDX-License-Identifier: MIT
--- What may change of a pod that exists: images, a shorter deadline, more
-- tolerations, fewer scheduling gates; while it is gated, more of where it may run.
-- (pkg/apis/core/validation: ValidatePodUpdate)
local check = require "wl.validate.check"
local scheduling = require "wl.validate.scheduling"
local semantic = require "wl.validate.semantic"

local podupdate = {}

local MAX_INT32 = 2147483647
local MIRROR = "kubernetes.io/config.mirror"

--- A mirror pod stays one, and no other pod becomes one.
function podupdate.annotations(errors, path, new, old)
  local now = (new.metadata.annotations or {})[MIRROR]
  local was = (old.metadata.annotations or {})[MIRROR]
  if was and now ~= was then
    errors:forbidden(check.key(path, MIRROR), "may not remove or update mirror pod annotation")
  elseif now and not was then
    errors:forbidden(check.key(path, MIRROR), "may not add mirror pod annotation")
  end
end

-- ---------------------------------------------------------------------------
-- Single fields; each says whether the rest is worth looking at
-- ---------------------------------------------------------------------------

local function containers(errors, path, new, old)
  if check.count(new) ~= check.count(old) then
    errors:forbidden(path, "pod updates may not add or remove containers")
    return false
  end
  return true
end

local function deadline(errors, path, new, old)
  if new == nil then
    if old ~= nil then
      errors:invalid(path, nil, "must not update from a positive integer to nil value")
    end
    return true
  end
  if new < 0 or new > MAX_INT32 then
    check.range(errors, path, new, 0, MAX_INT32)
    return false
  end
  if old and old < new then
    errors:invalid(path, new, "must be less than or equal to previous value")
    return false
  end
  return true
end

local function has_toleration(list, old)
  for _, new in check.each(list, "") do
    if semantic.equal(semantic.with(old, new, { "tolerationSeconds" }), new) then return true end
  end
  return false
end

local function tolerations(errors, path, new, old)
  for _, toleration in check.each(old, path) do
    if not has_toleration(new, toleration) then
      return errors:forbidden(path,
        "existing toleration can not be modified except its tolerationSeconds")
    end
  end
  scheduling.tolerations(errors, path, new)
end

local function gates(errors, path, new, old)
  local had = {}
  for _, gate in check.each(old, path) do had[gate.name or ""] = true end
  for _, gate, at in check.each(new, path) do
    if not had[gate.name or ""] then
      errors:forbidden(at .. ".name",
        ("only deletion is allowed, but found new scheduling gate '%s'"):format(gate.name or ""))
    end
  end
end

-- ---------------------------------------------------------------------------
-- Where a gated pod may run
-- ---------------------------------------------------------------------------

local function node_selector(errors, path, new, old)
  for key, text in check.pairs(old) do
    if not new or new[key] ~= text then
      return errors:invalid(path, new,
        "only additions to spec.nodeSelector are allowed (no mutations or deletions)")
    end
  end
end

local REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"

local function terms(affinity)
  local required = affinity and affinity[REQUIRED]
  return required and required.nodeSelectorTerms
end

-- The first items of the new list are those of the old one.
local function starts_with(new, old)
  if check.count(new) < check.count(old) then return false end
  for i, item in check.each(old, "") do
    if not semantic.equal(new[i], item) then return false end
  end
  return true
end

local function only_grows(new, old)
  local was_empty = check.count(old.matchExpressions) + check.count(old.matchFields) == 0
  if was_empty then
    return check.count(new.matchExpressions) + check.count(new.matchFields) == 0
  end
  return starts_with(new.matchExpressions, old.matchExpressions)
    and starts_with(new.matchFields, old.matchFields)
end

local function node_affinity(errors, path, new, old)
  path = ("%s.%s.nodeSelectorTerms"):format(path, REQUIRED)
  local now, was = terms(new), terms(old)
  if check.count(was) == 0 then return end
  if check.count(now) ~= check.count(was) then
    return errors:invalid(path, now,
      "no additions/deletions to non-empty NodeSelectorTerms list are allowed")
  end
  for i, term, at in check.each(was, path) do
    if not only_grows(now[i], term) then
      errors:invalid(at, now[i], "only additions are allowed (no mutations or deletions)")
    end
  end
end

-- ---------------------------------------------------------------------------
-- The whole
-- ---------------------------------------------------------------------------

local ALLOWED = "pod updates may not change fields other than `spec.containers[*].image`,"
  .. "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
  .. "`spec.tolerations` (only additions to existing tolerations),"
  .. "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"

local MUTABLE = { "activeDeadlineSeconds", "schedulingGates", "tolerations" }

local function with_images(new, old)
  local list = {}
  for i, c in check.each(new, "") do list[i] = semantic.with(c, old[i], { "image" }) end
  return list
end

-- The new spec with the old one's values where a change is allowed.
local function comparable(new, old)
  local spec = semantic.with(new, old, MUTABLE)
  spec.containers = with_images(new.containers, old.containers)
  spec.initContainers = with_images(new.initContainers, old.initContainers)
  if (old.terminationGracePeriodSeconds or 0) < 0 and new.terminationGracePeriodSeconds == 1 then
    spec.terminationGracePeriodSeconds = old.terminationGracePeriodSeconds
  end
  return spec
end

local function gated(errors, path, spec, old)
  local now, was = spec.affinity or {}, old.affinity or {}
  node_selector(errors, path .. ".nodeSelector", spec.nodeSelector, old.nodeSelector)
  node_affinity(errors, path .. ".affinity.nodeAffinity", now.nodeAffinity, was.nodeAffinity)
  spec.nodeSelector = old.nodeSelector
  spec.affinity = semantic.with(now, was, { "nodeAffinity" })
end

--- The spec of a pod against the stored one.
function podupdate.spec(errors, path, new, old)
  for _, field in ipairs { "containers", "initContainers" } do
    if not containers(errors, path .. "." .. field, new[field], old[field]) then return end
  end
  local at = path .. ".activeDeadlineSeconds"
  if not deadline(errors, at, new.activeDeadlineSeconds, old.activeDeadlineSeconds) then return end
  tolerations(errors, path .. ".tolerations", new.tolerations, old.tolerations)
  gates(errors, path .. ".schedulingGates", new.schedulingGates, old.schedulingGates)
  local spec = comparable(new, old)
  if check.count(old.schedulingGates) > 0 then gated(errors, path, spec, old) end
  if not semantic.equal(spec, old) then errors:forbidden(path, ALLOWED) end
end

return podupdate
