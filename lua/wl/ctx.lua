-- SPDX-License-Identifier: MIT
--- What a controller may do: the surface for the kinds that ship and for users'.
--
--     reconcile = function(ctx, object)
--       local pods = ctx:owned(object, "Pod")
--       if pods:count "active" < object.spec.size then
--         return nil, select(2, ctx:create(pod_for(object)))
--       end
--       return 30 -- seconds: look again
--     end
--
-- A ctx belongs to one controller. Reads answer at once from the model; writes
-- may be refused and then return nil, message, code. `ctx.now` is the virtual
-- time in seconds since the epoch; `ctx.key` stands for the object that is being
-- reconciled, and what is put into `ctx.memory` under it goes when that object goes.
local Picks = require "wl.picks"
local apierror = require "wl.apierror"
local owner = require "wl.owner"
local selector = require "wl.selector"
local time = require "wl.time"
local value = require "wl.value"

local Ctx = {}
Ctx.__index = Ctx

--- @param cluster
-- @tparam string writer the controller's name
-- @treturn Ctx
function Ctx.new(cluster, writer)
  local self = setmetatable({
    cluster = cluster, server = cluster.server, store = cluster.server.store, writer = writer,
    now = cluster:now(), held = {}, memory = {}, seen = {},
    ranks = setmetatable({}, { __mode = "k" }),
  }, Ctx)
  self.picks = Picks.new(function(batch, order, context, limit, round)
    return self:rank(batch, order, limit, context, round)
  end)
  return self
end

-- ---- time and chance ----

--- A moment as the API writes it.
-- @tparam ?number seconds since the epoch; now when left out
-- @treturn string "2024-01-01T00:00:00Z"
function Ctx:timestamp(seconds) return time.format(seconds or self.now) end

--- A stream of chance of the cluster's seed.
-- @tparam string stream its name: a stream does not depend on how others are used
-- @return see wl.rng
function Ctx:rng(stream) return self.cluster:rng(stream) end

-- ---- reading ----

--- One object. @return a view; or nil, message, "NotFound"
function Ctx:get(kind, namespace, name) return self.server:get(kind, namespace, name) end

--- The object with this uid. @return a view, or nil
function Ctx:by_uid(uid) return (self.server:by_uid(uid)) end

--- Objects sorted by namespace and name.
-- @tparam string kind
-- @tparam ?table options namespace, selector, field
-- @treturn {view,...}
function Ctx:list(kind, options) return self.server:list(kind, options) end

local function number(self, kind)
  local found, message = self.server:kind(kind)
  if not found then error(message, 3) end
  return self.server:number(found)
end

--- Live set of the objects whose controller is `object`.
function Ctx:owned(object, kind)
  return self.store:owned(number(self, kind), object.metadata.uid)
end

--- Live set of all objects of a kind.
function Ctx:all(kind) return self.store:all(number(self, kind)) end

--- Live set of all objects of a kind that pass a test facet.
function Ctx:where(kind, facet) return self.store:where(number(self, kind), facet) end

--- Live set of the objects on a node (of the kind's first indexed path).
function Ctx:on_node(node, kind) return self.store:indexed(number(self, kind), 1, node) end

-- A standing query wakes the object that took it until that is gone.
local function held(self, text, open)
  local sets = self.held[self.key]
  if not sets then
    sets = {}
    self.held[self.key or false] = sets
  end
  local set = sets[text]
  if not set then
    set = open()
    sets[text] = set
    if self.source then set:subscribe(self.source, self.key) end
  end
  return set
end

local function standing(self, kind, namespace, label_selector, orphans)
  local compiled = selector.from(label_selector)
  local text = table.concat({ kind, namespace or "", tostring(compiled),
    tostring(orphans), tostring(label_selector == nil) }, "\0")
  return held(self, text, function()
    return self.store:standing(number(self, kind), namespace, compiled, orphans)
  end)
end

--- Live set of all objects of a kind that pass a test facet; a change of them wakes
-- the object that is being reconciled.
function Ctx:watching(kind, facet)
  return held(self, kind .. "\0" .. facet, function() return self:where(kind, facet) end)
end

--- Live set of the objects of a namespace that match a LabelSelector; a change
-- of them wakes the object that is being reconciled.
function Ctx:matching(kind, namespace, label_selector)
  return standing(self, kind, namespace, label_selector, false)
end

--- The same, but only objects without a controller.
function Ctx:orphans(kind, namespace, label_selector)
  return standing(self, kind, namespace, label_selector, true)
end

--- Has an object of the kind been written since this ctx asked last?
function Ctx:changed(kind)
  local at = self.store:kind_revision(number(self, kind))
  local before = self.seen[kind]
  self.seen[kind] = at
  return at ~= before
end

--- The texts at the kind's first indexed path (for pods: names of nodes) whose
-- live sets gained or lost a member, or whose sums changed, since anybody asked last.
-- @return a list of strings
function Ctx:touched(kind) return self.store:touched(number(self, kind), 1) end

-- ---- writing ----

-- People are spared.
local SPARED = { kubectl = true, chaos = true, wlrun = true }

-- What `chaos` has the API server refuse; see wl.chaos.
local function refused(self, verb, object)
  for _, refuse in ipairs(SPARED[self.writer] and {} or self.cluster.refusals) do
    local refusal = refuse(verb, object)
    if refusal then
      self.was_refused = true
      return refusal
    end
  end
end

--- Create an object. @return a view; or nil, message, code, causes
function Ctx:create(object)
  local refusal = self.cluster.refusals and refused(self, "create", object)
  if refusal then return apierror.returned(refusal) end
  return self.server:create(object)
end

--- Create n objects that differ in name only (metadata.generateName), and in what
-- columns say: path -> list of values, one an object.
-- @treturn integer how many were created
-- @treturn ?string message, when not all were
-- @treturn ?string code
-- @treturn ?batch what was created
function Ctx:create_many(object, n, columns)
  local refusal = self.cluster.refusals and refused(self, "create", object)
  if refusal then return 0, refusal.message, refusal.code end
  local batch, message, code = self.server:create_many(object, n, columns)
  return batch and #batch or 0, message, code, batch
end

--- Create n objects that differ in little: `vary(draft, i)` makes the i-th of them.
-- The API server judges the first.
-- @treturn integer how many were created
-- @treturn ?string message, when not all were
-- @treturn ?string code
-- @treturn ?batch what was created
function Ctx:create_each(object, n, vary)
  if n == 0 then return 0 end
  local refusal = self.cluster.refusals and refused(self, "create", object)
  if refusal then return 0, refusal.message, refusal.code end
  local batch, message, code = self.server:create_each(object, n, vary)
  return batch and #batch or 0, message, code, batch
end

--- Change an object through a draft. @return a view; or nil, message, code, causes
function Ctx:update(object, change)
  local refusal = self.cluster.refusals and refused(self, "update", object)
  if refusal then return apierror.returned(refusal) end
  return self.server:change(object, change)
end

--- Replace an object's status: a table, or function(draft of the status).
-- @return a view; or nil, message, code
function Ctx:update_status(object, status)
  local refusal = self.cluster.refusals and refused(self, "update", object)
  if refusal then return apierror.returned(refusal) end
  return self.server:update_status(object, status)
end

--- Apply a JSON merge patch to each member of a batch.
-- @tparam batch batch
-- @tparam ?table patch
-- @tparam ?table columns path -> list of values, one a member: { ["spec.nodeName"] = { ... } }
-- @treturn integer how many there were
function Ctx:update_many(batch, patch, columns)
  return self.store:update_many(batch, patch, columns)
end

--- Delete an object. @tparam ?table options grace (seconds), propagation
-- @return true; or nil, message, code
function Ctx:delete(object, options)
  local refusal = self.cluster.refusals and refused(self, "delete", object)
  if refusal then return apierror.returned(refusal) end
  return self.server:delete(object, options)
end

--- Delete each member of a batch. @treturn integer how many there were
function Ctx:delete_many(batch, options)
  local refusal = self.cluster.refusals and refused(self, "delete", batch[1])
  if refusal then return 0, refusal.message, refusal.code end
  local deleted, message, code = self.server:delete_many(batch, options)
  self.picks:deleted(batch)
  return deleted, message, code
end

--- Make `controller` the controller of an object that has none.
-- @return a view; or nil, message, code
function Ctx:adopt(controller, object)
  return self:update(object, function(draft)
    local references = draft.metadata.ownerReferences
    if references == nil then
      draft.metadata.ownerReferences = value.list { owner.reference(controller) }
    else
      references[#references + 1] = owner.reference(controller)
    end
  end)
end

--- Take `controller` out of an object's owners.
-- @return a view; or nil, message, code
function Ctx:release(controller, object)
  return self:update(object, function(draft)
    local kept = value.list {}
    for _, reference in ipairs(object.metadata.ownerReferences or {}) do
      if reference.uid ~= controller.metadata.uid then kept[#kept + 1] = reference end
    end
    draft.metadata.ownerReferences = #kept > 0 and kept or nil
  end)
end

-- ---- deciding ----

--- The policy of a sort ("rollout", "deletion", "placement" ...) with this name.
function Ctx:policy(sort, name) return self.cluster:policy(sort, name) end

--- The members of a batch in a declared order; see wl.deletion_order.
-- @tparam batch batch
-- @tparam order order
-- @tparam ?integer limit only that many
-- @tparam ?batch context what "count:" keys count among
-- @tparam ?integer round find so many at a time: those found no longer count
-- @treturn batch first = goes first
function Ctx:rank(batch, order, limit, context, round)
  if #batch == 0 then return batch end
  local kind = self.store:kind_of(batch:id(1))
  if not kind then return batch end
  local compiled = self.ranks[order]
  if not compiled then
    compiled = self.store:order(kind, order:description())
    self.ranks[order] = compiled
  end
  return self.store:rank(compiled, batch, context, limit, round)
end

--- Those of a live set that go first, some at a time; see wl.picks.
-- @param set live set
-- @tparam order order
-- @tparam table options facet, total, round, take, related
-- @treturn batch
function Ctx:pick(set, order, options)
  return self.picks:pick(self.now, self.key, set, order, options)
end

-- ---- telling and asking ----

--- Tell people something about an object.
-- @param object
-- @tparam string type "Normal" or "Warning"
-- @tparam string reason
-- @tparam string message
function Ctx:event(object, type, reason, message)
  self.cluster.events:record(object, type, reason, message, self.writer)
end

--- Tell the same about each of many; see wl.events.
function Ctx:event_many(batch, type, reason, format, about)
  self.cluster.events:record_many(batch, type, reason, format, about, self.writer)
end

--- The object that is being reconciled is as it should be, with all that this ctx
-- has written meanwhile: these writes need not have it reconciled again.
function Ctx:settled() self.store:settle(self.key) end

--- Have an object reconciled.
-- @param object a view, or a kind followed by namespace and name
-- @tparam ?number after seconds
function Ctx:enqueue(object, ...)
  local id, after
  if type(object) == "string" then
    local namespace, name
    namespace, name, after = ...
    id = select(2, self.server:get(object, namespace, name))
  else
    id, after = self.server:id(object), ...
  end
  if id and math.type(id) then self.cluster.controllers:enqueue(id, after) end
end

return Ctx
