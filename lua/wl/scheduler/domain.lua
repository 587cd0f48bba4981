-- SPDX-License-Identifier: MIT
--- How many pods each domain of nodes has: each zone, each rack, each host.
local Domain = {}
Domain.__index = Domain

--- @tparam string key the node label that names the domain
function Domain.new(key)
  return setmetatable({ key = key, counts = {}, levels = {}, number = 0, least = 0, total = 0 },
    Domain)
end

--- A domain of this name exists.
function Domain:know(value)
  if not self.counts[value] then
    self.counts[value] = 0
    self.levels[0] = (self.levels[0] or 0) + 1
    self.number, self.least = self.number + 1, 0
  end
end

--- Count n more pods in a domain that is known; others do not count.
-- @treturn boolean has the emptiest domain become fuller?
function Domain:add(value, n)
  local count = value and self.counts[value]
  if not count or n == 0 then
    return false
  end
  local levels = self.levels
  levels[count] = levels[count] - 1
  levels[count + n] = (levels[count + n] or 0) + 1
  self.counts[value] = count + n
  self.total = self.total + n
  local before = self.least
  while levels[self.least] == 0 or levels[self.least] == nil do
    self.least = self.least + 1
  end
  return self.least > before
end

--- Count the pods of a list, each where its node is.
-- @tparam table found array of `{ node, count }`, as Nodes:matching gives
function Domain:add_found(found)
  for _, entry in ipairs(found) do
    self:add(entry[1].labels[self.key], entry[2])
  end
end

--- @treturn ?integer nil when there is no such domain
function Domain:count(value)
  return value and self.counts[value]
end

return Domain
