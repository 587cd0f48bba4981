-- SPDX-License-Identifier: MIT
--- A host port belongs to one pod of a node. The address 0.0.0.0 stands for
-- all addresses. Source: kube-scheduler plugin NodePorts.
local ANY = "0.0.0.0"

local function host_ports(spec)
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

local function any_clash(wanted, taken)
  for _, a in ipairs(wanted) do
    for _, b in ipairs(taken) do
      if clash(a, b) then
        return true
      end
    end
  end
  return false
end

local function prepare(pod, nodes)
  local wanted = host_ports(pod.spec)
  if #wanted == 0 then
    return nil
  end
  local refused = {}
  return {
    observe = function(node)
      refused[node.index] = nil
      for other in nodes:pods(node) do
        if any_clash(wanted, host_ports(other.spec)) then
          refused[node.index] = true
        end
      end
    end,
    check = function(node)
      if refused[node.index] then
        return "node(s) didn't have free ports for the requested pod ports"
      end
    end,
    -- The group's own pods want the same ports.
    room = function(node)
      return refused[node.index] and 0 or 1
    end,
    placed = function(node)
      refused[node.index] = true
    end,
  }
end

return { name = "NodePorts", changes = "pods", prepare = prepare }
