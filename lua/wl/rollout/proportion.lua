-- SPDX-License-Identifier: MIT
--- Resizing a Deployment whose pods are spread over several ReplicaSets.
--
-- Each active set keeps its share; what rounding leaves over goes to the
-- largest. Sets of one size: growing, the newer comes first; shrinking, the
-- older.
-- Source: pkg/controller/deployment `scale`, `GetReplicaSetProportion`.
local proportion = {}

-- Half away from zero.
local function round(number)
  return number < 0 and math.ceil(number - 0.5) or math.floor(number + 0.5)
end

--- How many pods a set gains, or loses, by its own share.
-- @tparam table set `replicas`; `max`, the most pods that the Deployment might
--   have when the set was last sized (nil: unknown)
-- @tparam integer replicas of the Deployment
-- @tparam integer surge of the Deployment
-- @tparam integer current pods of the Deployment, where `max` is unknown
-- @treturn integer
function proportion.fraction(set, replicas, surge, current)
  if replicas == 0 then
    return -set.replicas
  end
  local before = set.max or 0
  if before == 0 then
    before = current
  end
  if before == 0 then
    return 0
  end
  return round(set.replicas * (replicas + surge) / before) - set.replicas
end

local function largest_first(sets, growing)
  local sorted = table.move(sets, 1, #sets, 1, {})
  local age = {}
  for i, set in ipairs(sets) do
    age[set] = growing and -i or i
  end
  table.sort(sorted, function(a, b)
    if a.replicas ~= b.replicas then
      return a.replicas > b.replicas
    end
    return age[a] < age[b]
  end)
  return sorted
end

local function share(set, change, done, limits)
  if set.replicas == 0 or change == done then
    return 0
  end
  local part = proportion.fraction(set, limits.replicas, limits.surge, limits.current)
  if change > 0 then
    return math.min(part, change - done)
  end
  return math.max(part, change - done)
end

--- The sizes of the active sets after a resize.
-- @tparam table sets array, oldest first: `replicas` above 0, `max`
-- @tparam table limits `replicas` and `surge` of the Deployment; `current`, how
--   many pods its status counts
-- @treturn table array of {set, size}, in the order of writing
function proportion.sizes(sets, limits)
  local change = limits.replicas > 0 and limits.replicas + limits.surge or 0
  for _, set in ipairs(sets) do
    change = change - set.replicas
  end
  local sorted, done = largest_first(sets, change > 0), 0
  local sizes = {}
  for i, set in ipairs(sorted) do
    local part = change ~= 0 and share(set, change, done, limits) or 0
    sizes[i], done = { set, set.replicas + part }, done + part
  end
  if change ~= 0 and sizes[1] then
    sizes[1][2] = math.max(0, sizes[1][2] + change - done)
  end
  return sizes
end

return proportion
