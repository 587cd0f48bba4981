-- SPDX-License-Identifier: MIT
--- Nodes that share their domains, the best first.
--
-- Rules about domains (zones, racks) say the same of every node of a domain.
-- So the nodes of a group of pods are kept in buckets of equal domains, each
-- with a heap by the nodes' own score; a choice looks at the best of each
-- bucket. Without such rules there is one bucket.
local heapq = require "wl.heapq"

local Buckets = {}
Buckets.__index = Buckets

--- @tparam table keys label keys that set buckets apart
function Buckets.new(keys)
  return setmetatable({ keys = keys, list = {}, by_values = {}, of = {} }, Buckets)
end

local function values_of(keys, node)
  local values = {}
  for i, key in ipairs(keys) do
    values[i] = node.labels[key] or ""
  end
  return values
end

local function bucket_of(self, node)
  local values = values_of(self.keys, node)
  local text = table.concat(values, "\0")
  local bucket = self.by_values[text]
  if not bucket then
    bucket = { heap = heapq.new(), values = {} }
    for _, key in ipairs(self.keys) do
      bucket.values[key] = node.labels[key]
    end
    self.by_values[text] = bucket
    self.list[#self.list + 1] = bucket
  end
  return bucket
end

--- Put a node where its labels say.
function Buckets:place(node)
  local bucket = bucket_of(self, node)
  local before = self.of[node.index]
  if before and before ~= bucket then
    before.heap:remove(node.index)
  end
  self.of[node.index] = bucket
end

--- Give a node that has been placed its score.
function Buckets:set(node, score)
  self.of[node.index].heap:set(node.index, score)
end

--- Take a node out.
-- @tparam integer index
function Buckets:remove(index)
  local bucket = self.of[index]
  if bucket then
    bucket.heap:remove(index)
  end
end

return Buckets
