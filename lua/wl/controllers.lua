-- SPDX-License-Identifier: MIT
--- The controllers of a cluster: whose turn it is, and what becomes of it.
--
-- Each kind with a `reconcile` is a controller; its objects' ids wait in the
-- store's queue. A component is a controller without objects: one function that
-- is run whenever one of the live sets it looks at has changed, when all objects
-- that wait have had their turn: so it finds what a thousand of them did at once.
--
-- The outcome picks what follows: done forgets, a number of seconds comes back
-- then, a refusal or an error is tried again after 5 ms, 10 ms, 20 ms ... 1000 s.
-- Source: controller-runtime pkg/internal/controller; client-go
-- DefaultControllerRateLimiter.
local Ctx = require "wl.ctx"

local Controllers = {}
Controllers.__index = Controllers

local FIRST_COMPONENT = 1 << 40 -- keys of components; ids are below

--- @param cluster
-- @treturn Controllers
function Controllers.new(cluster)
  local store = cluster.server.store
  store:set_limiter(5, 1000000)
  return setmetatable({ cluster = cluster, store = store,
    by_kind = {}, list = {}, components = {}, watchers = {}, runs = 0 }, Controllers)
end

-- ---- kinds ----

-- "ReplicaSet" -> "replicaset-controller"
local function writer_of(kind) return kind.name:lower() .. "-controller" end

local function watch(self, controller, wanted)
  local server = self.cluster.server
  local number = server:number(assert(server:kind(wanted.kind)))
  local list = self.watchers[number] or {}
  self.watchers[number] = list
  list[#list + 1] = function(object)
    for _, key in ipairs(wanted.map(controller.ctx, object) or {}) do
      local _, id = server:get(controller.kind, key.namespace, key.name)
      if math.type(id) then self:enqueue(id) end
    end
  end
  self.cluster:listen(number, wanted.while_any
    and self.store:where(server:number(controller.kind), wanted.while_any))
end

-- Of what it owns, a kind may care for some changes only.
local function note_cares(self, kind, number)
  local server = self.cluster.server
  for _, owned in ipairs(kind.owns or {}) do
    if type(owned) == "table" then
      self.store:cares(server:number(assert(server:kind(owned.kind))), number, owned.changes)
    end
  end
end

--- Take up a kind that has a `reconcile`.
-- @tparam kind kind
-- @tparam integer number of the kind in the store
function Controllers:add_kind(kind, number)
  if not kind.reconcile then return end
  local controller = { kind = kind, source = self.store:reconciles(number),
    ctx = Ctx.new(self.cluster, writer_of(kind)) }
  controller.ctx.source = controller.source
  self.by_kind[number] = controller
  self.list[#self.list + 1] = controller
  note_cares(self, kind, number)
  for _, wanted in ipairs(kind.watches or {}) do watch(self, controller, wanted) end
  if kind.setup then kind.setup(controller.ctx) end
end

--- Tell the watchers of a kind about a write.
-- @tparam integer number of the kind
-- @param old nil when it was added
-- @param now nil when it was deleted
function Controllers:on_write(number, old, now)
  for _, tell in ipairs(self.watchers[number] or {}) do tell(now or old) end
end

--- Have an object reconciled.
-- @tparam integer id
-- @tparam ?number after seconds
function Controllers:enqueue(id, after)
  local controller = self.by_kind[self.store:kind_of(id)]
  if controller then
    self.store:enqueue(id, controller.source, math.ceil((after or 0) * 1000))
  end
end

-- ---- components ----

--- Add a component.
-- @tparam table component
--   name  as events and traces name it
--   run   function(ctx): may return seconds until it wants to run again
--   wake  function(ctx) returns the live sets whose changes run it
-- @treturn table source and key, under which it is enqueued, and its ctx
function Controllers:add_component(component)
  local ctx = Ctx.new(self.cluster, component.name)
  local entry = { component = component, ctx = ctx, source = self.store:source(true) }
  self.components[#self.components + 1] = entry
  entry.key = FIRST_COMPONENT + #self.components
  entry.sets = component.wake and component.wake(ctx) or {}
  for _, set in ipairs(entry.sets) do set:subscribe(entry.source, entry.key) end
  function ctx.wake(_, after) self:wake(entry, after) end
  self:wake(entry)
  return entry
end

--- Run a component again.
-- @param entry of the component
-- @tparam ?number after seconds
function Controllers:wake(entry, after)
  self.store:enqueue(entry.key, entry.source, math.ceil((after or 0) * 1000))
end

-- ---- one turn ----

local function complain(self, ctx, object, message)
  if object then ctx:event(object, "Warning", "ReconcileError", message) end
  self.cluster:warn(("%s: %s"):format(self:last_run(), message))
end

local function settle(self, entry, key, outcome, message)
  if math.type(outcome) then
    self.store:forget(key)
    self.store:enqueue(key, entry.source, math.max(1, math.ceil(outcome * 1000)))
  elseif outcome == nil and message then
    self.store:retry(key, entry.source)
  else
    self.store:forget(key)
  end
  self.store:done(key)
end

-- What was raised, with the place where it is none of a script's own.
local function located(problem)
  local text = tostring(problem)
  if text:find "^[^\n:]+:%d+: " then return text end
  local place = debug.traceback("", 2):match "\n\t([^%[\n][^\n]-:%d+): in "
  return place and place .. ": " .. text or text
end

local function run(self, entry, key, call, object)
  local ctx = entry.ctx
  ctx.now, ctx.key = self.cluster:now(), key
  self:note_run(ctx.writer, object)
  self.store:set_writer(ctx.writer)
  local ok, outcome, message = xpcall(call, located, ctx, object)
  self.runs = self.runs + 1
  if not ok then
    complain(self, ctx, object, outcome)
    outcome, message = nil, outcome
  end
  -- A component looks at everything: what the server would not take it does next time.
  if ctx.was_refused and entry.component then outcome, message = nil, "refused" end
  ctx.was_refused = false
  settle(self, entry, key, outcome, message)
end

local function let_go(self, key)
  for _, controller in ipairs(self.list) do
    local ctx = controller.ctx
    local held = ctx.held[key]
    if held then
      for _, set in pairs(held) do
        set:unsubscribe(controller.source, key)
        set:close()
      end
    end
    ctx.held[key], ctx.memory[key] = nil, nil
  end
  self.store:forget(key)
  self.store:done(key)
end

--- Note who is at work, and on what.
-- @tparam string writer
-- @param ?object
function Controllers:note_run(writer, object)
  self.last_writer, self.last_object = writer, object
end

--- Who was at work last, and on what, for messages.
-- @treturn string "deployment-controller on Deployment default/web"
function Controllers:last_run()
  local object = self.last_object
  if not object then return self.last_writer or "nobody" end
  local metadata = object.metadata
  return ("%s on %s %s%s"):format(self.last_writer, object.kind,
    metadata.namespace and metadata.namespace .. "/" or "", metadata.name)
end

-- ---- disturbing ----

--- Have what is due wait, now and then: as a change that is seen late. What has waited is
-- worked on: it does not wait again.
-- @tparam function by(entry) returns seconds, or nil
function Controllers:postpone(by)
  self.postponed_by, self.wait_until = self.postponed_by or {}, self.wait_until or {}
  table.insert(self.postponed_by, by)
end

-- Milliseconds that a piece of work which is due has yet to wait; nil: none.
local function time_to_wait(self, entry, key)
  local now = math.floor(self.cluster.seconds * 1000 + 0.5) -- the clock of the queue
  local ends = self.wait_until[key]
  if ends then
    if now < ends then return ends - now end -- something new has made it due meanwhile
    self.wait_until[key] = nil
    return nil
  end
  for _, by in ipairs(self.postponed_by) do
    local seconds = by(entry)
    if seconds then
      local length = math.max(1, math.ceil(seconds * 1000))
      self.wait_until[key] = now + length
      return length
    end
  end
end

local function postponed(self, key, number)
  local entry = key > FIRST_COMPONENT and self.components[key - FIRST_COMPONENT]
    or self.by_kind[number]
  local length = entry and time_to_wait(self, entry, key)
  if not length then return false end
  self.store:enqueue(key, entry.source, length)
  self.store:done(key)
  return true
end

--- The names of the controllers of kinds, in the order of the kinds.
-- @treturn {string,...}
function Controllers:names()
  local names = {}
  for number in ipairs(self.cluster.server.kinds) do
    local controller = self.by_kind[number]
    if controller then names[#names + 1] = controller.ctx.writer end
  end
  return names
end

local function with_name(self, name)
  for number in ipairs(self.cluster.server.kinds) do
    local controller = self.by_kind[number]
    if controller and controller.ctx.writer == name then return controller, number end
  end
end

--- Start a controller again: all that it remembers is gone, and it looks at all its objects.
-- @tparam string name "deployment-controller"
function Controllers:restart(name)
  local controller, number = with_name(self, name)
  local old = controller.ctx
  for key, sets in pairs(old.held) do
    for _, set in pairs(sets) do
      if key then set:unsubscribe(controller.source, key) end
      set:close()
    end
  end
  controller.ctx = Ctx.new(self.cluster, old.writer)
  controller.ctx.source = controller.source
  for object in self.store:all(number):each() do
    self:enqueue(self.cluster.server:id(object))
  end
end

-- ---- working ----

--- Work on the next key that is due.
-- @treturn boolean false: nothing is due
function Controllers:step()
  local key, number = self.store:take()
  if not key then return false end
  if self.postponed_by and postponed(self, key, number) then return true end
  if key > FIRST_COMPONENT then
    local entry = self.components[key - FIRST_COMPONENT]
    run(self, entry, key, entry.component.run)
  elseif number and self.by_kind[number] then
    local controller = self.by_kind[number]
    run(self, controller, key, controller.kind.reconcile, self.store:get(key))
  else
    let_go(self, key)
  end
  return true
end

return Controllers
