-- SPDX-License-Identifier: MIT
--- Ingress of extensions/v1beta1 and networking.k8s.io/v1beta1.
local reach = require "wl.api.legacy.reach"
local value = require "wl.value"

local networking = {}

-- { serviceName, servicePort } became { service = { name, port = { name or number } } }.
local function backend(old)
  if not value.is_map(old) or old.serviceName == nil then return old end
  local service = { name = old.serviceName }
  local port = old.servicePort
  if math.type(port) == "integer" then
    service.port = { number = port }
  elseif port ~= nil then
    service.port = { name = port }
  end
  return { service = service, resource = old.resource }
end

--- Backends were written flat, and a path was whatever the controller made of it.
function networking.ingress_beta1(draft)
  local spec = reach.map(draft, "spec")
  if not spec then return end
  if spec.backend ~= nil then
    spec.defaultBackend, spec.backend = backend(spec.backend), nil
  end
  for _, rule in ipairs(reach.items(spec, "rules")) do
    for _, path in ipairs(reach.items(rule, "http", "paths")) do
      path.backend = backend(path.backend)
      if reach.is_absent(path, "pathType") then path.pathType = "ImplementationSpecific" end
    end
  end
end

return networking
