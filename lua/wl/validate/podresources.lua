-- SPDX-License-Identifier: MIT
--- Requests and limits of a pod as a whole, against those of its containers.
-- (pkg/apis/core/validation, k8s.io/component-helpers/resource)
local check = require "wl.validate.check"
local quantity = require "wl.quantity"
local resources = require "wl.validate.resources"

local podresources = {}

local ZERO = quantity.new(0)

local function read(text) return text and (quantity.parse(text)) end

local function requests_of(container)
  return container.resources and container.resources.requests
end

-- total + the quantities of a map of texts, as a new map.
local function plus(total, map)
  local sum = {}
  for name, q in pairs(total) do sum[name] = q end
  for name, text in check.pairs(map) do
    local q = read(text)
    if q then sum[name] = sum[name] and sum[name] + q or q end
  end
  return sum
end

local function raise(total, other)
  for name, q in pairs(other) do
    if not total[name] or total[name] < q then total[name] = q end
  end
end

-- What the containers of a pod ask for together: all that run side by side, or
-- one init container beside the sidecars started before it, when that is more.
local function total_requests(spec)
  local total, sidecars, highest = {}, {}, {}
  for _, container in check.each(spec.containers, "") do
    total = plus(total, requests_of(container))
  end
  for _, container in check.each(spec.initContainers, "") do
    local starting = plus(sidecars, requests_of(container))
    raise(highest, starting)
    if container.restartPolicy == "Always" then
      total = plus(total, requests_of(container))
      sidecars = starting
    end
  end
  raise(total, highest)
  return total
end

local function requests_suffice(errors, path, spec)
  for name, asked in pairs(total_requests(spec)) do
    local given = read((spec.resources.requests or {})[name]) or ZERO
    if asked > given then
      errors:invalid(check.key(path, name), tostring(given),
        "must be greater than or equal to aggregate container requests of " .. tostring(asked))
    end
  end
end

local function limits_suffice(errors, path, spec)
  local limits = spec.resources.limits or {}
  for i, container in check.each(spec.containers, "") do
    for name, text in check.pairs(container.resources and container.resources.limits) do
      if limits[name] and resources.compare(text, limits[name]) > 0 then
        errors:invalid(("%s.containers[%d][%s].limits"):format(path, i - 1, name), text,
          "must be less than or equal to pod limits of " .. limits[name])
      end
    end
  end
end

--- The resources of a pod; absent is fine.
-- @param spec          the pod's spec
-- @param known_claims  set of names of its resource claims
function podresources.check(errors, path, spec, known_claims)
  local r = spec.resources
  if not r then return end
  if r.claims then
    errors:forbidden(path .. ".claims", "claims cannot be set for Resources at pod-level")
  end
  resources.requirements(errors, path, r, resources.pod_name, known_claims)
  requests_suffice(errors, path .. ".requests", spec)
  limits_suffice(errors, path, spec)
end

return podresources
