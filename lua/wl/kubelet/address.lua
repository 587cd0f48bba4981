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
    node = { ip = object and internal_ip(object), prefix = range:match "^(%d+%.%d+%.%d+%.)",
             next = FIRST }
    self.nodes[name] = node
  end
  return node
end

--- The address of a node.
-- @treturn ?string nil when it has none
function Addresses:of_node(ctx, name)
  return known(self, ctx, name).ip
end

--- The next address of a node's range; after the last comes the first again.
-- @treturn string
function Addresses:next(ctx, name)
  local node = known(self, ctx, name)
  local number = node.next
  node.next = number < LAST and number + 1 or FIRST
  return node.prefix .. number
end

--- Forget a node, whose successor of the same name is another one.
function Addresses:forget(name)
  self.nodes[name] = nil
end

return Addresses
