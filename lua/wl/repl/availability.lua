-- SPDX-License-Identifier: MIT
--- How available workloads were, from what was written since a moment.
local changes = require "wl.changes"
local duration = require "wl.duration"
local owner = require "wl.owner"
local printer = require "wl.printer"

local availability = {}

local KINDS = { "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController" }
local COUNTED = {}
for _, kind in ipairs(KINDS) do COUNTED[kind] = true end

local function counts_of(object)
  local status = object.status or {}
  if object.kind == "DaemonSet" then
    return status.numberAvailable or 0, status.desiredNumberScheduled or 0
  end
  return status.availableReplicas or 0, object.spec.replicas or 1
end

local GONE = { spec = { replicas = 0 } }

-- Time goes on to `seconds` with the counts as they are.
local function pass(one, seconds)
  if one.available < one.wanted then one.short = one.short + (seconds - one.at) end
  one.at = seconds
end

local function take(one, object, seconds)
  if one.at then pass(one, seconds) end
  one.available, one.wanted = counts_of(object)
  one.at = seconds
  if object == GONE then return end
  one.last_wanted = one.wanted
  one.least = math.min(one.least or one.available, one.available)
end

local function text_of(one)
  local text = ("at least %d of %d"):format(one.least, one.last_wanted)
  if one.short > 0 then
    text = ("%s, short for %s"):format(text, duration.format(one.short))
  end
  return text
end

local function is_counted(object)
  return object and COUNTED[object.kind] and not owner.controller(object)
end

--- How available each workload was since a revision.
-- @param cluster
-- @tparam table since revision, seconds (since the epoch)
-- @treturn table name ("deployment.apps/web") -> "at least 2 of 3, short for 25s"
-- @treturn {string,...} the names, as they came
function availability.since(cluster, since)
  local all, names = {}, {}
  local function entry_of(object)
    local name = printer.name(object)
    if not all[name] then all[name], names[#names + 1] = { short = 0 }, name end
    return all[name]
  end
  for _, write in ipairs(changes.since(cluster, since.revision)) do
    if is_counted(write.now or write.old) then
      local one = entry_of(write.now or write.old)
      if not one.at and write.old then take(one, write.old, since.seconds) end
      take(one, write.now or GONE, write.seconds)
    end
  end
  for _, kind in ipairs(KINDS) do
    for _, object in ipairs(cluster:list(kind)) do
      if is_counted(object) and not entry_of(object).at then
        take(entry_of(object), object, since.seconds)
      end
    end
  end
  local texts = {}
  for name, one in pairs(all) do
    pass(one, cluster:now())
    texts[name] = text_of(one)
  end
  return texts, names
end

return availability
