-- SPDX-License-Identifier: MIT
--- The addresses and node ports of Services, given out as they are admitted.
--
-- A cluster address is one of 10.96.0.0/12, a node port one of 30000-32767, by
-- chance among those that no other Service has; or what the Service asks for, if
-- it is free.
-- Source: pkg/registry/core/service/storage/alloc.go, ipallocator, portallocator.
local apierror = require "wl.apierror"
local value = require "wl.value"

local addresses = {}

local RANGE, BASE, SIZE = "10.96.0.0/12", 10 << 24 | 96 << 16, 1 << 20
local FIRST_PORT, LAST_PORT = 30000, 32767
-- The beginning of each range is left to those who choose for themselves.
local OWN_CHOICE, OWN_PORTS = 256, 86

local Allocator = {}
Allocator.__index = Allocator

-- ---- cluster addresses ----

local function text_of(number)
  return ("%d.%d.%d.%d"):format(number >> 24, number >> 16 & 255, number >> 8 & 255, number & 255)
end

local function number_of(text)
  local number = 0
  for part in text:gmatch "%d+" do number = number << 8 | tonumber(part) end
  return text:find "^%d+%.%d+%.%d+%.%d+$" and number or nil
end

local function owner_of(self, address)
  return self.server.store:indexed(self.number, 1, address):first()
end

local function is_free(self, address, uid)
  local other = owner_of(self, address)
  return not other or other.metadata.uid == uid
end

local function any_address(self)
  while true do
    local address = text_of(BASE + self.rng:integer(OWN_CHOICE, SIZE - 2))
    if is_free(self, address) then return address end
  end
end

local function check_address(self, draft, errors)
  local spec, address = draft.spec, draft.spec.clusterIP
  local number = number_of(address)
  if not number then return end -- of the other family
  local problem
  if number <= BASE or number >= BASE + SIZE - 1 then
    problem = ("the provided IP (%s) is not in the valid range. The range of valid IPs is %s")
      :format(address, RANGE)
  elseif not is_free(self, address, draft.metadata.uid) then
    problem = "provided IP is already allocated"
  end
  if problem then
    errors:invalid("spec.clusterIPs", spec.clusterIPs,
      ("failed to allocate IP %s: %s"):format(address, problem))
  end
end

local function give_address(self, draft, errors)
  local spec = draft.spec
  if spec.type == "ExternalName" or spec.clusterIP == "None" then return end
  if spec.clusterIP == nil or spec.clusterIP == "" then
    spec.clusterIP = any_address(self)
    spec.clusterIPs = value.list { spec.clusterIP }
  else
    check_address(self, draft, errors)
  end
end

-- ---- node ports ----

local function ports_of_others(self, uid)
  local used = {}
  for service in self.server.store:where(self.number, "exposed"):each() do
    for _, port in ipairs(service.metadata.uid ~= uid and service.spec.ports or {}) do
      if port.nodePort then used[port.nodePort] = true end
    end
    local health = service.metadata.uid ~= uid and service.spec.healthCheckNodePort
    if health then used[health] = true end
  end
  return used
end

local function any_port(self, used)
  for _ = 1, LAST_PORT - FIRST_PORT do
    local port = self.rng:integer(FIRST_PORT + OWN_PORTS, LAST_PORT)
    if not used[port] then return port end
  end
  for port = FIRST_PORT, LAST_PORT do
    if not used[port] then return port end
  end
end

local function check_port(path, port, used, errors)
  if port < FIRST_PORT or port > LAST_PORT then
    errors:invalid(path, port, ("provided port is not in the valid range. "
      .. "The range of valid ports is %d-%d"):format(FIRST_PORT, LAST_PORT))
  elseif used[port] then
    errors:invalid(path, port, "provided port is already allocated")
  end
end

local function wants_ports(spec)
  return spec.type == "NodePort"
    or spec.type == "LoadBalancer" and spec.allocateLoadBalancerNodePorts ~= false
end

local function check_ports(spec, used, errors)
  for i = 1, #(spec.ports or {}) do
    local port = spec.ports[i].nodePort
    if port and port ~= 0 then
      check_port(("spec.ports[%d].nodePort"):format(i - 1), port, used, errors)
    end
  end
  for i = 1, #(spec.ports or {}) do
    local port = spec.ports[i].nodePort
    if port then used[port] = true end
  end
end

local function give_ports(self, draft, errors)
  local spec = draft.spec
  if spec.type ~= "NodePort" and spec.type ~= "LoadBalancer" then return end
  local used = ports_of_others(self, draft.metadata.uid)
  check_ports(spec, used, errors)
  for i = 1, wants_ports(spec) and #(spec.ports or {}) or 0 do
    local port = spec.ports[i]
    if port.nodePort == nil or port.nodePort == 0 then
      port.nodePort = any_port(self, used)
      used[port.nodePort] = true
    end
  end
  if spec.type == "LoadBalancer" and spec.externalTrafficPolicy == "Local"
    and (spec.healthCheckNodePort or 0) == 0 then
    spec.healthCheckNodePort = any_port(self, used)
  end
end

-- ---- admission ----

--- Give a Service what it needs.
-- @tparam kind kind
-- @tparam table draft changed in place
-- @treturn boolean true; or nil, message, "Invalid", causes
function Allocator:admit(kind, draft)
  if kind.name ~= "Service" then return true end
  self.number = self.number or self.server:number(kind)
  local refusal = kind:judge(draft.metadata.name, function(errors)
    give_address(self, draft, errors)
    give_ports(self, draft, errors)
  end)
  if refusal then return apierror.returned(refusal) end
  return true
end

--- An admission rule for new and changed objects.
-- @param server
-- @param rng a stream of chance
-- @treturn table see wl.admission_rules
function addresses.admission(server, rng)
  local allocator = setmetatable({ server = server, rng = rng }, Allocator)
  return { changes = function(kind) return kind.name == "Service" end,
    admit = function(kind, draft) return allocator:admit(kind, draft) end }
end

return addresses
