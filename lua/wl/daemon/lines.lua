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
  local self = setmetatable({ heaps = {}, sums = {} }, Lines)
  for _, line in ipairs(LINES) do
    self.heaps[line] = heapq.new()
  end
  for _, field in ipairs(SUMS) do
    self.sums[field] = 0
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

--- Count a node as this, and no more as what it was.
-- @tparam table node
-- @tparam table tally field -> number
function Lines:count(node, tally)
  local sums, before = self.sums, node.tally
  for i = 1, #SUMS do
    local field = SUMS[i]
    local change = (tally[field] or 0) - (before[field] or 0)
    if change ~= 0 then
      sums[field] = sums[field] + change
    end
  end
  node.tally = tally
end

--- What all nodes count as, added up.
-- @tparam string field
-- @treturn integer
function Lines:sum(field) return self.sums[field] end

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
