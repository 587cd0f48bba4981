-- SPDX-License-Identifier: MIT
--- How fast nodes of a zone may be emptied.
--
-- One node in ten seconds; but where most of a zone is gone, the network is
-- the likelier culprit: then one in a hundred seconds, or none in a small
-- zone; and none at all when every zone is gone entirely.
-- Source: pkg/controller/nodelifecycle `ComputeZoneState`, `handleDisruption`.
local zones = {}

local NORMAL_INTERVAL, SLOW_INTERVAL = 10, 100 -- seconds from node to node
local UNHEALTHY_SHARE, UNHEALTHY_LEAST = 0.55, 3
local LARGE_ZONE = 50 -- nodes, more than

local REGION = "metadata.labels['topology.kubernetes.io/region']"
local ZONE = "metadata.labels['topology.kubernetes.io/zone']"

--- The zone of a node.
-- @treturn string
function zones.of(node)
  local labels = node.metadata.labels or {}
  return (labels["topology.kubernetes.io/region"] or "") .. "\0"
    .. (labels["topology.kubernetes.io/zone"] or "")
end

--- The state of a zone: "Normal", "PartialDisruption" or "FullDisruption".
-- @tparam integer ready how many of its nodes are
-- @tparam integer not_ready
function zones.state(ready, not_ready)
  if ready == 0 and not_ready > 0 then
    return "FullDisruption"
  elseif not_ready >= UNHEALTHY_LEAST and not_ready / (ready + not_ready) >= UNHEALTHY_SHARE then
    return "PartialDisruption"
  end
  return "Normal"
end

local function count(counts, set, field)
  for _, group in ipairs(set:batch():group_by(REGION, ZONE)) do
    local zone = (group[1] or "") .. "\0" .. (group[2] or "")
    counts[zone] = counts[zone] or { all = 0, ready = 0 }
    counts[zone][field] = #group.batch
  end
end

local function interval(zone)
  local state = zones.state(zone.ready, zone.all - zone.ready)
  if state ~= "PartialDisruption" then
    return NORMAL_INTERVAL
  end
  return zone.all > LARGE_ZONE and SLOW_INTERVAL or nil
end

--- How many seconds lie between one node and the next in each zone.
-- @param ctx the controller surface
-- @treturn table zone -> seconds; nil: no node of it may be emptied
function zones.intervals(ctx)
  local counts, intervals, any_alive = {}, {}, false
  count(counts, ctx:all "Node", "all")
  count(counts, ctx:where("Node", "ready"), "ready")
  for name, zone in pairs(counts) do
    intervals[name] = interval(zone)
    any_alive = any_alive or zone.ready > 0
  end
  return any_alive and intervals or {}
end

return zones
