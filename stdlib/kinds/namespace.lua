-- SPDX-License-Identifier: MIT
--- Namespace: what scopes the names of most other objects.
local kind = require "wl.kind"
local namespace = require "wl.api.namespace"
local prepare = require "wl.api.prepare.namespace"

return kind "Namespace" {
  api = "v1",
  short = { "ns" },
  namespaced = false,
  schema = namespace.Namespace,
  validation = require "wl.validate.namespace",
  preparation = prepare.namespace,
}
