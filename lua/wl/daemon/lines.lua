-- SPDX-License-Identifier: MIT
--- Nodes in line for what is to be done on them, and what all of them count as.
--
-- A line gives the node that came to the cluster first, of the lowest rank. To be in line, to leave
-- and to count costs nothing where nothing has changed.
local heapq = require "wl.heapq"

local Lines = {}
Lines.__index = Lines

-- "needy" and "crowded": see one_node.keep; the others: one_node.role.
local LINES = { "needy", "crowded", "candidate", "broken", "useless", "sunset" }

-- See one_node.count and one_node.role; "outdated": its pod is old and may go; "fresh": its
-- new pod is available.
local SUMS = { "desired", "current", "misscheduled", "ready", "serving", "updated", "unavailable",
  "surging", "available", "outdated", "fresh" }

--- @treturn Lines of nobody
function Lines.new()
  local self = setmetatable({ heaps = {}, tallies = {}, by_text = {} }, Lines)
  for _, line in ipairs(LINES) do
    self.heaps[line] = heapq.new()
  end
  return self
end

local function move(self, node, field, line)
  local before = node[field]
  if before == line then
    return
  end
  if before then
    self.heaps[before]:remove(node.index)
  end
  if line then
    self.heaps[line]:set(node.index, -(node.rank or 0))
  end
  node[field] = line
end

--- Put a node where it belongs.
-- @tparam table node with an `index`
-- @tparam boolean needs a pod
-- @tparam boolean crowded has pods that must go
-- @tparam ?string role
function Lines:place(node, needs, crowded, role)
  move(self, node, "needy", needs and "needy" or nil)
  move(self, node, "crowded", crowded and "crowded" or nil)
  move(self, node, "role", role)
end

--- What nodes count as, in the form that `count` takes: equal ones are one.
-- @tparam table counts field -> number
-- @treturn table
function Lines:tally(counts)
  local numbers = {}
  for i, field in ipairs(SUMS) do
    numbers[i] = counts[field] or 0
  end
  local text = table.concat(numbers, " ")
  local tally = self.by_text[text]
  if not tally then
    tally = { nodes = 0 }
    for i, field in ipairs(SUMS) do
      tally[field] = numbers[i]
    end
    self.by_text[text] = tally
    self.tallies[#self.tallies + 1] = tally
  end
  return tally
end

--- Count a node as this, and no more as what it was.
-- @tparam table node
-- @tparam table tally as `tally` gives it
function Lines.count(_, node, tally)
  local before = node.tally
  if before == tally then
    return
  elseif before then
    before.nodes = before.nodes - 1
  end
  tally.nodes = tally.nodes + 1
  node.tally = tally
end

--- What all nodes count as, added up.
-- @tparam string field
-- @treturn integer
function Lines:sum(field)
  local sum = 0
  for _, tally in ipairs(self.tallies) do
    sum = sum + tally.nodes * tally[field]
  end
  return sum
end

--- All that is added up.
-- @treturn table field -> integer
function Lines:sums()
  local sums = {}
  for _, field in ipairs(SUMS) do
    sums[field] = self:sum(field)
  end
  return sums
end

local FIELDS = { needy = "needy", crowded = "crowded" }

--- Take the first one out of a line.
-- @tparam string line
-- @tparam table list of all nodes by index
-- @tparam ?integer most only a node of this rank or a lower one
-- @return the node, or nil
function Lines:pop(line, list, most)
  local heap = self.heaps[line]
  local index, place = heap:first()
  if not index or most and -place > most then
    return nil
  end
  heap:pop()
  local node = list[index]
  if node then
    node[FIELDS[line] or "role"] = nil
  end
  return node
end

return Lines
