-- SPDX-License-Identifier: MIT
--- What every object has: metadata, label selectors, conditions. (meta/v1)
local schema = require "wl.schema"

local object, list, map, merged, set = schema.object, schema.list, schema.map, schema.merged,
  schema.set
local required, always = schema.required, schema.always
local word, str, bool, int64, count64 = schema.word, schema.str, schema.bool, schema.int64,
  schema.count64
local time, any = schema.time, schema.any

local meta = {}

meta.OwnerReference = object {
  apiVersion = required(str), kind = required(str), name = required(str), uid = required(str),
  controller = bool, blockOwnerDeletion = bool,
}

meta.ManagedFieldsEntry = object {
  manager = word, operation = word, apiVersion = word, time = time, subresource = word,
  fieldsType = word, fieldsV1 = any,
}

meta.ObjectMeta = object {
  name = word, generateName = word, namespace = word, uid = word,
  labels = map(str), annotations = map(str),
  resourceVersion = word, generation = count64, selfLink = word,
  creationTimestamp = time, deletionTimestamp = time, deletionGracePeriodSeconds = int64,
  ownerReferences = merged(meta.OwnerReference, "uid"),
  finalizers = set(str) { merge = true },
  managedFields = list(meta.ManagedFieldsEntry),
}

meta.LabelSelectorRequirement = object {
  key = required(str),
  operator = required(str) { enum = { "In", "NotIn", "Exists", "DoesNotExist" } },
  values = list(str),
}

meta.LabelSelector = object {
  matchLabels = map(str),
  matchExpressions = list(meta.LabelSelectorRequirement),
}

-- Which finished or outdated objects are kept: see wl.history.
meta.History = object { type = required(str) } { policy = { "history", "type" } }

meta.Condition = object {
  type = required(str), status = required(str) { enum = { "True", "False", "Unknown" } },
  observedGeneration = count64, lastTransitionTime = required(time),
  reason = required(str), message = required(str),
}

schema.named(meta)

--- A kind's whole object: the fields given beside apiVersion, kind and metadata.
-- @tparam {[string]=type} fields
-- @treturn type
function meta.resource(fields)
  fields.apiVersion, fields.kind = word, word
  fields.metadata = always(meta.ObjectMeta)
  return object(fields)
end

--- The condition of a workload's status: type, status, reason, message, and when it last changed.
-- @tparam ?{[string]=type} more fields that this one has beside
-- @treturn type
function meta.condition(more)
  return schema.extend(object {
    type = required(str), status = required(str) { enum = { "True", "False", "Unknown" } },
    lastTransitionTime = time, reason = word, message = word,
  }, more or {})
end

return meta
