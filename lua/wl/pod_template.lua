-- SPDX-License-Identifier: MIT
--- Pod templates: comparing them, and making pods of them.
--
-- Source: pkg/controller `GetPodFromTemplate`; pkg/controller/deployment/util
-- `EqualIgnoreHash`.
local generated_names = require "wl.generated_names"
local owner = require "wl.owner"
local value = require "wl.value"

local pod_template = {}

--- The label that tells the pods of one ReplicaSet from those of the next.
local HASH = "pod-template-hash"
pod_template.HASH = HASH

-- Maps that the API does not tell from absent when they are empty. An empty
-- list is always as good as none; an empty `emptyDir`, say, is not.
local NOTHING_WHEN_EMPTY = {
  annotations = true, labels = true, limits = true, matchLabels = true, metadata = true,
  nodeSelector = true, requests = true, resources = true,
}

local function is_nothing(x, key)
  if x == nil or x == value.null then
    return true
  elseif value.is_list(x) then
    return #x == 0
  elseif not NOTHING_WHEN_EMPTY[key] or not value.is_map(x) then
    return false
  end
  local empty = true
  for _ in pairs(x) do
    empty = false
  end
  return empty
end

local alike

local function alike_maps(a, b)
  for key, x in pairs(a) do
    if key ~= HASH and not alike(x, b[key], key) then
      return false
    end
  end
  for key, x in pairs(b) do
    if key ~= HASH and a[key] == nil and not alike(nil, x, key) then
      return false
    end
  end
  return true
end

local function alike_lists(a, b)
  for i = 1, math.max(#a, #b) do
    if not alike(a[i], b[i]) then
      return false
    end
  end
  return true
end

-- Shared parts are the same at a glance; only what differs is walked.
function alike(a, b, key)
  if a == nil or b == nil then
    return is_nothing(a, key) and is_nothing(b, key)
  elseif value.equal(a, b) then
    return true
  elseif value.is_map(a) and value.is_map(b) then
    return alike_maps(a, b)
  end
  return value.is_list(a) and value.is_list(b) and alike_lists(a, b)
end

--- Do two templates make the same pods? The pod-template-hash does not count.
-- Cheap where the two share their spec, which a ReplicaSet and its Deployment do.
-- @treturn boolean
function pod_template.equal(a, b)
  return alike(a.metadata, b.metadata, "metadata") and alike(a.spec, b.spec)
end

--- A copy of a map of labels with one more.
-- @treturn table
function pod_template.with_label(labels, key, text)
  local copy = {}
  for name, x in pairs(labels or {}) do
    copy[name] = x
  end
  copy[key] = text
  return copy
end

--- A template as its user wrote it: without the pod-template-hash.
-- @treturn table
function pod_template.without_hash(template)
  local copy = value.table(template)
  if copy.metadata and copy.metadata.labels then
    copy.metadata.labels[HASH] = nil
  end
  return copy
end

--- The pod that a controller makes of its template.
-- @param controller the object that will own it
-- @param template a pod template
-- @treturn table a Pod with a generateName
function pod_template.pod(controller, template)
  local metadata = template.metadata or {}
  return {
    apiVersion = "v1",
    kind = "Pod",
    metadata = {
      generateName = generated_names.pod_prefix(controller.metadata.name),
      namespace = controller.metadata.namespace,
      labels = metadata.labels,
      annotations = metadata.annotations,
      finalizers = metadata.finalizers,
      ownerReferences = { owner.reference(controller) },
    },
    spec = template.spec,
  }
end

return pod_template
