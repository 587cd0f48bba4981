-- SPDX-License-Identifier: MIT
--- A Service's EndpointSlices and Endpoints, kept after the pods that it selects.
--
-- A run looks at the pods that have been written since the one before, not at all
-- of them; what it remembers between runs is only a shortcut, and read again from
-- the slices when it is not there or somebody else wrote them.
-- Source: pkg/controller/endpointslice, pkg/controller/endpoint.
local Slices = require "wl.service.slices"
local endpoint = require "wl.service.endpoint"
local value = require "wl.value"

local endpoints = {}

local MOST_ADDRESSES = 1000
local OVER_CAPACITY = "endpoints.kubernetes.io/over-capacity"
local MANAGED_BY = "endpoints.kubernetes.io/managed-by"
local HEADLESS = "service.kubernetes.io/headless"

-- ---- slices ----

local function put(ctx, service, slices, pod)
  if endpoint.is_wanted(pod) then
    local ports, key = endpoint.ports(service, pod)
    slices:put(pod.metadata.uid, endpoint.of(ctx, service, pod), ports, key)
  else
    slices:put(pod.metadata.uid, nil)
  end
end

local function put_all(ctx, service, slices, set)
  local there = {}
  for pod in set:each() do there[pod.metadata.uid] = true end
  for _, uid in ipairs(slices:uids()) do
    if not there[uid] then slices:put(uid, nil) end
  end
  for pod in set:each() do put(ctx, service, slices, pod) end
end

-- A pod that went is known by its id only.
local function put_changed(ctx, service, memory, set, changed)
  for i = 1, #changed do
    local id, pod = changed:id(i), changed[i]
    if pod and set:has(id) then
      memory.uids[id] = pod.metadata.uid
      put(ctx, service, memory.slices, pod)
    elseif memory.uids[id] then
      memory.slices:put(memory.uids[id], nil)
      memory.uids[id] = nil
    end
  end
end

local function remember_pods(memory, set)
  memory.uids = {}
  local batch = set:batch()
  for i, uid in ipairs(batch:pluck "metadata.uid") do memory.uids[batch:id(i)] = uid end
end

-- Does what was remembered still hold for this service?
local function recall(ctx, service, set)
  local memories = ctx.endpoints or setmetatable({}, { __mode = "k" })
  ctx.endpoints = memories
  local memory = memories[set]
  if memory and value.equal(memory.spec, service.spec) then return memory, true end
  memory = { spec = service.spec, uids = {} }
  memories[set] = memory
  return memory, false
end

local function follow(ctx, service, set)
  local memory, known = recall(ctx, service, set)
  local changed = set:changes()
  local slices, current = Slices.read(ctx, service, memory.slices)
  memory.slices = slices
  if known and current then
    put_changed(ctx, service, memory, set, changed)
  else
    put_all(ctx, service, slices, set)
    remember_pods(memory, set)
  end
  local done, message, code = slices:write()
  if not done then return nil, message, code end
  return slices
end

-- ---- Endpoints, for clients of old ----

local function address_of(one)
  return { ip = one.addresses[1], hostname = one.hostname, nodeName = one.nodeName,
    targetRef = one.targetRef }
end

local function ports_of(slice)
  local ports = value.list {}
  for i, port in ipairs(slice.ports or {}) do
    ports[i] = { name = port.name ~= "" and port.name or nil, port = port.port,
      protocol = port.protocol, appProtocol = port.appProtocol }
  end
  return #ports > 0 and ports or nil
end

local function by_ip(a, b) return a.ip < b.ip end

local function add_subset(subsets, groups, slice, one)
  local key = endpoint.key(slice.ports)
  local group = groups[key]
  if not group then
    group = { addresses = value.list {}, notReadyAddresses = value.list {},
      ports = ports_of(slice) }
    groups[key] = group
    subsets[#subsets + 1] = group
  end
  local list = one.conditions.ready and group.addresses or group.notReadyAddresses
  list[#list + 1] = address_of(one)
end

-- Returns whether there were too many.
local function subsets_of(slices)
  local subsets, groups, count = value.list {}, {}, 0
  for _, slice in ipairs(slices) do
    for _, one in ipairs(slice.endpoints or {}) do
      if one.conditions.ready or not one.conditions.terminating then
        count = count + 1
        if count > MOST_ADDRESSES then return subsets, true end
        add_subset(subsets, groups, slice, one)
      end
    end
  end
  for _, group in ipairs(subsets) do
    for _, field in ipairs { "addresses", "notReadyAddresses" } do
      table.sort(group[field], by_ip)
      if #group[field] == 0 then group[field] = nil end
    end
  end
  return subsets, false
end

local function labels_of(service)
  local labels = {}
  for key, text in pairs(service.metadata.labels or {}) do labels[key] = text end
  labels[MANAGED_BY] = "endpoint-controller"
  labels[HEADLESS] = service.spec.clusterIP == "None" and "" or nil
  return labels
end

local function create_endpoints(ctx, service, subsets, annotations)
  local metadata = service.metadata
  return ctx:create { apiVersion = "v1", kind = "Endpoints", subsets = subsets,
    metadata = { name = metadata.name, namespace = metadata.namespace, annotations = annotations,
      labels = labels_of(service), ownerReferences = { { apiVersion = "v1", kind = "Service",
        name = metadata.name, uid = metadata.uid } } } }
end

local function follow_old(ctx, service, slices)
  local subsets, truncated = subsets_of(slices:all())
  local annotations = truncated and { [OVER_CAPACITY] = "truncated" } or nil
  local name, namespace = service.metadata.name, service.metadata.namespace
  local there = ctx:get("Endpoints", namespace, name)
  if not there then return create_endpoints(ctx, service, subsets, annotations) end
  local labels = labels_of(service)
  return ctx.store:change(ctx.server:id(there), function(draft)
    draft.subsets = #subsets > 0 and subsets or nil
    draft.metadata.annotations, draft.metadata.labels = annotations, labels
  end)
end

-- ---- the whole ----

--- Is it a Service whose endpoints are its pods?
-- @param service
-- @treturn boolean
function endpoints.has_pods(service)
  local selector = service.spec.selector
  return service.spec.type ~= "ExternalName" and selector ~= nil and not value.equal(selector, {})
end

--- Bring a Service's slices and Endpoints up to date.
-- @param ctx
-- @param service
-- @return nothing; or nil, message, code
function endpoints.reconcile(ctx, service)
  local set = ctx:matching("Pod", service.metadata.namespace,
    { matchLabels = service.spec.selector })
  local slices, message, code = follow(ctx, service, set)
  if not slices then return nil, message, code end
  local done
  done, message, code = follow_old(ctx, service, slices)
  if not done then return nil, message, code end
end

return endpoints
