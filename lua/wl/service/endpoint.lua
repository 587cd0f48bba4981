-- SPDX-License-Identifier: MIT
--- What a Service's slices say about one pod.
-- Source: k8s.io/endpointslice `podToEndpoint`, `getEndpointPorts`;
-- `ShouldPodBeInEndpoints`.
local conditions = require "wl.conditions"
local value = require "wl.value"

local endpoint = {}

local ENDED = { Succeeded = true, Failed = true }

--- Is a pod among the endpoints? One that is ending still is, and says so.
-- @param pod
-- @treturn boolean
function endpoint.is_wanted(pod)
  local status = pod.status
  return status ~= nil and not ENDED[status.phase] and (status.podIP or "") ~= ""
end

local function is_ready(pod)
  local ready = conditions.find(pod.status.conditions, "Ready")
  return ready ~= nil and ready.status == "True"
end

local function hostname_of(service, pod)
  local spec = pod.spec
  if spec.hostname and spec.subdomain == service.metadata.name then return spec.hostname end
end

local function zone_of(ctx, name)
  local node = name and ctx:get("Node", nil, name)
  return node and (node.metadata.labels or {})["topology.kubernetes.io/zone"]
end

--- The endpoint of a pod.
-- @param ctx
-- @param service
-- @param pod
-- @treturn table
function endpoint.of(ctx, service, pod)
  local serving, terminating = is_ready(pod), pod.metadata.deletionTimestamp ~= nil
  local anyway = service.spec.publishNotReadyAddresses == true
  return {
    addresses = value.list { pod.status.podIP },
    conditions = { ready = anyway or serving and not terminating, serving = serving,
      terminating = terminating },
    hostname = hostname_of(service, pod),
    nodeName = pod.spec.nodeName,
    zone = zone_of(ctx, pod.spec.nodeName),
    targetRef = { kind = "Pod", namespace = pod.metadata.namespace, name = pod.metadata.name,
      uid = pod.metadata.uid },
  }
end

-- ---- ports ----

local function named_port(pod, port)
  for _, container in ipairs(pod.spec.containers) do
    for _, given in ipairs(container.ports or {}) do
      if given.name == port.targetPort and (given.protocol or "TCP") == port.protocol then
        return given.containerPort
      end
    end
  end
end

--- The ports under which a pod serves: a name is looked up in its containers, and
-- left out where they do not have it.
-- @param service
-- @param pod
-- @treturn {table,...} as in a slice
-- @treturn string the same for the same ports
function endpoint.ports(service, pod)
  local ports, words = value.list {}, {}
  for _, port in ipairs(service.spec.ports or {}) do
    local number = port.targetPort
    if type(number) == "string" then number = named_port(pod, port) end
    if number then
      ports[#ports + 1] = { name = port.name or "", port = number, protocol = port.protocol,
        appProtocol = port.appProtocol }
      words[#words + 1] = ("%s %d %s %s"):format(port.name or "", number, port.protocol,
        port.appProtocol or "")
    end
  end
  return ports, table.concat(words, ",")
end

--- The key of a slice's ports, as `ports` gives it.
-- @param ports or nil
-- @treturn string
function endpoint.key(ports)
  local words = {}
  for i, port in ipairs(ports or {}) do
    words[i] = ("%s %d %s %s"):format(port.name or "", port.port or 0, port.protocol or "TCP",
      port.appProtocol or "")
  end
  return table.concat(words, ",")
end

return endpoint
