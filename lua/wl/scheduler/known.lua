-- SPDX-License-Identifier: MIT
--- Groups that are kept from pass to pass, so that more pods of them cost what has
-- changed since. A group is as large as the cluster has nodes: the one that was not
-- asked for the longest goes, and one whose workload is gone.
local Known = {}
Known.__index = Known

local MOST = 64

--- @treturn Known of no group
function Known.new()
  return setmetatable({ by_key = {}, list = {}, clock = 0 }, Known)
end

--- The group of a signature.
-- @tparam integer key its hash
-- @param signature
-- @return a Group, or nil
function Known:find(key, signature)
  local entry = self.by_key[key]
  if not entry or entry.signature ~= signature then
    return nil
  end
  self.clock = self.clock + 1
  entry.used = self.clock
  return entry.group
end

--- Forget a group.
function Known:drop(key)
  local entry = self.by_key[key]
  if entry then
    self.by_key[key] = nil
    for i, other in ipairs(self.list) do
      if other == entry then
        table.remove(self.list, i)
        return
      end
    end
  end
end

local function oldest(list)
  local found = list[1]
  for _, entry in ipairs(list) do
    found = entry.used < found.used and entry or found
  end
  return found
end

--- Keep a group.
-- @param waiting the pods that it is for: key, signature, owner
-- @param group
-- @tparam function is_there called with an owner's uid: is that object still there?
function Known:keep(waiting, group, is_there)
  self:drop(waiting.key)
  for i = #self.list, 1, -1 do
    local entry = self.list[i]
    if entry.owner and not is_there(entry.owner) then
      self:drop(entry.key)
    end
  end
  if #self.list >= MOST then
    self:drop(oldest(self.list).key)
  end
  self.clock = self.clock + 1
  local entry = { key = waiting.key, signature = waiting.signature, owner = waiting.owner,
                  group = group, used = self.clock }
  self.by_key[waiting.key] = entry
  self.list[#self.list + 1] = entry
end

return Known
