-- SPDX-License-Identifier: MIT
--- A Service's EndpointSlices: which pod is in which, and writing what changed.
--
-- A slice holds at most 100 endpoints that serve under the same ports. What
-- changed is written in its place; what is new goes to a slice that is written
-- anyway, else to the fullest one with room, else to a new one.
-- Source: k8s.io/endpointslice reconciler.go.
local endpoint = require "wl.service.endpoint"
local owner = require "wl.owner"
local suggest = require "wl.suggest"
local value = require "wl.value"

local Slices = {}
Slices.__index = Slices

local MOST = 100
local MANAGER = "endpointslice-controller.k8s.io"
local SERVICE, MANAGED_BY = "kubernetes.io/service-name", "endpointslice.kubernetes.io/managed-by"
local HEADLESS = "service.kubernetes.io/headless"

-- The service's own labels, without those that say what a slice is.
local function labels_of(service)
  local labels = {}
  for key, text in pairs(service.metadata.labels or {}) do labels[key] = text end
  labels[SERVICE], labels[MANAGED_BY] = service.metadata.name, MANAGER
  labels[HEADLESS] = service.spec.clusterIP == "None" and "" or nil
  return labels
end

local function enter(self, slice)
  local entry = { uid = slice.metadata.uid, key = endpoint.key(slice.ports), count = 0,
    revision = slice.metadata.resourceVersion }
  self.entries[#self.entries + 1] = entry
  for _, one in ipairs(slice.endpoints or {}) do
    entry.count = entry.count + 1
    if one.targetRef then self.place[one.targetRef.uid] = entry end
  end
  return entry
end

local function find_all(self)
  self.entries, self.place = {}, {}
  local metadata = self.service.metadata
  for _, slice in ipairs(self.ctx:list("EndpointSlice", { namespace = metadata.namespace,
    selector = ("%s=%s,%s=%s"):format(SERVICE, metadata.name, MANAGED_BY, MANAGER) })) do
    if owner.controls(self.service, slice) then enter(self, slice) end
  end
end

-- Is what was read last still what is stored?
local function is_current(self)
  for _, entry in ipairs(self.entries) do
    local slice = self.ctx:by_uid(entry.uid)
    if not slice or slice.metadata.resourceVersion ~= entry.revision then return false end
  end
  return true
end

--- The slices of a service, as they are stored.
-- @param ctx
-- @param service
-- @tparam ?Slices before what was read last: read again only if somebody else wrote
-- @treturn Slices
-- @treturn boolean whether it is what was read last
function Slices.read(ctx, service, before)
  local self = before or setmetatable({}, Slices)
  self.ctx, self.service = ctx, service
  self.edits, self.added = {}, {}
  if before and is_current(self) then return self, true end
  find_all(self)
  return self, false
end

-- ---- what is to be changed ----

--- Say what is known about a pod now.
-- @tparam string uid of the pod
-- @tparam ?table one its endpoint; nil: it has none any more
-- @tparam ?table ports under which it serves
-- @tparam ?string key of the ports
function Slices:put(uid, one, ports, key)
  local entry = self.place[uid]
  if entry and not (one and entry.key == key) then
    self:edit(entry, uid, false)
    self.place[uid], entry.count = nil, entry.count - 1
    entry = nil
  end
  if entry then
    self:edit(entry, uid, one)
  elseif one then
    local group = self.added[key] or { ports = ports }
    self.added[key] = group
    group[#group + 1] = one
  end
end

function Slices:edit(entry, uid, one)
  local edits = self.edits[entry] or {}
  self.edits[entry] = edits
  edits[uid] = one
end

-- ---- writing ----

-- The fullest slice with room, those that are written anyway first.
local function slice_with_room(self, key)
  local best
  for _, entry in ipairs(self.entries) do
    if entry.key == key and entry.count < MOST then
      local edited, best_edited = self.edits[entry] ~= nil, best and self.edits[best] ~= nil
      if not best or edited and not best_edited
        or edited == best_edited and entry.count > best.count then best = entry end
    end
  end
  return best
end

local function add_to_slices(self, key, group)
  local at = 1
  while at <= #group do
    local entry = slice_with_room(self, key)
    if not entry then return at end
    local fresh = self.edits[entry] or {}
    self.edits[entry] = fresh
    for i = at, math.min(#group, at + MOST - entry.count - 1) do
      fresh[#fresh + 1] = group[i]
      self.place[group[i].targetRef.uid] = entry
      at = i + 1
    end
    entry.count = entry.count + #fresh
  end
  return at
end

local function manifest(self, ports, endpoints)
  local metadata = self.service.metadata
  return { apiVersion = "discovery.k8s.io/v1", kind = "EndpointSlice",
    metadata = { generateName = metadata.name .. "-", namespace = metadata.namespace,
      labels = labels_of(self.service), ownerReferences = { owner.reference(self.service) } },
    addressType = "IPv4", ports = ports, endpoints = endpoints }
end

local function create(self, ports, endpoints)
  local made, message, code = self.ctx:create(manifest(self, ports, endpoints))
  if not made then return nil, message, code end
  enter(self, made)
  return true
end

local function create_slices(self, group, from)
  while from <= #group do
    local endpoints = value.list {}
    for i = from, math.min(#group, from + MOST - 1) do endpoints[#endpoints + 1] = group[i] end
    local made, message, code = create(self, group.ports, endpoints)
    if not made then return nil, message, code end
    from = from + MOST
  end
  return true
end

local function edited(slice, edits)
  local list, changed = value.list {}, #edits > 0
  for _, one in ipairs(slice.endpoints or {}) do
    local new = edits[one.targetRef and one.targetRef.uid]
    if new ~= false then list[#list + 1] = new or one end
    changed = changed or new == false or new ~= nil and not value.equal(new, one)
  end
  for _, one in ipairs(edits) do list[#list + 1] = one end
  return list, changed
end

local function rewrite(self, entry, edits)
  local slice = self.ctx:by_uid(entry.uid)
  local list, changed = edited(slice, edits)
  if not changed then return end
  -- What it says was made here; the API would only look at all of it again.
  local store = self.ctx.store
  local new = store:change(self.ctx.server:id(slice), function(draft)
    draft.endpoints = list
    draft.metadata.generation = (slice.metadata.generation or 1) + 1
  end)
  entry.revision = new.metadata.resourceVersion
end

-- One slice stays also when there is nothing to say.
local function drop_empty(self)
  local kept, left = {}, 0
  for _, entry in ipairs(self.entries) do left = left + (entry.count > 0 and 1 or 0) end
  for _, entry in ipairs(self.entries) do
    if entry.count > 0 or left == 0 then
      kept[#kept + 1] = entry
      left = math.max(left, 1)
    else
      self.edits[entry] = nil
      self.ctx:delete(self.ctx:by_uid(entry.uid))
    end
  end
  self.entries = kept
end

local function label(self)
  local labels = labels_of(self.service)
  for _, entry in ipairs(self.entries) do
    local slice = self.ctx:by_uid(entry.uid)
    if not value.equal(slice.metadata.labels, labels) then
      local new = self.ctx:update(slice, function(draft) draft.metadata.labels = labels end)
      if new then entry.revision = new.metadata.resourceVersion end
    end
  end
end

--- Write what was put.
-- @treturn boolean true; or nil, message, code
function Slices:write()
  for _, key in ipairs(suggest.keys(self.added)) do
    local group = self.added[key]
    local made, message, code = create_slices(self, group, add_to_slices(self, key, group))
    if not made then return nil, message, code end
  end
  drop_empty(self)
  for _, entry in ipairs(self.entries) do
    if self.edits[entry] then rewrite(self, entry, self.edits[entry]) end
  end
  if #self.entries == 0 then return create(self, value.list {}, value.list {}) end
  label(self)
  return true
end

--- The uids of all pods that are in a slice.
-- @treturn {string,...} sorted
function Slices:uids() return suggest.keys(self.place) end

--- The slices, as they are stored.
-- @treturn {view,...}
function Slices:all()
  local list = {}
  for i, entry in ipairs(self.entries) do list[i] = self.ctx:by_uid(entry.uid) end
  return list
end

return Slices
