-- SPDX-License-Identifier: MIT
--- How the addresses behind a Service are described.
-- Source: k8s.io/kubectl/pkg/describe describeEndpoints, describeEndpointSliceV1.
local cells = require "wl.columns.cells"
local parts = require "wl.describe.parts"

local endpoints = {}

local function write_ports(w, level, ports)
  w:line(level, "Ports:")
  w:line(level + 1, "Name\tPort\tProtocol")
  w:line(level + 1, "----\t----\t--------")
  for _, port in ipairs(ports) do
    w:line(level + 1, ("%s\t%s\t%s"):format(cells.text(port.name, "<unset>"),
      tostring(port.port or "<unset>"), port.protocol or "TCP"))
  end
end

local function ips(addresses)
  return cells.text(cells.joined(addresses, "ip"))
end

--- Describe an Endpoints object.
function endpoints.Endpoints(w, object, ctx)
  parts.name(w, object)
  parts.labels_and_annotations(w, object)
  w:line(0, "Subsets:")
  for _, subset in ipairs(object.subsets or {}) do
    w:line(1, "Addresses:\t" .. ips(subset.addresses))
    w:line(1, "NotReadyAddresses:\t" .. ips(subset.notReadyAddresses))
    if #(subset.ports or {}) > 0 then write_ports(w, 1, subset.ports) end
    w:line(0, "")
  end
  parts.events(w, object, ctx)
end

local function write_endpoint(w, endpoint)
  local addresses = {}
  for i, address in ipairs(endpoint.addresses or {}) do addresses[i] = address end
  local ready = endpoint.conditions and endpoint.conditions.ready
  w:line(1, "- Addresses:\t" .. cells.text(table.concat(addresses, ", ")))
  w:line(2, "Conditions:")
  w:line(3, "Ready:\t" .. (ready == nil and "<unset>" or tostring(ready)))
  w:line(2, "Hostname:\t" .. cells.text(endpoint.hostname, "<unset>"))
  local target = endpoint.targetRef
  if target then w:line(2, ("TargetRef:\t%s/%s"):format(target.kind, target.name)) end
  w:line(2, "NodeName:\t" .. cells.text(endpoint.nodeName, "<unset>"))
  w:line(2, "Zone:\t" .. cells.text(endpoint.zone, "<unset>"))
end

--- Describe an EndpointSlice.
function endpoints.EndpointSlice(w, object, ctx)
  parts.name(w, object)
  parts.labels_and_annotations(w, object)
  w:line(0, "AddressType:\t" .. (object.addressType or ""))
  if #(object.ports or {}) == 0 then
    w:line(0, "Ports: <unset>")
  else
    write_ports(w, 0, object.ports)
  end
  if #(object.endpoints or {}) == 0 then
    w:line(0, "Endpoints: <none>")
  else
    w:line(0, "Endpoints:")
    for _, endpoint in ipairs(object.endpoints) do write_endpoint(w, endpoint) end
  end
  parts.events(w, object, ctx)
end

return endpoints
