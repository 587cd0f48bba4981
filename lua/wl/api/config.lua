-- SPDX-License-Identifier: MIT
--- ConfigMap, Secret, ServiceAccount: what pods are given to know. (core/v1)
local schema = require "wl.schema"
local defaults = require "wl.api.defaults.config"
local meta = require "wl.api.meta"
local reference = require "wl.api.reference"

local list, map, merged = schema.list, schema.map, schema.merged
local word, str, bytes, bool = schema.word, schema.str, schema.bytes, schema.bool

local config = {}

config.ConfigMap = meta.resource { data = map(str), binaryData = map(bytes), immutable = bool }

config.Secret = meta.resource {
  type = word { default = "Opaque" }, data = map(bytes), stringData = map(str), immutable = bool,
} { complete = defaults.secret }

config.ServiceAccount = meta.resource {
  secrets = merged(reference.ObjectReference, "name"),
  imagePullSecrets = list(reference.LocalObjectReference), automountServiceAccountToken = bool,
}

return schema.named(config)
