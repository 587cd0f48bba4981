-- SPDX-License-Identifier: MIT
--- Services.
--
-- Addresses and node ports are given out later; here only what was asked for is
-- looked at.
-- (pkg/apis/core/validation)
local check = require "wl.validate.check"
local ip = require "wl.validate.ip"
local labels = require "wl.validate.labels"
local meta = require "wl.validate.meta"

local service = {}

local TYPES = { "ClusterIP", "ExternalName", "LoadBalancer", "NodePort" }
local PROTOCOLS = { "SCTP", "TCP", "UDP" }
local FAMILIES = { "IPv4", "IPv6" }
local FAMILY_POLICIES = { "PreferDualStack", "RequireDualStack", "SingleStack" }
local POLICIES = { "Cluster", "Local" }
local DISTRIBUTIONS = { "PreferClose", "PreferSameNode", "PreferSameZone" }

local function is_headless(spec)
  return check.count(spec.clusterIPs) == 1 and spec.clusterIPs[1] == "None"
end

-- ---------------------------------------------------------------------------
-- Ports
-- ---------------------------------------------------------------------------

local function port_name(errors, path, name, several, seen)
  if check.blank(name) then
    if several then errors:required(path) end
    return
  end
  check.name(errors, path, "dns_label", name)
  if seen[name] then errors:duplicate(path, name) end
  seen[name] = true
end

-- A pair of protocol and number is there once.
local function once(errors, path, protocol, number, seen, shown)
  local word = ("%s/%d"):format(protocol or "TCP", number)
  if seen[word] then errors:duplicate(path, shown) end
  seen[word] = true
end

local function one_port(errors, path, port)
  check.port_number(errors, path .. ".port", port.port or 0)
  check.choice(errors, path .. ".protocol", port.protocol, PROTOCOLS)
  if port.targetPort ~= nil then check.port(errors, path .. ".targetPort", port.targetPort) end
  check.name(errors, path .. ".appProtocol", "label_key", port.appProtocol)
end

local function ports(errors, path, spec)
  local names, numbers, node_ports = {}, {}, {}
  for _, port, at in check.each(spec.ports, path) do
    port_name(errors, at .. ".name", port.name, #spec.ports > 1, names)
    one_port(errors, at, port)
    local node_port = port.nodePort or 0
    if node_port ~= 0 and spec.type == "ClusterIP" then
      errors:forbidden(at .. ".nodePort", "may not be used when `type` is 'ClusterIP'")
    end
    if node_port ~= 0 then
      once(errors, at .. ".nodePort", port.protocol, node_port, node_ports, node_port)
    end
    once(errors, at, port.protocol, port.port or 0, numbers,
      { protocol = port.protocol, port = port.port })
  end
end

-- ---------------------------------------------------------------------------
-- Addresses
-- ---------------------------------------------------------------------------

local function agrees(errors, path, spec)
  local first, list = spec.clusterIP, spec.clusterIPs
  if check.blank(first) then
    if check.count(list) > 0 then
      errors:invalid(path, list, "must be empty when `clusterIP` is not specified")
    end
  elseif check.count(list) == 0 then
    errors:required(path)
  elseif list[1] ~= first then
    errors:invalid(path, list, "first value must match `clusterIP`")
  end
end

local function families(errors, path, list)
  local seen = {}
  for _, family, at in check.each(list, path) do
    check.choice(errors, at, family, FAMILIES)
    if seen[family] then errors:duplicate(at, family) end
    seen[family] = true
  end
end

-- Whether all addresses can be read.
local function address_list(errors, path, list)
  local before = #errors
  for i, address, at in check.each(list, path) do
    if i == 1 and address == "None" then
      if #list > 1 then errors:invalid(path, list, "'None' must be the first and only value") end
    else
      ip.check(errors, at, address)
    end
  end
  local readable = #errors == before
  if check.count(list) > 2 then errors:invalid(path, list, "may only hold up to 2 values") end
  return readable
end

local function family_of(address) return ip.version(address) == 6 and "IPv6" or "IPv4" end

local function addresses(errors, path, spec)
  local list = spec.clusterIPs
  agrees(errors, path, spec)
  families(errors, "spec.ipFamilies", spec.ipFamilies)
  check.choice(errors, "spec.ipFamilyPolicy", spec.ipFamilyPolicy, FAMILY_POLICIES)
  if not address_list(errors, path, list) or is_headless(spec) then return end
  if check.count(list) > 1 and family_of(list[1]) == family_of(list[2]) then
    errors:invalid(path, list, "may specify no more than one IP for each IP family")
  end
  for i, family in check.each(spec.ipFamilies, path) do
    local address = list and list[i]
    if address and family_of(address) ~= family then
      errors:invalid(check.at(path, i), address,
        ("expected an %s value as indicated by `ipFamilies[%d]`"):format(family, i - 1))
    end
  end
end

-- ---------------------------------------------------------------------------
-- By type
-- ---------------------------------------------------------------------------

local function external_name(errors, spec)
  for _, field in ipairs { "clusterIPs", "ipFamilies" } do
    if check.count(spec[field]) > 0 then
      errors:forbidden("spec." .. field, "may not be set for ExternalName services")
    end
  end
  if spec.ipFamilyPolicy then
    errors:forbidden("spec.ipFamilyPolicy", "may not be set for ExternalName services")
  end
  local name = (spec.externalName or ""):gsub("%.$", "")
  check.required_name(errors, "spec.externalName", "dns_subdomain", name)
end

local SOURCE_RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges"
local ONLY_LOAD_BALANCER = "may only be used when `type` is 'LoadBalancer'"

local function trimmed(text) return text:match("^%s*(.-)%s*$") end

-- Who may come in: in the spec, or where there is none in an annotation.
local function source_ranges(errors, spec, annotations)
  local list, path = spec.loadBalancerSourceRanges, "spec.LoadBalancerSourceRanges"
  local text = annotations and annotations[SOURCE_RANGES]
  if check.count(list) > 0 then
    if spec.type ~= "LoadBalancer" then errors:forbidden(path, ONLY_LOAD_BALANCER) end
    for _, range, at in check.each(list, path) do ip.range(errors, at, trimmed(range)) end
  elseif text then
    local at = check.key("metadata.annotations", SOURCE_RANGES)
    if spec.type ~= "LoadBalancer" then errors:forbidden(at, ONLY_LOAD_BALANCER) end
    for range in (trimmed(text) == "" and "" or text .. ","):gmatch "([^,]*)," do
      ip.range(errors, at, trimmed(range))
    end
  end
end

local KUBELET_PORT = 10250

local function load_balancer(errors, spec, annotations)
  local balanced = spec.type == "LoadBalancer"
  source_ranges(errors, spec, annotations)
  for _, port, at in check.each(balanced and spec.ports or nil, "spec.ports") do
    if port.port == KUBELET_PORT then
      errors:invalid(at, port.port,
        ("may not expose port %d externally since it is used by kubelet"):format(KUBELET_PORT))
    end
  end
  if spec.allocateLoadBalancerNodePorts ~= nil and not balanced then
    errors:forbidden("spec.allocateLoadBalancerNodePorts", ONLY_LOAD_BALANCER)
  end
  if spec.loadBalancerClass and not balanced then
    errors:forbidden("spec.loadBalancerClass", ONLY_LOAD_BALANCER)
  elseif balanced then
    check.name(errors, "spec.loadBalancerClass", "label_key", spec.loadBalancerClass)
  end
end

local function by_type(errors, spec)
  check.choice(errors, "spec.type", spec.type, TYPES)
  if spec.type == "ExternalName" then return external_name(errors, spec) end
  if check.count(spec.ports) == 0 and not is_headless(spec) then errors:required("spec.ports") end
  if is_headless(spec) and (spec.type == "LoadBalancer" or spec.type == "NodePort") then
    errors:invalid("spec.clusterIPs[0]", "None",
      ("may not be set to 'None' for %s services"):format(spec.type))
  end
  addresses(errors, "spec.clusterIPs", spec)
end

-- ---------------------------------------------------------------------------
-- Traffic
-- ---------------------------------------------------------------------------

local LONGEST_AFFINITY = 86400

local function affinity(errors, path, spec)
  check.choice(errors, "spec.sessionAffinity", spec.sessionAffinity, { "ClientIP", "None" })
  local config = spec.sessionAffinityConfig
  if spec.sessionAffinity ~= "ClientIP" then
    if config and spec.sessionAffinity == "None" then
      errors:forbidden(path, "must not be set when session affinity is None")
    end
    return
  end
  local seconds = config and config.clientIP and config.clientIP.timeoutSeconds
  if seconds and (seconds <= 0 or seconds > LONGEST_AFFINITY) then
    errors:invalid(path .. ".clientIP.timeoutSeconds", seconds,
      ("must be greater than 0 and less than %d"):format(LONGEST_AFFINITY))
  end
end

local function is_external(spec)
  return spec.type == "LoadBalancer" or spec.type == "NodePort"
    or spec.type == "ClusterIP" and check.count(spec.externalIPs) > 0
end

local function traffic(errors, spec)
  local policy = spec.externalTrafficPolicy
  if not check.blank(policy) and not is_external(spec) then
    errors:invalid("spec.externalTrafficPolicy", policy,
      "may only be set for externally-accessible services")
  else
    check.choice(errors, "spec.externalTrafficPolicy", policy, POLICIES)
  end
  local port = spec.healthCheckNodePort or 0
  if port ~= 0 and not (spec.type == "LoadBalancer" and policy == "Local") then
    errors:invalid("spec.healthCheckNodePort", port, "may only be set when `type` is "
      .. "'LoadBalancer' and `externalTrafficPolicy` is 'Local'")
  elseif port ~= 0 then
    check.port_number(errors, "spec.healthCheckNodePort", port)
  end
  check.choice(errors, "spec.internalTrafficPolicy", spec.internalTrafficPolicy, POLICIES)
  check.choice(errors, "spec.trafficDistribution", spec.trafficDistribution, DISTRIBUTIONS)
end

-- ---------------------------------------------------------------------------
-- The whole
-- ---------------------------------------------------------------------------

--- A new Service.
function service.validate(object, errors)
  local spec = object.spec or {}
  meta.create(errors, object, "dns1035_label")
  by_type(errors, spec)
  ports(errors, "spec.ports", spec)
  labels.map(errors, "spec.selector", spec.selector)
  affinity(errors, "spec.sessionAffinityConfig", spec)
  for _, address, at in check.each(spec.externalIPs, "spec.externalIPs") do
    ip.check(errors, at, address)
    ip.not_special(errors, at, address)
  end
  load_balancer(errors, spec, (object.metadata or {}).annotations)
  traffic(errors, spec)
end

-- What a service has one or two of: the first stays, the second may come and go.
local PAIRS = {
  { "clusterIPs", "primary clusterIP can not be unset", "secondary clusterIP" },
  { "ipFamilies", "primary ipFamily can not be unset", "secondary ipFamily" },
}

local function same_pair(errors, field, new, old, unset, second)
  local now, was, path = new[field] or {}, old[field] or {}, "spec." .. field
  if #was > 0 and #now == 0 then return errors:invalid(path .. "[0]", now, unset) end
  for i = 1, #now == #was and #was or math.min(#now, #was, 1) do
    if now[i] ~= was[i] then errors:invalid(check.at(path, i), now, "may not change once set") end
  end
  if #was > #now and new.ipFamilyPolicy ~= "SingleStack" then
    errors:invalid("spec.ipFamilyPolicy", new.ipFamilyPolicy,
      ("must be set to 'SingleStack' when releasing the %s"):format(second))
  end
end

local function same_addresses(errors, new, old)
  if new.type == "ExternalName" or old.type == "ExternalName" then return end
  local headless = is_headless(new) and is_headless(old)
  for _, pair in ipairs(PAIRS) do
    local field, unset, second = table.unpack(pair)
    if field ~= "clusterIPs" or not headless then
      same_pair(errors, field, new, old, unset, second)
    end
  end
end

--- A changed Service.
function service.validate_update(new, old, errors)
  local spec, was = new.spec or {}, old.spec or {}
  meta.update(errors, new, old)
  same_addresses(errors, spec, was)
  if spec.type == "LoadBalancer" and was.type == "LoadBalancer"
      and spec.loadBalancerClass ~= was.loadBalancerClass then
    errors:invalid("spec.loadBalancerClass", spec.loadBalancerClass, "may not change once set")
  end
  service.validate(new, errors)
end

--- A changed status.
function service.validate_status(new, old, errors)
  meta.update(errors, new, old)
  local ingress = new.status and new.status.loadBalancer and new.status.loadBalancer.ingress
  for _, point, at in check.each(ingress, "status.loadBalancer.ingress") do
    if not check.blank(point.ip) then ip.check(errors, at .. ".ip", point.ip) end
    check.optional_name(errors, at .. ".hostname", "dns_subdomain", point.hostname)
    if ip.version(point.hostname or "") then
      errors:invalid(at .. ".hostname", point.hostname, "must be a DNS name, not an IP address")
    end
  end
end

return service
