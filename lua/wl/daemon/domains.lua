-- SPDX-License-Identifier: MIT
--- The failure domains that a DaemonSet's nodes are in, by a label of the nodes:
-- in the order of their names, with how many nodes of each want a pod.
local Domains = {}
Domains.__index = Domains

-- Of nodes without the label.
local NONE = "none"

--- @tparam string key of the label, such as "topology.kubernetes.io/zone"
-- @treturn Domains
function Domains.new(key)
  return setmetatable({ key = key, names = {}, rank = {}, counts = {} }, Domains)
end

--- The domain of a node. One that is new changes the ranks of others.
-- @param object the node; nil when it is gone
-- @treturn string
function Domains:of(object)
  local name = object and (object.metadata.labels or {})[self.key] or NONE
  if not self.counts[name] then
    self.counts[name], self.names[#self.names + 1] = 0, name
    table.sort(self.names)
    for i, known in ipairs(self.names) do
      self.rank[known] = i
    end
    self.changed = true
  end
  return name
end

--- Count a node of a domain in or out.
-- @tparam string name
-- @tparam integer change
function Domains:count(name, change) self.counts[name] = self.counts[name] + change end

--- The highest rank of some domains; 0 of none.
-- @tparam {string,...} names
-- @treturn integer
function Domains:highest(names)
  local most = 0
  for _, name in ipairs(names) do
    most = math.max(most, self.rank[name] or 0)
  end
  return most
end

--- All that have nodes, in order.
-- @treturn table array of { name, replicas }
function Domains:list()
  local list = {}
  for _, name in ipairs(self.names) do
    if self.counts[name] > 0 then
      list[#list + 1] = { name = name, replicas = self.counts[name] }
    end
  end
  return list
end

return Domains
