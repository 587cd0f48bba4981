-- SPDX-License-Identifier: MIT
--- Pods for which something happens later: batches by the moment.
--
-- Pods that started together wait together, so that a moment is one entry for
-- thousands of pods. A pod may wait in several entries: when one is due, what
-- happens is derived from the pod as it is then.
local heapq = require "wl.heapq"

local Timers = {}
Timers.__index = Timers

function Timers.new()
  return setmetatable({ heap = heapq.new(), entries = {}, by_moment = {}, free = {} }, Timers)
end

--- Let a batch wait.
-- @tparam number at seconds
-- @param batch
function Timers:add(at, batch)
  local slot = self.by_moment[at]
  if not slot then
    slot = table.remove(self.free) or #self.entries + 1
    self.by_moment[at], self.entries[slot] = slot, { at = at, batches = {} }
    self.heap:set(slot, -at)
  end
  local batches = self.entries[slot].batches
  batches[#batches + 1] = batch
end

--- The moment of the earliest entry.
-- @treturn ?number
function Timers:next()
  local slot = self.heap:first()
  return slot and self.entries[slot].at
end

--- Take out the earliest entry that is due.
-- @tparam number now
-- @treturn ?table its batches
function Timers:pop(now)
  local slot = self.heap:first()
  local entry = slot and self.entries[slot]
  if not entry or entry.at > now then
    return nil
  end
  self.heap:pop()
  self.by_moment[entry.at], self.entries[slot] = nil, false
  self.free[#self.free + 1] = slot
  return entry.batches
end

return Timers
