-- SPDX-License-Identifier: MIT
--- Pods of one workload go to different nodes, and to different zones, as far
-- as other rules let them. Pods that say themselves how to spread are left to
-- the rule PodTopologySpread, those of Jobs and DaemonSets to the other rules.
-- Source: kube-scheduler plugin PodTopologySpread, its default constraints.
local Nodes = require "wl.scheduler.nodes"
local controller = require("wl.owner").controller

local ZONE = "topology.kubernetes.io/zone"
local EACH = 100 -- points that one pod of the workload costs its node or zone

local NOT_SPREAD = { Job = true, DaemonSet = true }

-- The controller of a pod that is spread.
local function workload_of(pod)
  local owner = controller(pod)
  if owner and not NOT_SPREAD[owner.kind] and #(pod.spec.topologySpreadConstraints or {}) == 0
  then
    return owner
  end
end

local function reads(pod)
  return workload_of(pod) and { Nodes.OWNER } or {}
end

local function prepare(pod, nodes)
  local owner = workload_of(pod)
  if not owner then
    return nil
  end
  local on_node, in_zone = {}, {}

  local function add_to_zone(zone, n)
    in_zone[zone] = (in_zone[zone] or 0) + n
  end

  return {
    observe = function(node)
      local before, now = on_node[node.index] or 0, nodes:owned(node, owner.uid)
      on_node[node.index] = now
      if node.labels[ZONE] then
        add_to_zone(node.labels[ZONE], now - before)
      end
    end,
    placed = function(node, n)
      on_node[node.index] = on_node[node.index] + n
    end,
    score = function(node)
      return -EACH * on_node[node.index]
    end,
    cost = function()
      return EACH
    end,
    domains = {
      { key = ZONE, kept = true,
        score = function(zone) return -EACH * (in_zone[zone] or 0) end,
        placed = function(zone)
          if zone then
            add_to_zone(zone, 1)
          end
        end },
    },
  }
end

return { name = "WorkloadSpread", changes = "pods", weight = 2, reads = reads,
         prepare = prepare }
