-- SPDX-License-Identifier: MIT
--- Defaults of a pod that depend on its other fields.
--
-- Some hold for every pod specification, some only for a Pod and not for the
-- template of one, so that templates stay as their author wrote them.
-- Source: pkg/apis/core/v1/defaults.go and conversion.go.
local is_empty = require "wl.schema.empty"
local quantity = require "wl.quantity"

local pod = {}

--- Complete any pod specification: the two names of the service account agree.
-- @param draft
function pod.pod_spec(draft)
  local account = draft.serviceAccountName or draft.serviceAccount
  if account and account ~= draft.serviceAccountName then draft.serviceAccountName = account end
  if account and account ~= draft.serviceAccount then draft.serviceAccount = account end
end

-- A limit without a request is a request too.
local function requests_from_limits(containers)
  for i = 1, #containers do
    local resources = containers[i].resources
    if resources and resources.limits then
      if resources.requests == nil then resources.requests = {} end
      for name, limit in pairs(resources.limits) do
        if resources.requests[name] == nil then resources.requests[name] = limit end
      end
    end
  end
end

local function host_ports(containers)
  for i = 1, #containers do
    local ports = containers[i].ports or {}
    for j = 1, #ports do
      if (ports[j].hostPort or 0) == 0 then ports[j].hostPort = ports[j].containerPort end
    end
  end
end

local function is_hugepages(name)
  return name:find("^hugepages%-") ~= nil
end

-- Resources that a pod may ask for as a whole.
local function is_pod_level(name)
  return name == "cpu" or name == "memory" or is_hugepages(name)
end

local function raise(total, name, amount)
  if total[name] == nil or total[name] < amount then total[name] = amount end
end

local function add(total, name, amount)
  total[name] = total[name] and total[name] + amount or amount
end

local function each_amount(container, which, visit)
  local amounts = container.resources and container.resources[which]
  for name, text in pairs(amounts or {}) do
    local amount = quantity.parse(text)
    if amount and is_pod_level(name) then visit(name, amount) end
  end
end

-- What all containers together ask for: the running ones at once, or an init
-- container beside the sidecars that started before it, whichever is more.
local function of_containers(spec, which)
  local total, peak, sidecars = {}, {}, {}
  for _, container in ipairs(spec.initContainers or {}) do
    local is_sidecar = container.restartPolicy == "Always"
    each_amount(container, which, function(name, amount)
      if is_sidecar then
        add(sidecars, name, amount)
        raise(peak, name, sidecars[name])
      else
        raise(peak, name, sidecars[name] and sidecars[name] + amount or amount)
      end
    end)
  end
  for _, container in ipairs(spec.containers or {}) do
    each_amount(container, which, function(name, amount) add(total, name, amount) end)
  end
  for name, amount in pairs(sidecars) do add(total, name, amount) end
  for name, amount in pairs(peak) do raise(total, name, amount) end
  return total
end

local function hugepage_limits(spec)
  local whole = spec.resources
  if is_empty(whole.limits) and is_empty(whole.requests) then return end
  local found = {}
  for name, amount in pairs(of_containers(spec, "limits")) do
    local given = whole.requests and whole.requests[name] or whole.limits and whole.limits[name]
    if is_hugepages(name) and not given then found[name] = tostring(amount) end
  end
  if is_empty(found) then return end
  whole.limits = whole.limits or {}
  for name, text in pairs(found) do whole.limits[name] = text end
end

local function pod_requests(spec)
  local whole = spec.resources
  if is_empty(whole.limits) then return end
  local found = {}
  for name, amount in pairs(of_containers(spec, "requests")) do
    if not is_hugepages(name) then found[name] = tostring(amount) end
  end
  for name, limit in pairs(whole.limits) do
    if not found[name] and is_pod_level(name) then found[name] = limit end
  end
  if is_empty(found) then return end
  if whole.requests == nil then whole.requests = {} end
  for name, text in pairs(found) do
    if whole.requests[name] == nil then whole.requests[name] = text end
  end
end

--- Complete a Pod.
-- @param draft
function pod.pod(draft)
  local spec = draft.spec
  if spec.containers then requests_from_limits(spec.containers) end
  if spec.initContainers then requests_from_limits(spec.initContainers) end
  if spec.resources then
    hugepage_limits(spec)
    pod_requests(spec)
  end
  if spec.enableServiceLinks == nil then spec.enableServiceLinks = true end
  if spec.hostNetwork then
    host_ports(spec.containers or {})
    host_ports(spec.initContainers or {})
  end
end

return pod
