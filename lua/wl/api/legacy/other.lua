-- SPDX-License-Identifier: MIT
--- Old versions of budgets, endpoint slices and events.
local is_empty = require "wl.schema.empty"
local reach = require "wl.api.legacy.reach"
local value = require "wl.value"

local other = {}

local MATCHES_NOTHING = "pdb.kubernetes.io/deprecated-v1beta1-empty-selector-match"

--- PodDisruptionBudget of policy/v1beta1: an empty selector matched no pod.
function other.disruption_budget_beta1(draft, warn)
  local selector = reach.map(draft, "spec", "selector")
  if not selector or not is_empty(selector) then return end
  selector.matchExpressions = value.list { { key = MATCHES_NOTHING, operator = "Exists" } }
  warn("spec.selector: an empty selector matches no pod in policy/v1beta1, and every pod in "
    .. "policy/v1")
end

local HOSTNAME, ZONE = "kubernetes.io/hostname", "topology.kubernetes.io/zone"

--- EndpointSlice of discovery.k8s.io/v1beta1: node and zone stood in a map.
function other.endpoint_slice_beta1(draft)
  for _, endpoint in ipairs(reach.items(draft, "endpoints")) do
    local topology = reach.map(endpoint, "topology")
    if topology then
      endpoint.topology = nil
      if endpoint.nodeName == nil then endpoint.nodeName = topology[HOSTNAME] end
      endpoint.zone = topology[ZONE]
      topology[HOSTNAME], topology[ZONE] = nil, nil
      endpoint.deprecatedTopology = topology
    end
  end
end

-- What events.k8s.io calls what the core group calls otherwise.
local EVENT_WORDS = {
  note = "message", regarding = "involvedObject", reportingController = "reportingComponent",
  deprecatedSource = "source", deprecatedCount = "count",
  deprecatedFirstTimestamp = "firstTimestamp", deprecatedLastTimestamp = "lastTimestamp",
}

--- Event of events.k8s.io.
function other.event_of_events_group(draft)
  for old, new in pairs(EVENT_WORDS) do
    if draft[old] ~= nil then draft[new], draft[old] = draft[old], nil end
  end
end

return other
