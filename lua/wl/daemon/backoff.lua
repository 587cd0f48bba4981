-- SPDX-License-Identifier: MIT
--- How long a DaemonSet waits before it replaces a pod that fails again and again:
-- 1 s after the last one, then 2 s, 4 s ... 15 min; each node by itself. After
-- twice the longest wait without failure it begins anew.
-- Source: client-go util/flowcontrol `Backoff`.
local Backoff = {}
Backoff.__index = Backoff

local FIRST, LONGEST = 1, 15 * 60 -- seconds

--- @treturn Backoff
function Backoff.new() return setmetatable({ entries = {} }, Backoff) end

local function entry_of(self, key, now)
  local entry = self.entries[key]
  if entry and now - entry.at > 2 * LONGEST then
    self.entries[key] = nil
    return nil
  end
  return entry
end

--- When may a failed pod be replaced?
-- @tparam string key
-- @tparam number now
-- @treturn number seconds since the epoch; not after `now`: at once
function Backoff:due(key, now)
  local entry = entry_of(self, key, now)
  return entry and entry.at + entry.wait or now
end

--- Note that one is replaced.
function Backoff:note(key, now)
  local entry = entry_of(self, key, now)
  local wait = entry and math.min(2 * entry.wait, LONGEST) or FIRST
  self.entries[key] = { at = now, wait = wait }
end

return Backoff
