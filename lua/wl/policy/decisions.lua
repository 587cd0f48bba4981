-- SPDX-License-Identifier: MIT
--- What policies decided: the last decisions about each object.
--
-- Kept as what was seen and returned; nothing is formatted until somebody reads
-- it. The slots of a ring are used again, with the tables in them, so that noting
-- a decision makes none. Objects about which nothing has been decided for long
-- are forgotten.
local Decisions = {}
Decisions.__index = Decisions

local SIZE = 16     -- decisions about one object
local OBJECTS = 512 -- with decisions, twice: the recent ones and those before

--- @treturn Decisions
function Decisions.new() return setmetatable({ recent = {}, count = 0, before = {} }, Decisions) end

local function ring_of(self, uid)
  local ring = self.before[uid] or { last = 0, size = 0 }
  if self.count >= OBJECTS then self.before, self.recent, self.count = self.recent, {}, 0 end
  self.recent[uid], self.count = ring, self.count + 1
  return ring
end

--- The slot for the next decision about an object: the one used longest ago. O(1)
-- @tparam string uid of the object
-- @treturn table to be filled: at, policy, name, rule (of the contract), saw, returned,
--   message (when it failed)
-- @treturn ring of the object
function Decisions:next(uid)
  local ring = self.recent[uid] or ring_of(self, uid)
  local place = ring.last % SIZE + 1
  local slot = ring[place]
  if not slot then
    slot = { at = 0, policy = false, name = false, rule = false, saw = false, returned = false,
      message = false }
    ring[place], ring.size = slot, place
  end
  ring.last = place
  slot.held, slot.complaint = nil, nil
  return slot, ring
end

--- What is known about an object: whether it fails, and its decisions.
-- @treturn ?ring
function Decisions:ring(uid) return self.recent[uid] or self.before[uid] end

--- The last decision about an object. @treturn ?table
function Decisions:last(uid)
  local ring = self:ring(uid)
  return ring and ring[ring.last]
end

--- The decisions about an object, the oldest first.
-- @tparam string uid
-- @treturn {table,...} at, policy, name, saw, returned, held, complaint, message
function Decisions:of(uid)
  local ring, list = self:ring(uid), {}
  if not ring then return list end
  for i = 1, ring.size do list[i] = ring[(ring.last + i - 1) % ring.size + 1] end
  return list
end

local function has_used(ring, sort, name)
  for place = 1, ring.size do
    local p = ring[place].policy
    if p and p.policy == sort and p.name == name then return true end
  end
  return false
end

--- The uids of objects about which a policy of a sort and name has decided lately.
-- @treturn {string,...} sorted
function Decisions:users(sort, name)
  local uids = {}
  for _, generation in ipairs { self.before, self.recent } do
    for uid, ring in pairs(generation) do
      if has_used(ring, sort, name) then uids[#uids + 1] = uid end
    end
  end
  table.sort(uids)
  return uids
end

return Decisions
