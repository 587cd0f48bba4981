-- SPDX-License-Identifier: MIT
--- Defaults of namespaces and limit ranges that depend on other fields.
-- Source: pkg/apis/core/v1/defaults.go.
local namespace = {}

--- A namespace can be selected by its name.
-- @param draft
function namespace.namespace(draft)
  local name = draft.metadata.name
  if not name then return end
  if draft.metadata.labels == nil then draft.metadata.labels = {} end
  draft.metadata.labels["kubernetes.io/metadata.name"] = name
end

local function fill(target, source)
  for name, amount in pairs(source or {}) do
    if target[name] == nil then target[name] = amount end
  end
end

--- A container's limit is at most the maximum, its request at most the limit.
-- @param draft
function namespace.limit_range_item(draft)
  if draft.type ~= "Container" then return end
  local default, request = {}, {}
  fill(default, draft.default)
  fill(default, draft.max)
  fill(request, draft.defaultRequest)
  fill(request, default)
  fill(request, draft.min)
  draft.default, draft.defaultRequest = default, request
end

return namespace
