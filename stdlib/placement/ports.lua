-- SPDX-License-Identifier: MIT
--- A host port belongs to one pod of a node. The address 0.0.0.0 stands for
-- all addresses. Source: kube-scheduler plugin NodePorts.
local host_ports = require "wl.host_ports"

local function prepare(pod, nodes)
  local wanted = host_ports.of(pod.spec)
  if #wanted == 0 then
    return nil
  end
  local refused = {}
  return {
    observe = function(node)
      refused[node.index] = nil
      for other in nodes:pods(node) do
        if host_ports.clash(wanted, host_ports.of(other.spec)) then
          refused[node.index] = true
        end
      end
    end,
    check = function(node)
      if refused[node.index] then
        return host_ports.TAKEN
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

return { name = "NodePorts", changes = "pods", reads = {}, prepare = prepare }
