-- SPDX-License-Identifier: MIT
--- A port of a Service that leads nowhere, and a Service that an Ingress misses.
--
-- A targetPort that is a name must be the name of a container port: pods without one
-- of that name get no traffic. A number is not looked at, as containers need not
-- declare the ports that they listen on.
local rule = require "wl.lint.rule"
local suggest = require "wl.suggest"

local function port_names(pods)
  local names = {}
  for _, list in ipairs { pods.spec.containers, pods.spec.initContainers or {} } do
    for _, container in ipairs(list) do
      for _, port in ipairs(container.ports or {}) do
        if port.name then names[#names + 1] = port.name end
      end
    end
  end
  return names
end

local function has(list, wanted)
  for _, x in ipairs(list) do
    if x == wanted then return true end
  end
  return false
end

local function check_targets(model, entry, report)
  local spec = entry.object.spec
  if not spec.selector then return end
  for i, port in ipairs(spec.ports or {}) do
    for _, found in ipairs(model:labelled(entry.namespace, spec.selector)) do
      local names = port_names(found.pods)
      if type(port.targetPort) == "string" and not has(names, port.targetPort) then
        report(entry, ("spec.ports[%d].targetPort"):format(i - 1),
          ("no container of %s/%s has a port named %q"):format(found.kind, found.name,
            port.targetPort), #names > 0 and "its named ports: " .. table.concat(names, ", ")
            or "name the port in the container, or write its number")
      end
    end
  end
end

local function backends(entry)
  local list, spec = {}, entry.object.spec
  local function add(backend, field)
    if backend and backend.service then
      list[#list + 1] = { service = backend.service, field = field .. ".service.name" }
    end
  end
  add(spec.defaultBackend, "spec.defaultBackend")
  for i, one in ipairs(spec.rules or {}) do
    for j, path in ipairs(one.http and one.http.paths or {}) do
      add(path.backend, ("spec.rules[%d].http.paths[%d].backend"):format(i - 1, j - 1))
    end
  end
  return list
end

local function service_names(model, namespace)
  local names = {}
  for entry in model:each "Service" do
    if entry.namespace == namespace then names[#names + 1] = entry.name end
  end
  return names
end

local function has_port(service, wanted)
  for _, port in ipairs(service.object.spec.ports or {}) do
    if wanted.name and port.name == wanted.name then return true end
    if wanted.number and port.port == wanted.number then
      return true
    end
  end
  return wanted.name == nil and wanted.number == nil
end

local function check_backends(model, entry, report)
  for _, backend in ipairs(backends(entry)) do
    local name = backend.service.name
    local service = model:find("Service", entry.namespace, name)
    if not service then
      report(entry, backend.field, ("there is no Service %q in these manifests"):format(name),
        "write the name of the Service"
          .. suggest.hint(name, service_names(model, entry.namespace)))
    elseif not has_port(service, backend.service.port or {}) then
      report(entry, backend.field:gsub("name$", "port"), ("Service/%s has no such port")
        :format(name), "write a port of the Service, not of the container")
    end
  end
end

return rule "service-port" {
  about = "a Service port or an Ingress backend that leads nowhere",
  severity = "warning",
  check = function(model, report)
    for entry in model:each "Service" do check_targets(model, entry, report) end
    for entry in model:each "Ingress" do check_backends(model, entry, report) end
  end,
}
