-- SPDX-License-Identifier: MIT
--- Defaults of services and network policies that depend on other fields.
-- Source: pkg/apis/core/v1/defaults.go, pkg/apis/networking/v1/defaults.go.
local value = require "wl.value"

local service = {}

local STICKY_SECONDS = 10800 -- three hours

--- A port leads to the same port of the pods.
-- @param draft
function service.service_port(draft)
  local target = draft.targetPort
  if target == nil or target == 0 or target == "" then draft.targetPort = draft.port end
end

local function affinity(spec)
  if spec.sessionAffinity == "None" then
    spec.sessionAffinityConfig = nil
  elseif spec.sessionAffinity == "ClientIP" then
    local config = spec.sessionAffinityConfig
    if not (config and config.clientIP and config.clientIP.timeoutSeconds) then
      spec.sessionAffinityConfig = { clientIP = { timeoutSeconds = STICKY_SECONDS } }
    end
  end
end

local function is_external(spec)
  return spec.type == "LoadBalancer" or spec.type == "NodePort"
    or spec.type == "ClusterIP" and #(spec.externalIPs or {}) > 0
end

--- Complete a service's specification.
-- @param draft
function service.service_spec(draft)
  affinity(draft)
  if is_external(draft) and (draft.externalTrafficPolicy or "") == "" then
    draft.externalTrafficPolicy = "Cluster"
  end
  if draft.internalTrafficPolicy == nil and draft.type ~= "ExternalName" then
    draft.internalTrafficPolicy = "Cluster"
  end
  if draft.type == "LoadBalancer" and draft.allocateLoadBalancerNodePorts == nil then
    draft.allocateLoadBalancerNodePorts = true
  end
end

--- Complete a service: a load balancer's addresses are virtual ones.
-- @param draft
function service.service(draft)
  if draft.spec.type ~= "LoadBalancer" then return end
  local balancer = draft.status.loadBalancer
  local ingress = balancer and balancer.ingress or {}
  for i = 1, #ingress do
    if ingress[i].ip and ingress[i].ipMode == nil then ingress[i].ipMode = "VIP" end
  end
end

--- A network policy is about what comes in, and about what goes out when it says so.
-- @param draft
function service.network_policy_spec(draft)
  if draft.policyTypes ~= nil and #draft.policyTypes > 0 then return end
  local kinds = value.list { "Ingress" }
  if #(draft.egress or {}) > 0 then kinds[2] = "Egress" end
  draft.policyTypes = kinds
end

return service
