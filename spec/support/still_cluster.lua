-- SPDX-License-Identifier: MIT
--- A cluster in which the kinds' controllers stand still: what is left is the API
-- server and the components, such as the garbage collector.
local Cluster = require "wl.cluster"
local registry = require "wl.registry"

local still_cluster = {}

local function without_controller(kind)
  local copy = setmetatable({}, getmetatable(kind))
  for field, x in pairs(kind) do copy[field] = x end
  copy.reconcile, copy.setup, copy.watches = nil, nil, nil
  return copy
end

--- @treturn Cluster
function still_cluster.new()
  local still = registry.new {}
  for _, kind in ipairs(registry.new():all()) do still:add(without_controller(kind)) end
  return Cluster.new { registry = still, nodes = 0 }
end

return still_cluster
