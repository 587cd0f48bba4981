-- SPDX-License-Identifier: MIT
--- What descriptions of a cluster's objects are made from.
local as_object = require "wl.events.object"

local source = {}

local Source = {}
Source.__index = Source

--- The objects of a kind; none where the cluster has no such kind.
-- @tparam string kind
-- @tparam ?{namespace=string,field=string} options
function Source:list(kind, options)
  return self.cluster:list(kind, options) or {}
end

--- The events about an object, oldest first.
function Source:events_of(object)
  local found = {}
  for i, event in ipairs(self.cluster.events:about(object)) do
    found[i] = as_object(event)
  end
  return found
end

--- A context for wl.describe.
-- @param cluster
-- @treturn Source
function source.of(cluster)
  return setmetatable({ cluster = cluster, now = cluster:now() }, Source)
end

return source
