-- SPDX-License-Identifier: MIT
--- StorageClass. (storage.k8s.io/v1)
local schema = require "wl.schema"
local meta = require "wl.api.meta"

local object, list, map, required = schema.object, schema.list, schema.map, schema.required
local str, bool = schema.str, schema.bool

local storage = {}

storage.TopologySelectorLabelRequirement = object {
  key = required(str), values = required(list(str)),
}

storage.TopologySelectorTerm = object {
  matchLabelExpressions = list(storage.TopologySelectorLabelRequirement),
}

storage.StorageClass = meta.resource {
  provisioner = required(str) { immutable = true },
  parameters = map(str) { immutable = true },
  reclaimPolicy = str { default = "Delete", enum = { "Delete", "Retain" }, immutable = true },
  mountOptions = list(str), allowVolumeExpansion = bool,
  volumeBindingMode = str {
    default = "Immediate", enum = { "Immediate", "WaitForFirstConsumer" }, immutable = true,
  },
  allowedTopologies = list(storage.TopologySelectorTerm),
}

return schema.named(storage)
