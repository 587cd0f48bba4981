-- SPDX-License-Identifier: MIT
--- The addresses of pods: each node has a range, and gives one after another.
local Addresses = {}
Addresses.__index = Addresses

local FIRST, LAST = 2, 254

function Addresses.new()
  return setmetatable({ nodes = {} }, Addresses)
end

local function internal_ip(node)
  for _, address in ipairs(node.status and node.status.addresses or {}) do
    if address.type == "InternalIP" then
      return address.address
    end
  end
  return nil
end

local function known(self, ctx, name)
  local node = self.nodes[name]
  if not node then
    local object = ctx:get("Node", nil, name)
    local range = object and object.spec and object.spec.podCIDR or "10.0.0.0/24"
    node = { ip = object and internal_ip(object) or "", prefix = range:match "^(%d+%.%d+%.%d+%.)",
             next = FIRST }
    self.nodes[name] = node
  end
  return node
end

--- The addresses of nodes, one for each name of a list.
-- @param ctx the controller surface
-- @tparam table names
-- @treturn table array; "" for a node without one
function Addresses:of_nodes(ctx, names)
  local nodes, list = self.nodes, {}
  for i = 1, #names do
    local node = nodes[names[i]] or known(self, ctx, names[i])
    list[i] = node.ip
  end
  return list
end

--- New addresses for pods, one for each name of a list of their nodes. A node
-- gives one after another; after its last comes its first again.
-- @param ctx the controller surface
-- @tparam table names
-- @treturn table array
function Addresses:for_pods(ctx, names)
  local nodes, list = self.nodes, {}
  for i = 1, #names do
    local node = nodes[names[i]] or known(self, ctx, names[i])
    local number = node.next
    list[i] = node.prefix .. number
    node.next = number < LAST and number + 1 or FIRST
  end
  return list
end

--- Go on after the addresses that pods have.
-- @param ctx the controller surface
-- @param pods batch in order of creation
function Addresses:resume(ctx, pods)
  local names, ips = pods:pluck "spec.nodeName", pods:pluck "status.podIP"
  for i = 1, #pods do
    local node = known(self, ctx, names[i])
    local number = tostring(ips[i]):match "^%d+%.%d+%.%d+%.(%d+)$"
    if number and node.prefix .. number == ips[i] then
      node.next = tonumber(number) < LAST and tonumber(number) + 1 or FIRST
    end
  end
end

--- Forget a node, whose successor of the same name is another one.
function Addresses:forget(name)
  self.nodes[name] = nil
end

return Addresses
