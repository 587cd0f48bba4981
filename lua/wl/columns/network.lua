-- SPDX-License-Identifier: MIT
--- The columns of Services, Ingresses and what goes with them.
-- Source: kubernetes pkg/printers/internalversion printService, printIngress.
local cells = require "wl.columns.cells"

local network = {}

local function port_text(port)
  local protocol = port.protocol or "TCP"
  if (port.nodePort or 0) > 0 then
    return ("%d:%d/%s"):format(port.port, port.nodePort, protocol)
  end
  return ("%d/%s"):format(port.port, protocol)
end

--- "80/TCP,443:30443/TCP"
function network.ports(object)
  local parts = {}
  for i, port in ipairs(object.spec.ports or {}) do
    parts[i] = port_text(port)
  end
  return #parts > 0 and table.concat(parts, ",") or nil
end

-- Kubectl shows 16 characters of the balancer's addresses.
local BALANCER_WIDTH = 16

--- Where a load balancer can be reached, as far as the status says.
-- @param object Service or Ingress
-- @tparam ?boolean wide without cutting
-- @treturn string "" when there is nothing yet
function network.balancer(object, wide)
  local addresses, seen = {}, {}
  local balancer = object.status and object.status.loadBalancer or {}
  for _, entry in ipairs(balancer.ingress or {}) do
    local address = cells.text(entry.ip, entry.hostname or "")
    if address ~= "" and not seen[address] then
      seen[address] = true
      addresses[#addresses + 1] = address
    end
  end
  table.sort(addresses)
  local text = table.concat(addresses, ",")
  if not wide and #text > BALANCER_WIDTH then
    return text:sub(1, BALANCER_WIDTH - 3) .. "..."
  end
  return text
end

local function external_ip(object, ctx)
  local spec = object.spec
  local given = {}
  for i, ip in ipairs(spec.externalIPs or {}) do
    given[i] = ip
  end
  if spec.type == "ExternalName" then
    return cells.text(spec.externalName)
  elseif spec.type == "LoadBalancer" then
    local balancer = network.balancer(object, ctx.wide)
    if balancer ~= "" then
      table.insert(given, 1, balancer)
    end
    return #given > 0 and table.concat(given, ",") or "<pending>"
  end
  return #given > 0 and table.concat(given, ",") or nil
end

network.Service = {
  cells.NAME,
  { "TYPE", ".spec.type" },
  { "CLUSTER-IP", function(object)
    return cells.text(object.spec.clusterIP, object.spec.clusterIPs and object.spec.clusterIPs[1])
  end },
  { "EXTERNAL-IP", external_ip },
  { "PORT(S)", network.ports },
  cells.AGE, cells.LABEL_MAP_SELECTOR,
}

local function hosts(object)
  local parts = {}
  for _, rule in ipairs(object.spec.rules or {}) do
    if #parts == 3 then
      return table.concat(parts, ",") .. (" + %d more..."):format(#object.spec.rules - 3)
    end
    if (rule.host or "") ~= "" then
      parts[#parts + 1] = rule.host
    end
  end
  return #parts > 0 and table.concat(parts, ",") or "*"
end

network.Ingress = {
  cells.NAME,
  { "CLASS", ".spec.ingressClassName" },
  { "HOSTS", hosts },
  { "ADDRESS", function(object, ctx) return network.balancer(object, ctx.wide) end },
  { "PORTS", function(object) return #(object.spec.tls or {}) > 0 and "80, 443" or "80" end },
  cells.AGE,
}

network.IngressClass = {
  cells.NAME,
  { "CONTROLLER", ".spec.controller" },
  { "PARAMETERS", function(object)
    local parameters = object.spec.parameters
    if not parameters then
      return nil
    end
    local group = parameters.apiGroup and "." .. parameters.apiGroup or ""
    return ("%s%s/%s"):format(parameters.kind, group, parameters.name)
  end },
  cells.AGE,
}

network.NetworkPolicy = {
  cells.NAME,
  { "POD-SELECTOR", function(object) return cells.selector(object.spec.podSelector) end },
  cells.AGE,
}

-- At most three, then how many more.
local function first_three(parts)
  if #parts == 0 then
    return nil
  elseif #parts <= 3 then
    return table.concat(parts, ",")
  end
  return ("%s + %d more..."):format(table.concat(parts, ",", 1, 3), #parts - 3)
end

--- "10.0.0.1:80,10.0.0.2:80"
function network.endpoints(object)
  local parts = {}
  for _, subset in ipairs(object.subsets or {}) do
    for _, address in ipairs(subset.addresses or {}) do
      for _, port in ipairs(subset.ports or { {} }) do
        parts[#parts + 1] = port.port and ("%s:%d"):format(address.ip, port.port) or address.ip
      end
    end
  end
  return first_three(parts)
end

network.Endpoints = { cells.NAME, { "ENDPOINTS", network.endpoints }, cells.AGE }

local function slice_ports(object)
  local parts = {}
  for i, port in ipairs(object.ports or {}) do
    parts[i] = tostring(port.port or cells.text(port.name, "*"))
  end
  return #parts > 0 and first_three(parts) or "<unset>"
end

local function slice_endpoints(object)
  local parts = {}
  for _, endpoint in ipairs(object.endpoints or {}) do
    for _, address in ipairs(endpoint.addresses or {}) do
      parts[#parts + 1] = address
    end
  end
  return first_three(parts) or "<unset>"
end

network.EndpointSlice = {
  cells.NAME,
  { "ADDRESSTYPE", ".addressType" },
  { "PORTS", slice_ports },
  { "ENDPOINTS", slice_endpoints },
  cells.AGE,
}

return network
