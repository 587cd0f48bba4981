-- SPDX-License-Identifier: MIT
--- Object metadata: names, namespaces, owners, finalizers, and what an update may
-- not touch.
-- (k8s.io/apimachinery/pkg/api/validation/objectmeta.go)
local check = require "wl.validate.check"
local labels = require "wl.validate.labels"

local meta = {}

local PATH = "metadata"

-- ---------------------------------------------------------------------------
-- Owners and finalizers
-- ---------------------------------------------------------------------------

-- Group and version of "apps/v1"; nil for what is neither "v1" nor "apps/v1".
local function group_version(api_version)
  local group, version = (api_version or ""):match("^([^/]*)/([^/]*)$")
  if group then return group, version end
  if (api_version or ""):find("/") then return nil end
  return "", api_version or ""
end

local function owner(errors, path, ref)
  local group, version = group_version(ref.apiVersion)
  if check.blank(version) then
    errors:invalid(path .. ".apiVersion", ref.apiVersion or "", "version must not be empty")
  end
  for _, field in ipairs { "kind", "name", "uid" } do
    if check.blank(ref[field]) then
      errors:invalid(path .. "." .. field, "", "must not be empty")
    end
  end
  if group == "" and version == "v1" and ref.kind == "Event" then
    errors:invalid(path, ref, "/v1, Kind=Event is disallowed from being an owner")
  end
end

local TWO_CONTROLLERS = "Only one reference can have Controller set to true. "
  .. 'Found "true" in references for %s and %s'

local function owners(errors, path, refs)
  local first
  for _, ref in check.each(refs, path) do
    owner(errors, path, ref)
    if ref.controller then
      local this = ("%s/%s"):format(ref.kind or "", ref.name or "")
      if first then errors:invalid(path, refs, TWO_CONTROLLERS:format(first, this)) end
      first = first or this
    end
  end
end

local STANDARD_FINALIZERS = check.set { "kubernetes", "orphan", "foregroundDeletion" }

-- Without a domain a finalizer must be one of Kubernetes' own.
local function finalizer_word(errors, path, name)
  if not name:find("/") and not STANDARD_FINALIZERS[name] then
    errors:invalid(path, name,
      "name is neither a standard finalizer name nor is it fully qualified")
  end
end

local function finalizer_words(errors, path, names)
  for _, name, at in check.each(names, path) do finalizer_word(errors, at, name) end
end

--- One finalizer's name.
function meta.finalizer(errors, path, name)
  check.name(errors, path, "label_key", name)
  finalizer_word(errors, path, name)
end

local function finalizers(errors, path, names)
  local set = {}
  for _, name in check.each(names, path) do
    check.name(errors, path, "label_key", name)
    set[name] = true
  end
  if set.orphan and set.foregroundDeletion then
    errors:invalid(path, names, "finalizer orphan and foregroundDeletion cannot be both set")
  end
  finalizer_words(errors, path, names)
end

local function no_new_finalizers(errors, path, new, old)
  local had, extra = check.set(old or {}), {}
  for _, name in check.each(new, path) do
    if not had[name] then extra[#extra + 1] = ("%q"):format(name) end
  end
  if #extra == 0 then return end
  table.sort(extra)
  errors:forbidden(path, "no new finalizers can be added if the object is being deleted, "
    .. "found new finalizers []string{" .. table.concat(extra, ", ") .. "}")
end

-- ---------------------------------------------------------------------------
-- Names
-- ---------------------------------------------------------------------------

-- A prefix may end in a dash: a suffix will follow.
local function as_prefix(text)
  if #text > 1 and text:sub(-1) == "-" then return text:sub(1, -3) .. "a" end
  return text
end

local function object_names(errors, m, rule)
  if not check.blank(m.generateName) then
    errors:each_invalid(PATH .. ".generateName", m.generateName,
      check.faults(rule, as_prefix(m.generateName)))
  end
  if check.blank(m.name) then
    errors:required(PATH .. ".name", "name or generateName is required")
  else
    check.name(errors, PATH .. ".name", rule, m.name)
  end
end

local function namespace(errors, m, namespaced)
  local path = PATH .. ".namespace"
  if namespaced then
    check.required_name(errors, path, "dns_label", m.namespace)
  elseif not check.blank(m.namespace) then
    errors:forbidden(path, "not allowed on this type")
  end
end

--- The metadata of a new object.
-- @param object  the whole object
-- @param rule    the rule of wl.names for its name; "dns_subdomain" when left out
-- @param scope   "cluster" for a kind without namespace
function meta.create(errors, object, rule, scope)
  local m = object.metadata or {}
  object_names(errors, m, rule or "dns_subdomain")
  namespace(errors, m, scope ~= "cluster")
  check.nonnegative(errors, PATH .. ".generation", m.generation)
  labels.map(errors, PATH .. ".labels", m.labels)
  labels.annotations(errors, PATH .. ".annotations", m.annotations)
  owners(errors, PATH .. ".ownerReferences", m.ownerReferences)
  finalizers(errors, PATH .. ".finalizers", m.finalizers)
end

-- ---------------------------------------------------------------------------
-- Updates
-- ---------------------------------------------------------------------------

local IMMUTABLE = {
  "name", "namespace", "uid", "creationTimestamp", "deletionTimestamp",
  "deletionGracePeriodSeconds",
}

--- The metadata of a changed object.
-- @param new  the whole object as it shall be
-- @param old  as it is stored
function meta.update(errors, new, old)
  local m, was = new.metadata or {}, old.metadata or {}
  if was.deletionTimestamp then
    no_new_finalizers(errors, PATH .. ".finalizers", m.finalizers, was.finalizers)
  end
  if check.blank(m.resourceVersion) then
    errors:invalid(PATH .. ".resourceVersion", m.resourceVersion or "",
      "must be specified for an update")
  end
  if (m.generation or 0) < (was.generation or 0) then
    errors:invalid(PATH .. ".generation", m.generation or 0, "must not be decremented")
  end
  for _, field in ipairs(IMMUTABLE) do
    check.immutable(errors, PATH .. "." .. field, m[field], was[field])
  end
  labels.map(errors, PATH .. ".labels", m.labels)
  labels.annotations(errors, PATH .. ".annotations", m.annotations)
  owners(errors, PATH .. ".ownerReferences", m.ownerReferences)
  finalizer_words(errors, PATH .. ".finalizers", m.finalizers)
end

return meta
