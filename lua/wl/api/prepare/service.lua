-- SPDX-License-Identifier: MIT
--- What is particular to Services when they are written. Addresses and node
-- ports are given out by the cluster; here is what an update keeps of them.
-- Source: pkg/registry/core/service/strategy.go and storage/alloc.go.
local prepare = require "wl.api.prepare"
local service_types = require "wl.api.service"
local value = require "wl.value"

local service = {}

local function has_cluster_ip(spec)
  return spec.type ~= "ExternalName"
end

local function has_node_ports(spec)
  return spec.type == "NodePort"
    or spec.type == "LoadBalancer" and spec.allocateLoadBalancerNodePorts ~= false
end

-- A headless service without a selector is for endpoints of any family.
local function choose_families(spec)
  if not has_cluster_ip(spec) then return end
  local open = spec.clusterIP == "None" and spec.selector == nil
  if spec.ipFamilyPolicy == nil then
    spec.ipFamilyPolicy = open and "RequireDualStack" or "SingleStack"
  end
  if spec.ipFamilies == nil then
    spec.ipFamilies = value.list { "IPv4", open and "IPv6" or nil }
  end
end

-- The one address that clients of old know, and the list, say the same.
local function agree_on_addresses(spec, old)
  local has_list = spec.clusterIPs ~= nil and #spec.clusterIPs > 0
  if old == nil or spec.clusterIP == old.clusterIP then
    if spec.clusterIP ~= nil and not has_list then
      spec.clusterIPs = value.list { spec.clusterIP }
    end
  elseif value.equal(spec.clusterIPs, old.clusterIPs) then
    spec.clusterIPs = spec.clusterIP and value.list { spec.clusterIP }
  end
end

local function keep_cluster_ip(spec, old)
  if spec.clusterIP == nil then spec.clusterIP = old.clusterIP end
  if spec.clusterIPs == nil and spec.clusterIP == old.clusterIP then
    spec.clusterIPs = old.clusterIPs
  end
end

local function node_port_of(spec, port)
  for _, other in ipairs(spec.ports or {}) do
    if other.port == port.port and other.protocol == port.protocol then return other.nodePort end
  end
end

local function keep_node_ports(spec, old)
  local used = {}
  for _, port in ipairs(spec.ports or {}) do
    if port.nodePort then used[port.nodePort] = true end
  end
  for i = 1, #(spec.ports or {}) do
    local port = spec.ports[i]
    local kept = not port.nodePort and node_port_of(old, port)
    if kept and not used[kept] then
      port.nodePort, used[kept] = kept, true
    end
  end
end

local function drop_node_ports(spec, old)
  for i = 1, #(spec.ports or {}) do
    local port = spec.ports[i]
    if port.nodePort and port.nodePort == node_port_of(old, port) then port.nodePort = nil end
  end
end

local function is_balanced(spec) return spec.type == "LoadBalancer" end

-- Fields that only some services have, and which do.
local OF_TYPE = {
  externalTrafficPolicy = function(spec)
    return spec.type == "NodePort" or spec.type == "LoadBalancer" or #(spec.externalIPs or {}) > 0
  end,
  healthCheckNodePort = function(spec)
    return is_balanced(spec) and spec.externalTrafficPolicy == "Local"
  end,
  allocateLoadBalancerNodePorts = is_balanced, loadBalancerClass = is_balanced,
}

local function drop_what_others_have(spec, old)
  for field, belongs in pairs(OF_TYPE) do
    if belongs(old) and not belongs(spec) and spec[field] == old[field] then spec[field] = nil end
  end
end

-- What the service no longer needs goes, unless the update itself changes it.
local function update(draft, stored)
  local spec, old = draft.spec, stored.spec
  agree_on_addresses(spec, old)
  if has_cluster_ip(spec) and has_cluster_ip(old) then
    keep_cluster_ip(spec, old)
  elseif has_cluster_ip(old) and spec.clusterIP == old.clusterIP then
    spec.clusterIP, spec.clusterIPs = nil, nil
    spec.ipFamilies, spec.ipFamilyPolicy = nil, nil
  end
  if has_node_ports(spec) and has_node_ports(old) then
    keep_node_ports(spec, old)
  elseif has_node_ports(old) and not has_node_ports(spec) then
    drop_node_ports(spec, old)
  end
  drop_what_others_have(spec, old)
  choose_families(spec)
end

--- The rules of a Service. It has no generation.
service.service = prepare.standard(service_types.Service, {
  generation = false,
  create = function(draft)
    agree_on_addresses(draft.spec)
    choose_families(draft.spec)
  end,
  update = update,
})

return service
