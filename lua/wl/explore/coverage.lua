-- SPDX-License-Identifier: MIT
--- What runs have seen of the model: each sort of write, by whom, and to which state.
--
-- A transition is the kind, the writer, and what the status says in words: its phase, and
-- its conditions with their reasons. When run after run brings no new one, more runs of this
-- scenario find little.
local Coverage = {}
Coverage.__index = Coverage

--- @treturn Coverage
function Coverage.new() return setmetatable({ seen = {}, count = 0, last = 0 }, Coverage) end

local function state_of(object)
  local status = object.status
  if not status then return "" end
  local parts = { status.phase or "" }
  for _, condition in ipairs(status.conditions or {}) do
    parts[#parts + 1] = ("%s=%s/%s"):format(condition.type, condition.status,
      condition.reason or "")
  end
  return table.concat(parts, ",")
end

--- Follow a cluster of a run.
-- @param cluster
-- @tparam integer number of the run
function Coverage:follow(cluster, number)
  cluster:on_each_write(function(change)
    local object = change.now or change.old
    local key = table.concat({ object.kind, change.writer, change.type, state_of(object) }, "|")
    if not self.seen[key] then
      self.seen[key], self.count, self.last = true, self.count + 1, number
    end
  end)
end

return Coverage
