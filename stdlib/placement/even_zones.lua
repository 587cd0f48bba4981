-- SPDX-License-Identifier: MIT
--- Each zone gets as many pods of a workload as any other, give or take one. A zone that
-- has more than the least is refused, also when that leaves a pod waiting.
local Domain = require "wl.scheduler.domain"
local Nodes = require "wl.scheduler.nodes"
local controller = require("wl.owner").controller

local ZONE = "topology.kubernetes.io/zone"
local NO_ZONE = "node(s) had no label " .. ZONE
local FULLER = "node(s) were in a zone that has more pods of the workload than another"

local function count_pods(nodes, uid)
  local domain = Domain.new(ZONE)
  for node in nodes:each() do
    if node.labels[ZONE] then domain:know(node.labels[ZONE]) end
  end
  for node in nodes:each() do domain:add(node.labels[ZONE], nodes:owned(node, uid)) end
  return domain
end

local function prepare(pod, nodes)
  local owner = controller(pod)
  if not owner then return nil end
  local domain = count_pods(nodes, owner.uid)
  return {
    fleeting = true, -- other pods of the workload may come and go
    domains = { {
      key = ZONE,
      check = function(zone)
        if not zone then return NO_ZONE, true end
        return domain:count(zone) > domain.least and FULLER or nil
      end,
      placed = function(zone) return domain:add(zone, 1) end,
    } },
  }
end

return { name = "EvenZones", changes = "pods", reads = { Nodes.OWNER }, prepare = prepare }
