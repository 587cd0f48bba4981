-- SPDX-License-Identifier: MIT
--- Defaults of a node that depend on its other fields.
-- Source: pkg/apis/core/v1/defaults.go.
local node = {}

--- Everything a node has can be given to pods, unless it says otherwise.
-- @param draft
function node.node_status(draft)
  if draft.allocatable ~= nil or draft.capacity == nil then return end
  local allocatable = {}
  for name, amount in pairs(draft.capacity) do allocatable[name] = amount end
  draft.allocatable = allocatable
end

return node
