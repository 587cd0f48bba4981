-- SPDX-License-Identifier: MIT
--- Promises about a cluster: what must always, never, once or at most so often be so.
--
-- A promise is looked at when something that it looked at the last time is written: at
-- each write, not after some of them, and at no other. So it costs what changes. Besides,
-- each is looked at when time goes on; and one that looks at more than objects (the time,
-- events, variables of the script) after each thing that happens.
--
-- One that is broken in the midst of a write ends the run right after it: what is raised is
-- what it returned.
local Ctx = require "wl.ctx"

local Promises = {}
Promises.__index = Promises

--- @param cluster
-- @treturn Promises
function Promises.new(cluster)
  local self = setmetatable({ cluster = cluster, list = {}, by_kind = {}, rules = {}, watched = {},
    is_looking = false }, Promises)
  cluster:on_write_of(function(number, old, now) self:on_write(number, old, now) end)
  return self
end

-- ---- what a promise looks at ----

local function watch(self, number)
  if self.watched[number] then return end
  self.watched[number] = true
  self.cluster:listen(number)
end

local function key_of(namespace, name) return (namespace or "") .. "/" .. name end

-- Called for each read while a promise is looked at.
local function reader(self, promise)
  return function(number, namespace, name)
    watch(self, number)
    local seen = promise.reads[number]
    if seen == true then return end
    if not name then
      promise.reads[number] = true
    else
      seen = seen or {}
      promise.reads[number] = seen
      seen[key_of(namespace, name)] = true
    end
    local list = self.by_kind[number] or {}
    self.by_kind[number] = list
    if not list[promise] then
      list[promise] = true
      list[#list + 1] = promise
    end
  end
end

local function concerns(promise, number, object)
  local seen = promise.reads[number]
  if seen == true or not seen then return seen == true end
  local metadata = object.metadata
  return seen[key_of(metadata.namespace, metadata.name)] == true
end

-- ---- looking ----

local function look(self, promise)
  local server = self.cluster.server
  local before = server.reads
  promise.reads, promise.is_restless = {}, false
  server.reads = reader(self, promise)
  self.cluster.time_is_read = false
  local ok, broken = pcall(promise.verify)
  server.reads = before
  promise.is_restless = self.cluster.time_is_read or next(promise.reads) == nil
  promise.looked_at = self.cluster:now()
  if not ok or broken then
    promise.is_kept_no_more = true
    self.broken = self.broken or { what = not ok and broken or broken }
  end
end

local function look_at(self, promise)
  if promise.is_over or promise.is_kept_no_more or self.is_looking then return end
  self.is_looking = true
  look(self, promise)
  self.is_looking = false
end

local function apply(self, rules, old, now)
  local ctx = self.ctx
  ctx.now = self.cluster:now()
  for i = 1, #rules do
    local broken = not self.broken and rules[i](ctx, old, now)
    if broken then self.broken = { what = broken } end
  end
end

--- A write took place.
function Promises:on_write(number, old, now)
  local rules = self.rules[number]
  if rules then apply(self, rules, old, now) end
  local list = self.by_kind[number]
  if not list or self.is_looking then return end
  for i = 1, #list do
    if concerns(list[i], number, now or old) then look_at(self, list[i]) end
  end
end

--- Look at those that writes do not tell of; raise what is broken.
-- @tparam boolean is_moment whether time is about to go on
function Promises:verify(is_moment)
  for _, promise in ipairs(self.list) do
    if promise.is_restless or is_moment and promise.looked_at ~= self.cluster:now() then
      look_at(self, promise)
    end
  end
  self:raise()
end

--- Raise what is broken, once.
function Promises:raise()
  local broken = self.broken
  self.broken = nil
  if broken then error(broken.what, 0) end
end

--- Add a promise, and look at it.
-- @tparam function verify returns what is to be raised when it is broken; it may set
--   `is_over` in what it is called with: then it is looked at no more
-- @tparam ?function finish called at the end of the run: as verify
-- @treturn table the promise
function Promises:add(verify, finish)
  local promise = { reads = {} }
  promise.verify = function() return verify(promise) end
  promise.finish = finish and function() return finish(promise) end
  self.list[#self.list + 1] = promise
  look_at(self, promise)
  self:raise()
  return promise
end

--- Add a promise that is declared; see wl.promise.
-- @tparam table declared
-- @tparam function say(message) returns what is to be raised
function Promises:add_declared(declared, say)
  local cluster = self.cluster
  self.ctx = self.ctx or Ctx.new(cluster, "wlrun")
  for kind, rule in pairs(declared.writes) do
    local number = cluster.server:number(assert(cluster.server:kind(kind)))
    watch(self, number)
    local rules = self.rules[number] or {}
    self.rules[number] = rules
    rules[#rules + 1] = function(ctx, old, now)
      local message = rule(ctx, old, now)
      return message and say(message)
    end
  end
  if not declared.finish then return end
  self.list[#self.list + 1] = { reads = {}, is_over = false, verify = function() end,
    finish = function()
      self.ctx.now = cluster:now()
      local message = declared.finish(self.ctx)
      return message and say(message)
    end }
end

--- The run ends: raise what was promised and did not come.
function Promises:finish()
  self:verify(true)
  for _, promise in ipairs(self.list) do
    local broken = not promise.is_over and promise.finish and promise.finish()
    if broken then error(broken, 0) end
  end
end

return Promises
