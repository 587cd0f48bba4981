-- SPDX-License-Identifier: MIT
--- What is particular to Namespaces when they are written: one is only gone
-- when what is in it is gone.
-- Source: pkg/registry/core/namespace/strategy.go.
local namespace_types = require "wl.api.namespace"
local prepare = require "wl.api.prepare"
local value = require "wl.value"

local namespace = {}

local FINALIZER = "kubernetes"

local function create(draft)
  local finalizers = draft.spec.finalizers or value.list {}
  for i = 1, #finalizers do
    if finalizers[i] == FINALIZER then return end
  end
  finalizers[#finalizers + 1] = FINALIZER
  draft.spec.finalizers = finalizers
end

--- The rules of a Namespace. It has no generation; only finalizing ends it.
namespace.namespace = prepare.standard(namespace_types.Namespace, {
  generation = false,
  create = create,
  update = function(draft, old)
    draft.spec.finalizers = old.spec and old.spec.finalizers
  end,
})

return namespace
