-- SPDX-License-Identifier: MIT
--- Namespace: what scopes the names of most other objects.
--
-- One that is being deleted is Terminating: nothing new is made in it, and it goes
-- when all that is in it is gone: pods first, then the rest. Until then its
-- conditions say what is left, and which finalizers hold it up.
-- Source: pkg/controller/namespace/deletion.
local kind = require "wl.kind"
local namespace = require "wl.api.namespace"
local namespaces = require "wl.namespaces"
local prepare = require "wl.api.prepare.namespace"

local function reconcile(ctx, object)
  if not object.metadata.deletionTimestamp then return end
  local remaining = namespaces.empty(ctx, object.metadata.name)
  local conditions = namespaces.conditions(ctx, object, remaining)
  object = ctx:update_status(object, { phase = "Terminating", conditions = conditions }) or object
  if remaining.count == 0 then namespaces.finalize(ctx, object) end
  -- What was not deleted tells nobody that it is still there.
  if ctx.was_refused then return nil, "the server has refused a deletion" end
end

return kind "Namespace" {
  api = "v1",
  short = { "ns" },
  namespaced = false,
  schema = namespace.Namespace,
  validation = require "wl.validate.namespace",
  preparation = prepare.namespace,
  prepare_delete = function(draft) draft.status.phase = "Terminating" end,
  keeping = { "spec.finalizers" },
  reconcile = reconcile,
}
