-- SPDX-License-Identifier: MIT
--- How Services and Ingresses are described.
-- Source: k8s.io/kubectl/pkg/describe describeService, describeIngress.
local cells = require "wl.columns.cells"
local columns = require "wl.columns.network"
local conditions = require "wl.conditions"
local parts = require "wl.describe.parts"

local network = {}

local SERVICE_LABEL = "kubernetes.io/service-name"

-- ---- where the pods of a Service are ----

local function slices_of(object, ctx)
  local found = {}
  for _, slice in ipairs(ctx:list("EndpointSlice", { namespace = object.metadata.namespace })) do
    if (slice.metadata.labels or {})[SERVICE_LABEL] == object.metadata.name then
      found[#found + 1] = slice
    end
  end
  return found
end

local function is_ready(endpoint)
  local ready = (endpoint.conditions or {}).ready
  return ready == nil or ready
end

local function from_slices(slices, port, texts)
  for _, slice in ipairs(slices) do
    for _, slice_port in ipairs(slice.ports or {}) do
      local is_meant = (slice_port.name or "") == (port.name or "")
      for _, endpoint in ipairs(is_meant and slice.endpoints or {}) do
        if is_ready(endpoint) then
          for _, address in ipairs(endpoint.addresses or {}) do
            texts[#texts + 1] = ("%s:%d"):format(address, slice_port.port or 0)
          end
        end
      end
    end
  end
end

local function container_port(pod, target)
  if type(target) == "number" then
    return target
  end
  for _, container in ipairs(pod.spec.containers) do
    for _, port in ipairs(container.ports or {}) do
      if port.name == target then
        return port.containerPort
      end
    end
  end
end

local function is_selected(pod, selector)
  for key, text in pairs(selector) do
    if (pod.metadata.labels or {})[key] ~= text then
      return false
    end
  end
  local ready = conditions.find(pod.status and pod.status.conditions, "Ready")
  return ready ~= nil and ready.status == "True" and (pod.status.podIP or "") ~= ""
end

-- Where nobody keeps slices, the pods themselves tell.
local function from_pods(object, port, ctx, texts)
  local selector = object.spec.selector
  if not selector then
    return
  end
  for _, pod in ipairs(ctx:list("Pod", { namespace = object.metadata.namespace })) do
    local number = is_selected(pod, selector) and container_port(pod, port.targetPort or port.port)
    if number then
      texts[#texts + 1] = ("%s:%d"):format(pod.status.podIP, number)
    end
  end
end

--- Where a port of a Service leads: three endpoints, and how many more.
-- @param object the Service
-- @param port one of its ports
-- @param ctx
-- @treturn string
function network.endpoints(object, port, ctx)
  local texts, slices = {}, slices_of(object, ctx)
  if #slices > 0 then
    from_slices(slices, port, texts)
  else
    from_pods(object, port, ctx, texts)
  end
  table.sort(texts)
  if #texts > 3 then
    return ("%s + %d more..."):format(table.concat(texts, ",", 1, 3), #texts - 3)
  end
  return table.concat(texts, ",")
end

-- ---- Service ----

local function joined(list)
  local texts = {}
  for i, item in ipairs(list or {}) do
    texts[i] = tostring(item)
  end
  return table.concat(texts, ",")
end

local function optional(w, title, text)
  if (text or "") ~= "" then
    w:line(0, title .. ":\t" .. tostring(text))
  end
end

local function write_port(w, object, port, ctx)
  local name, protocol = cells.text(port.name, "<unset>"), port.protocol or "TCP"
  w:line(0, ("Port:\t%s\t%d/%s"):format(name, port.port, protocol))
  w:line(0, ("TargetPort:\t%s/%s"):format(tostring(port.targetPort or port.port), protocol))
  if (port.nodePort or 0) > 0 then
    w:line(0, ("NodePort:\t%s\t%d/%s"):format(name, port.nodePort, protocol))
  end
  w:line(0, "Endpoints:\t" .. network.endpoints(object, port, ctx))
end

local function write_addresses(w, object)
  local spec = object.spec
  w:line(0, "IP Family Policy:\t" .. cells.text(spec.ipFamilyPolicy))
  w:line(0, "IP Families:\t" .. cells.text(joined(spec.ipFamilies)))
  w:line(0, "IP:\t" .. (spec.clusterIP or ""))
  w:line(0, "IPs:\t" .. cells.text(joined(spec.clusterIPs)))
  optional(w, "External IPs", joined(spec.externalIPs))
  optional(w, "Desired LoadBalancer IP", spec.loadBalancerIP)
  optional(w, "External Name", spec.externalName)
  optional(w, "LoadBalancer Ingress", columns.balancer(object, true))
end

--- Describe a Service.
function network.Service(w, object, ctx)
  local spec = object.spec
  parts.name(w, object)
  parts.labels_and_annotations(w, object)
  w:line(0, "Selector:\t" .. cells.labels(spec.selector))
  w:line(0, "Type:\t" .. (spec.type or ""))
  write_addresses(w, object)
  for _, port in ipairs(spec.ports or {}) do
    write_port(w, object, port, ctx)
  end
  w:line(0, "Session Affinity:\t" .. (spec.sessionAffinity or ""))
  optional(w, "External Traffic Policy", spec.externalTrafficPolicy)
  optional(w, "Internal Traffic Policy", spec.internalTrafficPolicy)
  parts.events(w, object, ctx)
end

-- ---- Ingress ----

local function find_service(name, object, ctx)
  for _, service in ipairs(ctx:list("Service", { namespace = object.metadata.namespace })) do
    if service.metadata.name == name then
      return service
    end
  end
end

local function backend_text(backend, object, ctx)
  local wanted = backend.service
  if not wanted then
    local resource = backend.resource or {}
    return ("APIGroup: %s, Kind: %s, Name: %s"):format(resource.apiGroup or "<none>",
      resource.kind or "", resource.name or "")
  end
  local number = (wanted.port or {}).name or (wanted.port or {}).number or ""
  local service = find_service(wanted.name, object, ctx)
  local places = "<error: services \"" .. wanted.name .. "\" not found>"
  for _, port in ipairs(service and service.spec.ports or {}) do
    if port.name == number or port.port == number then
      places = network.endpoints(service, port, ctx)
    end
  end
  return ("%s:%s (%s)"):format(wanted.name, tostring(number), places)
end

local function write_rules(w, object, ctx)
  w:line(0, "Rules:")
  w:line(1, "Host\tPath\tBackends")
  w:line(1, "----\t----\t--------")
  for _, rule in ipairs(object.spec.rules or {}) do
    w:line(1, cells.text(rule.host, "*") .. "\t")
    for _, path in ipairs((rule.http or {}).paths or {}) do
      w:line(1, ("\t%s \t%s"):format(path.path or "", backend_text(path.backend, object, ctx)))
    end
  end
end

local function write_tls(w, tls)
  if #(tls or {}) == 0 then
    return
  end
  w:line(0, "TLS:")
  for _, entry in ipairs(tls) do
    w:line(1, ("%s terminates %s"):format(cells.text(entry.secretName, "SNI routes"),
      joined(entry.hosts)))
  end
end

--- Describe an Ingress.
function network.Ingress(w, object, ctx)
  local spec = object.spec
  w:line(0, "Name:\t" .. object.metadata.name)
  parts.labels(w, "Labels", object.metadata.labels)
  w:line(0, "Namespace:\t" .. (object.metadata.namespace or ""))
  w:line(0, "Address:\t" .. columns.balancer(object, true))
  w:line(0, "Ingress Class:\t" .. cells.text(spec.ingressClassName))
  w:line(0, "Default backend:\t"
    .. (spec.defaultBackend and backend_text(spec.defaultBackend, object, ctx) or "<default>"))
  write_tls(w, spec.tls)
  write_rules(w, object, ctx)
  parts.annotations(w, "Annotations", object.metadata.annotations)
  parts.events(w, object, ctx)
end

return network
