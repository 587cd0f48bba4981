-- SPDX-License-Identifier: MIT
--- Ingresses and IngressClasses.
-- (pkg/apis/networking/validation)
local check = require "wl.validate.check"
local ip = require "wl.validate.ip"
local meta = require "wl.validate.meta"

local ingress, class = {}, {}

-- ---------------------------------------------------------------------------
-- Backends
-- ---------------------------------------------------------------------------

-- What is wrong with the port as a whole stands at the backend.
local function service_backend(errors, path, service)
  local below = path .. ".service"
  check.required_name(errors, below .. ".name", "dns1035_label", service.name)
  local port = service.port or {}
  local has_name, has_number = not check.blank(port.name), (port.number or 0) ~= 0
  if has_name and has_number then
    errors:invalid(path, "", "cannot set both port name & port number")
  elseif has_name then
    check.name(errors, below .. ".port.name", "port_name", port.name)
  elseif has_number then
    check.port_number(errors, below .. ".port.number", port.number)
  else
    errors:required(path, "port name or number is required")
  end
end

local function resource_backend(errors, path, resource)
  for _, field in ipairs { "kind", "name" } do
    check.required(errors, path .. "." .. field, resource[field])
  end
end

local function backend(errors, path, b)
  if b.resource and b.service then
    errors:invalid(path, "", "cannot set both resource and service backends")
  elseif b.resource then
    resource_backend(errors, path .. ".resource", b.resource)
  elseif b.service then
    service_backend(errors, path, b.service)
  else
    errors:invalid(path, "", "resource or service backend is required")
  end
end

-- ---------------------------------------------------------------------------
-- Paths
-- ---------------------------------------------------------------------------

local INSIDE = { "//", "/./", "/../", "%2f", "%2F" }
local AT_END = { "/..", "/." }
local PATH_TYPES = { "Exact", "ImplementationSpecific", "Prefix" }

local function exact_path(errors, path, text)
  if text:sub(1, 1) ~= "/" then errors:invalid(path, text, "must be an absolute path") end
  for _, part in ipairs(INSIDE) do
    if text:find(part, 1, true) then
      errors:invalid(path, text, ("must not contain '%s'"):format(part))
    end
  end
  for _, part in ipairs(AT_END) do
    if text:sub(-#part) == part then
      errors:invalid(path, text, ("cannot end with '%s'"):format(part))
    end
  end
end

local function http_path(errors, path, p)
  local text = p.path or ""
  if p.pathType == nil then
    return errors:required(path .. ".pathType", "pathType must be specified")
  end
  check.choice(errors, path .. ".pathType", p.pathType, PATH_TYPES)
  if p.pathType == "Exact" or p.pathType == "Prefix" then
    exact_path(errors, path .. ".path", text)
  elseif p.pathType == "ImplementationSpecific" and text ~= "" and text:sub(1, 1) ~= "/" then
    errors:invalid(path .. ".path", text, "must be an absolute path")
  end
  backend(errors, path .. ".backend", p.backend or {})
end

local function host(errors, path, name)
  local has_star = name:find("*", 1, true)
  check.name(errors, path, has_star and "wildcard_subdomain" or "dns_subdomain", name)
end

local function rule(errors, path, r)
  if ip.version(r.host or "") then
    errors:invalid(path .. ".host", r.host, "must be a DNS name, not an IP address")
  end
  if not check.blank(r.host) then host(errors, path .. ".host", r.host) end
  if not r.http then return end
  if check.count(r.http.paths) == 0 then errors:required(path .. ".http.paths") end
  for _, p, at in check.each(r.http.paths, path .. ".http.paths") do http_path(errors, at, p) end
end

-- ---------------------------------------------------------------------------
-- The whole
-- ---------------------------------------------------------------------------

local function whole(errors, spec)
  if check.count(spec.rules) == 0 and not spec.defaultBackend then
    errors:invalid("spec", spec.rules or {},
      "either `defaultBackend` or `rules` must be specified")
  end
  if spec.defaultBackend then backend(errors, "spec.defaultBackend", spec.defaultBackend) end
  for _, r, at in check.each(spec.rules, "spec.rules") do rule(errors, at, r) end
  for _, tls, at in check.each(spec.tls, "spec.tls") do
    for _, name, where in check.each(tls.hosts, at .. ".hosts") do host(errors, where, name) end
    check.optional_name(errors, at .. ".secretName", "dns_subdomain", tls.secretName)
  end
  check.name(errors, "spec.ingressClassName", "dns_subdomain", spec.ingressClassName)
end

--- A new Ingress.
function ingress.validate(object, errors)
  meta.create(errors, object)
  whole(errors, object.spec or {})
end

--- A changed Ingress.
function ingress.validate_update(new, old, errors)
  meta.update(errors, new, old)
  whole(errors, new.spec or {})
end

--- A changed status.
function ingress.validate_status(new, old, errors) meta.update(errors, new, old) end

--- A new IngressClass.
function class.validate(object, errors)
  meta.create(errors, object, "dns_subdomain", "cluster")
  local controller = object.spec and object.spec.controller
  if check.blank(controller) then return errors:required("spec.controller") end
  if not controller:find("^[^/]+/.+$") then
    errors:invalid("spec.controller", controller,
      'must be a domain-prefixed path (such as "acme.io/foo")')
  end
end

--- A changed IngressClass: its controller stays.
function class.validate_update(new, old, errors)
  meta.update(errors, new, old)
  check.immutable(errors, "spec.controller", (new.spec or {}).controller,
    (old.spec or {}).controller)
end

return { Ingress = ingress, IngressClass = class }
