-- SPDX-License-Identifier: MIT
--- Nodes.
-- (pkg/apis/core/validation)
local check = require "wl.validate.check"
local ip = require "wl.validate.ip"
local meta = require "wl.validate.meta"
local resources = require "wl.validate.resources"
local scheduling = require "wl.validate.scheduling"
local semantic = require "wl.validate.semantic"

local node = {}

local function amounts(errors, object)
  local status = object.status or {}
  for _, field in ipairs { "capacity", "allocatable" } do
    for name, text in check.pairs(status[field]) do
      resources.amount(errors, ("status.%s.%s"):format(field, name), name, text)
    end
  end
end

local function pod_ranges(errors, path, list)
  local seen = {}
  for _, range, at in check.each(list, path) do
    ip.range(errors, at, range)
    local version = ip.version(range:match("^[^/]*"))
    if version and seen[version] then
      errors:invalid(path, list, "may specify no more than one CIDR for each IP family")
    end
    seen[version or 0] = true
  end
end

--- A new Node. Errors in taints stand below metadata: they do in Kubernetes.
function node.validate(object, errors)
  local spec = object.spec or {}
  meta.create(errors, object, "dns_subdomain", "cluster")
  scheduling.taints(errors, "metadata.taints", spec.taints)
  amounts(errors, object)
  pod_ranges(errors, "spec.podCIDRs", spec.podCIDRs)
end

local function set_once(errors, field, new, old)
  local is_set = type(old) == "string" and old ~= "" or check.count(old) > 0
  if is_set and not semantic.equal(new, old) then
    local word = field == "podCIDRs" and "podCIDR" or field
    errors:forbidden("spec." .. field,
      ('node updates may not change %s except from "" to valid'):format(word))
  end
end

local function addresses(errors, path, list)
  local seen = {}
  for _, address, at in check.each(list, path) do
    local word = ("%s %s"):format(address.type or "", address.address or "")
    if seen[word] then errors:duplicate(at, address) end
    seen[word] = true
  end
end

--- A changed Node.
function node.validate_update(new, old, errors)
  local spec, was = new.spec or {}, old.spec or {}
  node.validate(new, errors)
  meta.update(errors, new, old)
  addresses(errors, "status.addresses", new.status and new.status.addresses)
  set_once(errors, "podCIDRs", spec.podCIDRs, was.podCIDRs)
  if type(was.providerID) == "string" then
    set_once(errors, "providerID", spec.providerID, was.providerID)
  end
end

--- A changed status.
function node.validate_status(new, old, errors) node.validate_update(new, old, errors) end

return node
