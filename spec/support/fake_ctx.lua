-- SPDX-License-Identifier: MIT
--- A ctx without a cluster: the controllers' surface over a list of plain tables.
--
-- Slow and small, for specs: each question looks at every object. What a
-- controller gets is a snapshot; a write based on a stale one is a conflict, so
-- that a controller that goes on with an old object is found out.
--
--     local ctx = fake_ctx.new { now = 1700000000 }
--     local web = ctx:add { apiVersion = "apps/v1", kind = "Deployment", ... }
--     Deployment.reconcile(ctx, web)
--     ctx.writes    --> { { verb = "create", kind = "ReplicaSet", name = ..., object = ... } }
local owner = require "wl.owner"
local selector = require "wl.selector"
local time = require "wl.schema.time"
local value = require "wl.value"

local copy = value.table

-- ---- facets of pods, as stdlib/kinds/pod.lua declares them ----

local facets = {}

local function ready_condition(pod)
  for _, condition in ipairs(pod.status and pod.status.conditions or {}) do
    if condition.type == "Ready" and condition.status == "True" then
      return condition
    end
  end
end

local function phase(pod) return pod.status and pod.status.phase end

local function is_finished(pod) return phase(pod) == "Succeeded" or phase(pod) == "Failed" end

function facets.active(pod) return not is_finished(pod) and not pod.metadata.deletionTimestamp end

function facets.assigned(pod) return facets.active(pod) and pod.spec.nodeName ~= nil end

function facets.terminating(pod)
  return not is_finished(pod) and pod.metadata.deletionTimestamp ~= nil
end

function facets.ready(pod) return facets.active(pod) and ready_condition(pod) ~= nil end

function facets.phase(pod, text) return phase(pod) == text end

-- A number stands for a moment that a timestamp is too coarse for.
local function ready_since(pod)
  local since = facets.ready(pod) and ready_condition(pod).lastTransitionTime
  return type(since) == "string" and time.parse(since) or since or nil
end

-- ---- live sets and batches ----

local Batch = {}
Batch.__index = Batch

function Batch:each()
  local i = 0
  return function()
    i = i + 1
    return self[i]
  end
end

-- Here an id is the object itself.
function Batch:id(i) return self[i] end

function Batch:add(more)
  if getmetatable(more) ~= Batch then
    more = { more }
  end
  table.move(more, 1, #more, #self + 1, self)
  return self
end

function Batch:pluck(path)
  local list = {}
  for i, object in ipairs(self) do
    local there = value.get(object, path)
    list[i] = there == nil and false or there
  end
  return list
end

function Batch:group_by(...)
  local groups, paths = {}, { ... }
  for _, object in ipairs(self) do
    local parts, found = {}, nil
    for i, path in ipairs(paths) do
      local there = value.get(object, path)
      parts[i] = there == nil and false or there
    end
    for _, group in ipairs(groups) do
      local same = true
      for i in ipairs(paths) do
        same = same and value.equal(group.parts[i], parts[i])
      end
      found = same and group or found
    end
    if not found then
      found = { parts = parts, batch = setmetatable({}, Batch) }
      groups[#groups + 1] = found
    end
    found.batch:add(object)
  end
  return groups
end

local Set = {}
Set.__index = Set

function Set:members(facet, text)
  local found = setmetatable({}, Batch)
  for _, object in ipairs(self.ctx.objects) do
    if self.has(object) and (not facet or facets[facet](object, text)) then
      found[#found + 1] = object
    end
  end
  return found
end

function Set:__len() return #self:members() end

function Set:count(facet, text) return #self:members(facet, text) end

function Set:each(facet) return self:members(facet):each() end

function Set:first(facet) return self:members(facet)[1] end

function Set:batch(facet, limit)
  local found = self:members(facet)
  return limit and setmetatable(table.move(found, 1, limit, 1, {}), Batch) or found
end

function Set:count_before(_, seconds)
  local n = 0
  for pod in self:each "ready" do
    n = n + ((ready_since(pod) or math.huge) <= seconds and 1 or 0)
  end
  return n
end

function Set:next_time(_, seconds)
  local next_one = math.huge
  for pod in self:each "ready" do
    local since = ready_since(pod) or math.huge
    next_one = since > seconds and math.min(next_one, since) or next_one
  end
  return next_one < math.huge and next_one or nil
end

-- ---- reading ----

local Ctx = {}
Ctx.__index = Ctx

local function set_of(ctx, has) return setmetatable({ ctx = ctx, has = has }, Set) end

local function locate(self, uid)
  for i, one in ipairs(self.objects) do
    if one.metadata.uid == uid then
      return one, i
    end
  end
end

--- An object as it is now.
function Ctx:stored(object) return (locate(self, object.metadata.uid)) end

function Ctx:get(kind, namespace, name)
  for _, one in ipairs(self.objects) do
    if one.kind == kind and one.metadata.namespace == namespace and one.metadata.name == name then
      return one
    end
  end
end

function Ctx:list(kind, options)
  local found = {}
  for object in self:matching(kind, options.namespace, options.selector or {}):each() do
    found[#found + 1] = object
  end
  return found
end

function Ctx:by_uid(uid) return (locate(self, uid)) end

function Ctx:owned(controller, kind)
  return set_of(self, function(one)
    return one.kind == kind and owner.controls(controller, one)
  end)
end

function Ctx:all(kind)
  return set_of(self, function(one) return one.kind == kind end)
end

function Ctx:matching(kind, namespace, label_selector)
  local matches = selector.from(label_selector)
  return set_of(self, function(one)
    return one.kind == kind and one.metadata.namespace == namespace
      and matches:matches(one.metadata.labels or {})
  end)
end

function Ctx:orphans(kind, namespace, label_selector)
  local matching = self:matching(kind, namespace, label_selector)
  return set_of(self, function(one) return matching.has(one) and not owner.controller(one) end)
end

function Ctx:timestamp(seconds) return time.format(math.floor(seconds or self.now)) end

-- As `pick` says, but found anew each time; what crowds a node is assigned to it.
function Ctx:pick(set, order, options)
  local related = {}
  for _, one in ipairs(options.related and { set, table.unpack(options.related) } or {}) do
    for object in one:each "assigned" do
      related[#related + 1] = object
    end
  end
  local objects = order:sort(set:members(options.facet), {
    now = self.now,
    holds = function(object, facet) return facets[facet](object) end,
    count = function(object, path)
      local n = 0
      for _, other in ipairs(related) do
        n = n + (value.get(other, path) == value.get(object, path) and 1 or 0)
      end
      return n
    end,
  })
  return setmetatable(table.move(objects, 1, options.round, 1, {}), Batch)
end

local POLICIES = {
  rollout = { RollingUpdate = "rolling_update", Recreate = "recreate" },
  deletion = { Kubernetes = "kubernetes" },
}

function Ctx:policy(sort, name)
  local file = POLICIES[sort][name]
  return file and require(("stdlib.%s.%s"):format(sort, file)) or self.policies[name]
end

-- ---- writing ----

function Ctx:note(verb, object, before)
  self.writes[#self.writes + 1] = {
    verb = verb, kind = object.kind, name = object.metadata.name, object = object, before = before,
  }
end

--- Put an object there, as somebody who is no controller.
function Ctx:add(object)
  local one = copy(object)
  self.serial = self.serial + 1
  local metadata = one.metadata
  metadata.namespace = metadata.namespace or "default"
  metadata.uid = metadata.uid or ("uid-%d"):format(self.serial)
  metadata.creationTimestamp = metadata.creationTimestamp
    or not self.timeless and self:timestamp() or nil
  metadata.generation = metadata.generation or 1
  metadata.resourceVersion = ("%d"):format(self.serial)
  self.objects[#self.objects + 1] = one
  return one
end

--- Change an object, as somebody who is no controller.
-- @treturn table what is stored then
function Ctx:edit(object, change)
  local before, i = locate(self, object.metadata.uid)
  local draft = copy(before)
  change(draft)
  self.serial = self.serial + 1
  draft.metadata.resourceVersion = ("%d"):format(self.serial)
  self.objects[i] = draft
  return draft
end

local function refusal(self, object)
  if self.refuse then
    local message, code = self.refuse(object)
    if message then
      return message, code or "Forbidden"
    end
  end
  local name = object.metadata.name
  if name and self:get(object.kind, object.metadata.namespace or "default", name) then
    return ("%s %q already exists"):format(object.kind, name), "AlreadyExists"
  end
end

function Ctx:create(object)
  local message, code = refusal(self, object)
  if message then
    return nil, message, code
  end
  local made = self:add(object)
  self:note("create", made)
  return made
end

local function with_columns(object, columns, row)
  local one = value.of(object)
  for path, cells in pairs(columns or {}) do
    one = value.with(one, path, cells[row])
  end
  return copy(one)
end

function Ctx:create_many(object, n, columns)
  local batch = setmetatable({}, Batch)
  for i = 1, n do
    local one = with_columns(object, columns, i)
    one.metadata.name = ("%s%05d"):format(object.metadata.generateName, self.serial + 1)
    local made, message, code = self:create(one)
    if not made then
      return #batch, message, code, batch
    end
    batch[i] = made
  end
  return #batch, nil, nil, batch
end

local function write(self, verb, object, change)
  local before = self:stored(object)
  if not before then
    return nil, ("%s %q not found"):format(object.kind, object.metadata.name), "NotFound"
  elseif before.metadata.resourceVersion ~= object.metadata.resourceVersion then
    return nil, "the object has been modified", "Conflict"
  end
  local draft = copy(before)
  change(draft)
  if value.equal(draft, before) then
    return before
  end
  local after = self:edit(object, function(stored)
    for field in pairs(stored) do
      stored[field] = nil
    end
    for field, x in pairs(copy(draft)) do
      stored[field] = x
    end
  end)
  self:note(verb, after, before)
  return after
end

function Ctx:update(object, change) return write(self, "update", object, change) end

function Ctx:update_status(object, change)
  return write(self, "status", object, function(draft)
    if type(change) ~= "function" then
      draft.status = copy(change)
      return
    end
    draft.status = draft.status or {}
    change(draft.status, draft)
  end)
end

function Ctx:delete(object)
  local before, i = locate(self, object.metadata.uid)
  if not before then
    return nil, "not found", "NotFound"
  elseif self.graceful and before.kind == "Pod" and before.spec.nodeName then
    self:edit(before, function(draft)
      draft.metadata.deletionTimestamp = draft.metadata.deletionTimestamp or self:timestamp()
    end)
  else
    table.remove(self.objects, i)
  end
  self:note("delete", before)
  return true
end

function Ctx:delete_many(batch)
  for object in batch:each() do
    self:delete(object)
  end
  return #batch
end

function Ctx:adopt(controller, object)
  return write(self, "adopt", object, function(draft)
    draft.metadata.ownerReferences = draft.metadata.ownerReferences or {}
    table.insert(draft.metadata.ownerReferences, owner.reference(controller))
  end)
end

function Ctx:release(controller, object)
  return write(self, "release", object, function(draft)
    local left = {}
    for _, reference in ipairs(draft.metadata.ownerReferences or {}) do
      left[#left + 1] = reference.uid ~= controller.metadata.uid and reference or nil
    end
    draft.metadata.ownerReferences = #left > 0 and left or nil
  end)
end

function Ctx.settled() end

function Ctx:event(object, type, reason, message)
  self.events[#self.events + 1] = {
    about = object.metadata.name, type = type, reason = reason, message = message,
  }
end

function Ctx:event_many(batch, type, reason, format, about)
  for object in batch:each() do
    self:event(about or object, type, reason,
      (format:gsub("{(.-)}", function(path) return tostring(value.get(object, path)) end)))
  end
end

--- The writes with a verb to objects of a kind.
function Ctx:count_writes(verb, kind)
  local n = 0
  for _, one in ipairs(self.writes) do
    n = n + (one.verb == verb and (kind == nil or one.kind == kind) and 1 or 0)
  end
  return n
end

local fake_ctx = {}

--- A ctx.
-- @tparam ?table options `now`, seconds since the epoch; `refuse(object)`, which
--   returns a message and a code for what cannot be created; `policies` by name;
--   `timeless`: what is created gets no creationTimestamp; `graceful`: a pod with a
--   node that is deleted is still there, as it is until its kubelet has ended it
function fake_ctx.new(options)
  options = options or {}
  return setmetatable({
    now = options.now or 1700000000, refuse = options.refuse, policies = options.policies or {},
    timeless = options.timeless, graceful = options.graceful,
    objects = {}, writes = {}, events = {}, memory = {}, serial = 0,
  }, Ctx)
end

return fake_ctx
