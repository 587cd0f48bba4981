-- SPDX-License-Identifier: MIT
--- Ports of a node that pods take: each belongs to one pod. The address 0.0.0.0
-- stands for all addresses.
-- Source: kube-scheduler plugin NodePorts, which the kubelet asks, too.
local host_ports = {}

local ANY = "0.0.0.0"

--- Why a node will not do for a pod whose ports are taken.
host_ports.TAKEN = "node(s) didn't have free ports for the requested pod ports"

--- The ports of its node that a pod takes.
-- @param spec of the pod
-- @treturn table array of `{ number, protocol, address }`
function host_ports.of(spec)
  local ports = {}
  for _, containers in ipairs { spec.initContainers or {}, spec.containers or {} } do
    for _, container in ipairs(containers) do
      for _, port in ipairs(container.ports or {}) do
        if (port.hostPort or 0) > 0 then
          ports[#ports + 1] = { number = port.hostPort, protocol = port.protocol or "TCP",
                                address = (port.hostIP or "") ~= "" and port.hostIP or ANY }
        end
      end
    end
  end
  return ports
end

local function clash(a, b)
  return a.number == b.number and a.protocol == b.protocol
    and (a.address == b.address or a.address == ANY or b.address == ANY)
end

--- Does any of these ports clash with any of those?
-- @tparam table wanted as host_ports.of gives them
-- @tparam table taken
-- @treturn boolean
function host_ports.clash(wanted, taken)
  for _, a in ipairs(wanted) do
    for _, b in ipairs(taken) do
      if clash(a, b) then
        return true
      end
    end
  end
  return false
end

return host_ports
