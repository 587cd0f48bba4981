-- SPDX-License-Identifier: MIT
--- Where the pods of a DaemonSet belong.
--
-- Source: pkg/controller/daemon `NodeShouldRunDaemonPod`; pkg/controller/daemon/util
-- `AddOrUpdateDaemonPodTolerations`, `ReplaceDaemonSetPodNodeNameNodeAffinity`.
local node_match = require "wl.node_match"
local taint = require "wl.taint"
local value = require "wl.value"

local placement = {}

local PREFIX = "node.kubernetes.io/"

-- A daemon stays where it is while its node is in trouble, and goes to nodes
-- that others are kept away from.
local TOLERATED = {
  { "not-ready", "NoExecute" },
  { "unreachable", "NoExecute" },
  { "disk-pressure", "NoSchedule" },
  { "memory-pressure", "NoSchedule" },
  { "pid-pressure", "NoSchedule" },
  { "unschedulable", "NoSchedule" },
}
local OF_HOST_NETWORK = { "network-unavailable", "NoSchedule" }

local function same(a, b)
  return a.key == b.key and a.effect == b.effect and a.operator == b.operator
    and (a.value or "") == (b.value or "")
end

-- Put in the place of the same one, or at the end.
local function put(list, one)
  local found = false
  for i, other in ipairs(list) do
    if same(other, one) then
      list[i], found = one, true
    end
  end
  if not found then
    list[#list + 1] = one
  end
end

--- The tolerations of a daemon's pod: the template's and the automatic ones.
-- @param spec of the template
-- @treturn table array
function placement.tolerations(spec)
  local list = {}
  for i, one in ipairs(spec.tolerations or {}) do
    list[i] = one
  end
  local function add(entry)
    put(list, { key = PREFIX .. entry[1], operator = "Exists", effect = entry[2] })
  end
  for _, entry in ipairs(TOLERATED) do
    add(entry)
  end
  if spec.hostNetwork then
    add(OF_HOST_NETWORK)
  end
  return list
end

local REQUIRED = "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution"

--- What a pod requires of its node so that it can be on one only.
-- @tparam string node name
-- @treturn table a required node affinity
function placement.only(node)
  return { nodeSelectorTerms = {
    { matchFields = { { key = "metadata.name", operator = "In", values = { node } } } },
  } }
end

--- The template's affinity, pinned to a node. What it required of nodes has been
-- looked at already.
-- @param affinity or nil
-- @tparam string node name
-- @treturn table
function placement.pinned(affinity, node)
  local copy = affinity and value.table(affinity) or {}
  copy.nodeAffinity = copy.nodeAffinity or {}
  copy.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution = placement.only(node)
  return copy
end

--- The node that a pod is on or is pinned to.
-- @param pod
-- @treturn ?string
function placement.target(pod)
  if (pod.spec.nodeName or "") ~= "" then
    return pod.spec.nodeName
  end
  local required = value.get(pod.spec, REQUIRED)
  for _, term in ipairs(required and required.nodeSelectorTerms or {}) do
    for _, field in ipairs(term.matchFields or {}) do
      if field.key == "metadata.name" and field.operator == "In" then
        return #field.values == 1 and field.values[1] or nil
      end
    end
  end
end

local function evicts(effect) return effect == "NoExecute" end

local Judge = {}
Judge.__index = Judge

--- What a template wants of nodes, made ready to be asked for many.
-- @param template of pods
-- @return see `judge:judge`
function placement.judge(template)
  local spec = template.spec
  local name = spec.nodeName
  return setmetatable({ name = name ~= "" and name or nil, required = node_match.required(spec),
    tolerations = placement.tolerations(spec) }, Judge)
end

--- What the answers depend on: nodes that agree in it are judged alike.
-- @treturn {string,...} paths
function Judge:reads()
  if self.name or not self.required:is_empty() then
    return { "spec.taints", "metadata" }
  end
  return { "spec.taints" }
end

--- Should a daemon's pod run on a node?
-- @param node
-- @treturn boolean should one be started?
-- @treturn boolean may one that is there stay?
function Judge:judge(node)
  if self.name and self.name ~= node.metadata.name or not self.required:matches(node) then
    return false, false
  end
  local taints = node.spec and node.spec.taints
  if not taints or not taint.untolerated(self.tolerations, taints, taint.repels) then
    return true, true
  end
  return false, not taint.untolerated(self.tolerations, taints, evicts)
end

--- Does it make a difference whether a node is like this or like that?
-- @param old nil: it is new
-- @param new nil: it is gone
-- @treturn boolean
function Judge:differs(old, new)
  local run, stay, runs, stays = false, false, false, false
  if old then run, stay = self:judge(old) end
  if new then runs, stays = self:judge(new) end
  return run ~= runs or stay ~= stays
end

return placement
