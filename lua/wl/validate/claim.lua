-- SPDX-License-Identifier: MIT
--- PersistentVolumeClaims, alone and as templates in pods and StatefulSets.
-- (pkg/apis/core/validation)
local check = require "wl.validate.check"
local labels = require "wl.validate.labels"
local meta = require "wl.validate.meta"
local resources = require "wl.validate.resources"
local semantic = require "wl.validate.semantic"

local claim = {}

claim.ACCESS_MODES = { "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod" }
claim.VOLUME_MODES = { "Block", "Filesystem" }

local KNOWN_MODES = check.set(claim.ACCESS_MODES)

--- The access modes of a claim or a volume.
function claim.access_modes(errors, path, modes, detail)
  if check.count(modes) == 0 then errors:required(path, detail) end
  local single, shared = false, false
  for _, mode in check.each(modes, path) do
    check.choice(errors, path, mode, claim.ACCESS_MODES)
    single = single or mode == "ReadWriteOncePod"
    shared = shared or KNOWN_MODES[mode] and mode ~= "ReadWriteOncePod"
  end
  if single and shared then
    errors:forbidden(path, "may not use ReadWriteOncePod with other access modes")
  end
end

local function storage(errors, path, requests)
  local at = check.key(path, "storage")
  local text = (requests or {}).storage
  if not text then return errors:required(at) end
  if resources.positive(errors, at, text) then resources.amount(errors, at, "storage", text) end
end

local function data_source(errors, path, s)
  if not s then return end
  check.required(errors, path .. ".name", s.name)
  check.required(errors, path .. ".kind", s.kind)
  if check.blank(s.apiGroup) and s.kind ~= "PersistentVolumeClaim" then
    errors:invalid(path, s.kind or "",
      "must be 'PersistentVolumeClaim' when referencing the default apiGroup")
  end
  check.optional_name(errors, path .. ".apiGroup", "dns_subdomain", s.apiGroup)
  check.optional_name(errors, path .. ".namespace", "dns_label", s.namespace)
end

local function sources_agree(errors, path, spec)
  local a, b = spec.dataSource, spec.dataSourceRef
  if not (a and b) then return end
  if not check.blank(b.namespace) then
    errors:invalid(path, path .. ".dataSource",
      "may not be specified when dataSourceRef.namespace is specified")
  elseif a.apiGroup ~= b.apiGroup or a.kind ~= b.kind or a.name ~= b.name then
    errors:invalid(path, path .. ".dataSource", "must match dataSourceRef")
  end
end

--- The spec of a claim.
function claim.spec(errors, path, spec)
  claim.access_modes(errors, path .. ".accessModes", spec.accessModes,
    "at least 1 access mode is required")
  labels.selector(errors, path .. ".selector", spec.selector)
  storage(errors, path .. ".resources", spec.resources and spec.resources.requests)
  check.optional_name(errors, path .. ".storageClassName", "dns_subdomain", spec.storageClassName)
  check.choice(errors, path .. ".volumeMode", spec.volumeMode, claim.VOLUME_MODES)
  data_source(errors, path .. ".dataSource", spec.dataSource)
  data_source(errors, path .. ".dataSourceRef", spec.dataSourceRef)
  sources_agree(errors, path, spec)
  check.optional_name(errors, path .. ".volumeAttributesClassName", "dns_subdomain",
    spec.volumeAttributesClassName)
end

--- A claim that a pod makes for itself: only labels and annotations are its own.
function claim.template(errors, path, template)
  local m = template.metadata or {}
  labels.annotations(errors, path .. ".metadata.annotations", m.annotations)
  labels.map(errors, path .. ".metadata.labels", m.labels)
  for field in check.pairs(m) do
    if field ~= "annotations" and field ~= "labels" then
      errors:forbidden(path .. ".metadata." .. field, "cannot be set")
    end
  end
  claim.spec(errors, path .. ".spec", template.spec or {})
end

function claim.validate(object, errors)
  meta.create(errors, object)
  claim.spec(errors, "spec", object.spec or {})
end

local ONLY_BOUND = "spec is immutable after creation except resources.requests and "
  .. "volumeAttributesClassName for bound claims"

-- What may change is taken from the stored spec before the rest is compared.
local function comparable(new, old)
  local free = {}
  if check.blank(old.spec.volumeName) then free[#free + 1] = "volumeName" end
  if old.spec.storageClassName == nil then free[#free + 1] = "storageClassName" end
  if new.status and new.status.phase == "Bound" then
    free[#free + 1] = "resources"
    free[#free + 1] = "volumeAttributesClassName"
  end
  return semantic.with(new.spec, old.spec, free)
end

local function size(object)
  local requests = object.spec.resources and object.spec.resources.requests
  return requests and requests.storage
end

local function not_smaller(errors, new, old)
  if resources.compare(size(new), size(old)) >= 0 then return end
  local capacity = old.status and old.status.capacity and old.status.capacity.storage or "0"
  if resources.compare(size(new), capacity) <= 0 then
    errors:forbidden("spec.resources.requests.storage",
      "field can not be less than status.capacity")
  end
end

function claim.validate_update(new, old, errors)
  meta.update(errors, new, old)
  claim.spec(errors, "spec", new.spec or {})
  if not semantic.equal(comparable(new, old), old.spec) then
    errors:forbidden("spec", ONLY_BOUND)
  end
  not_smaller(errors, new, old)
  check.immutable(errors, "volumeMode", new.spec.volumeMode, old.spec.volumeMode)
  local class = new.spec.volumeAttributesClassName
  if old.spec.volumeAttributesClassName and check.blank(class) then
    errors:forbidden("spec.volumeAttributesClassName", class and
      "update from non-nil value to an empty string is forbidden" or
      "update from non-nil value to nil is forbidden")
  end
end

function claim.validate_status(new, old, errors)
  meta.update(errors, new, old)
  if check.count(new.spec.accessModes) == 0 then errors:required("Spec.accessModes") end
  for name, text in check.pairs(new.status and new.status.capacity) do
    resources.nonnegative(errors, check.key("status.capacity", name), text)
  end
end

return claim
