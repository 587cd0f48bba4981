-- SPDX-License-Identifier: MIT
--- A cluster: the model of one, its controllers, and its time.
--
--     local cluster = require("wl.cluster").new { nodes = 3, seed = 7 }
--     cluster:create { apiVersion = "apps/v1", kind = "Deployment", ... }
--     cluster:run(60)
--
-- Time stands still while there is work at hand; then it jumps to the next
-- moment at which something is due. The same seed gives the same run.
local Controllers = require "wl.controllers"
local Decisions = require "wl.policy.decisions"
local Events = require "wl.events"
local Promises = require "wl.promises"
local Server = require "wl.server"
local apierror = require "wl.apierror"
local duration = require "wl.duration"
local garbage = require "wl.garbage"
local namespaces = require "wl.namespaces"
local nodes = require "wl.nodes"
local registry = require "wl.registry"
local read_options = require "wl.cluster.options"
local rng = require "wl.rng"
local scope = require "wl.policy.scope"
local service_accounts = require "wl.service_accounts"
local snapshot = require "wl.cluster.snapshot"
local time = require "wl.time"
local timer = require "wl.timer"
local volumes = require "wl.volumes"

local Cluster = {}
Cluster.__index = Cluster

local MOST_STEPS = 1000000 -- at one moment

local function empty(options, seconds)
  local self = setmetatable({ seed = options.seed, options = options, streams = {}, policies = {},
    warnings = {}, warned = {}, listeners = {}, timers = timer.new(), steps = 0,
    most_steps = MOST_STEPS, decision_log = Decisions.new(),
    policy_limits = options.policy_limits, chaos_log = {}, chaos_mute = {} }, Cluster)
  self.seconds, self.started = seconds, seconds
  self.server = Server.new { registry = options.registry, seed = self.seed,
    history = options.history }
  self.server.policies = self.policies
  self.store = self.server.store
  self.store:set_now(math.floor(self.seconds * 1000))
  self.store:set_writer("wlrun")
  self.events = Events.new(function() return self.seconds end)
  return self
end

--- @tparam ?table options
--   seed     integer, 1 when left out
--   start    the moment at which it begins, "2024-01-01T00:00:00Z" when left out
--   history  how many writes are kept, 50000 when left out
--   registry of kinds; by default one with the kinds that ship
--   policy_limits  what one call of a policy may take: instructions, memory (bytes)
--   nodes, node, node_monitor_grace_period   see wl.nodes
-- @treturn Cluster
function Cluster.new(options)
  options = read_options(options or {})
  options.registry = options.registry or registry.new()
  local self = empty(options, options.start)
  self:prepare(function() namespaces.create_system(self.server) end)
  nodes.install(self, options, 2)
  return self
end

--- A cluster that goes on from a snapshot of another; see wl.cluster.snapshot.
-- @tparam Snapshot shot
-- @treturn Cluster
function Cluster.restore(shot)
  local self = empty(shot.options, shot:now())
  snapshot.load(self, shot)
  local kinds = #self.server.kinds
  self:prepare(function() end)
  nodes.start(self, shot.options)
  snapshot.surround(self, shot)
  self.server:announce(kinds)
  return self
end

--- The state of this moment, or of one right after an earlier write.
-- @tparam ?integer revision of that write
-- @treturn Snapshot see wl.cluster.snapshot; or nil, message, code
function Cluster:snapshot(revision) return snapshot.take(self, revision) end

-- ---- what runs in it ----

local CONTROLLED = { "Deployment", "ReplicaSet", "ReplicationController" }

--- Register kinds as they are needed, and start the controllers that ship.
-- @tparam function begin() called as soon as kinds can be registered
function Cluster:prepare(begin)
  local server = self.server
  self.controllers = Controllers.new(self)
  self.store:listen(function(...) self:on_write(...) end)
  local collector = self.controllers:add_component(garbage.component)
  self.store:collects(collector.source, collector.key)
  server.on_kind[1] = function(kind, number)
    self.controllers:add_kind(kind, number)
  end
  begin()
  volumes.install(self)
  service_accounts.install(self)
  require "wl.cluster.admission"(self)
  for _, name in ipairs(CONTROLLED) do server:number(assert(server:kind(name))) end
  server:number(assert(server:kind "Pod"))
end

--- A policy of a sort by its name: a registered one, else one that ships.
-- @tparam string sort "rollout", "deletion", "placement" ...
-- @tparam string name as in manifests: "RollingUpdate"
-- @return the policy, or nil
function Cluster:policy(sort, name)
  return self.policies[sort .. "/" .. name] or scope.shipped(sort, name)
end

--- Give a policy its name in this cluster, in place of any other; the objects
-- about which it had decided are looked at anew.
function Cluster:add_policy(sort, name, policy)
  self.policies[sort .. "/" .. name] = policy
  self:policy_changed(sort, name)
end

--- Have the objects looked at anew about which a policy decided.
function Cluster:policy_changed(sort, name)
  for _, uid in ipairs(self.decision_log:users(sort, name)) do
    local id = self.store:find_uid(uid)
    if id then
      self.store:forget(id)
      self.controllers:enqueue(id)
    end
  end
end

--- The last decisions that policies made about an object, the oldest first.
-- @param object
-- @treturn {table,...} see wl.policy.decisions
function Cluster:decisions(object) return self.decision_log:of(object.metadata.uid) end

-- ---- listening ----

--- Tell `on_write` about each write of a kind.
-- @tparam integer number of the kind
-- @param ?while_any live set: only while it has members
function Cluster:listen(number, while_any) self.store:watch(number, while_any or true) end

--- Call a function at each write of every kind, from now on.
-- @tparam function tell(change): number, id, type, old, now, revision, writer
function Cluster:on_each_write(tell)
  self.listeners[#self.listeners + 1] = tell
  for number in ipairs(self.server.kinds) do self.store:watch(number) end
  self.server.on_kind[#self.server.on_kind + 1] = function(_, number) self.store:watch(number) end
end

--- Call a function at each write of the kinds that are listened to.
-- @tparam function tell(number, old, now)
function Cluster:on_write_of(tell) self.tell_of_write = tell end

function Cluster:on_write(number, id, type, old, now, revision, writer)
  self.controllers:on_write(number, old, now)
  if self.tell_of_write then
    self.writer = writer
    self.tell_of_write(number, old, now)
  end
  for _, tell in ipairs(self.listeners) do
    tell { number = number, id = id, type = type, old = old, now = now, revision = revision,
      writer = writer }
  end
end

--- Note a warning; each text once.
function Cluster:warn(text)
  if self.warned[text] then return end
  self.warned[text] = true
  self.warnings[#self.warnings + 1] = text
  if self.on_warning then self.on_warning(text) end
end

-- ---- chance and time ----

--- A stream of chance.
-- @tparam string name
-- @return see wl.rng
function Cluster:rng(name)
  local stream = self.streams[name]
  if not stream then
    stream = rng.new(self.seed, name)
    self.streams[name] = stream
  end
  return stream
end

--- @treturn number seconds since the epoch
function Cluster:now()
  self.time_is_read = true
  return self.seconds
end

--- Call a function at a moment.
-- @tparam number seconds since the epoch; in the past means at once
-- @tparam function call
-- @return a handle for `cancel`
function Cluster:at(seconds, call) return self.timers:add(seconds, call) end

--- Call a function later. @tparam number|string after seconds or "5m"
function Cluster:after(after, call)
  return self:at(self.seconds + duration.seconds(after, 2), call)
end

--- Take a call back. @return false when it has been made
function Cluster:cancel(handle) return self.timers:cancel(handle) ~= nil end

-- Whoever observes may stop it before: at a moment, for a reason.
local function set_time(self, seconds)
  local earlier, reason
  if self.observer then earlier, reason = self.observer:before_time(self, seconds) end
  seconds = earlier or seconds
  if seconds > self.seconds then self.steps = 0 end
  self.seconds = seconds
  self.store:set_now(math.floor(seconds * 1000 + 0.5))
  if reason then error(reason, 0) end
end

-- Somebody who always has work keeps time from passing.
local function count_step(self)
  if self.deciding then
    error(apierror.new("BadRequest", ("time cannot pass while the policy %s decides")
      :format(self.deciding.name)), 0)
  end
  self.steps = self.steps + 1
  if self.steps > self.most_steps then
    self.steps = 0
    error(apierror.new("Timeout", ("time stands still: after %d steps at %s (%s after the "
      .. "beginning) there is still work; the last was that of %s"):format(self.most_steps,
      self:timestamp(), duration.format(self.seconds - self.started),
      self.controllers:last_run())), 0)
  end
end

-- One thing that is due now. False when nothing is.
local function work(self)
  count_step(self)
  local call = self.timers:pop(self.seconds)
  if call then
    self.store:set_writer("wlrun")
    self.controllers:note_run("a timer")
    call()
    return true
  end
  return self.controllers:step()
end

local function next_moment(self)
  local due, timed = self.store:next_due(), self.timers:next()
  due = due and due / 1000
  if due and timed then return math.min(due, timed) end
  return due or timed
end

--- Promise something from now on; see wl.promises.
-- @tparam function verify(promise) returns what is to be raised when it is broken
-- @tparam ?function finish(promise) the same, at the end of the run
-- @treturn table the promise
function Cluster:promise(verify, finish)
  self.promises = self.promises or Promises.new(self)
  return self.promises:add(verify, finish)
end

--- Promise what is declared; see wl.promise.
-- @tparam table declared
-- @tparam function say(message) returns what is to be raised when it is broken
function Cluster:promise_declared(declared, say)
  self.promises = self.promises or Promises.new(self)
  self.promises:add_declared(declared, say)
end

--- Is there anything left to do at this moment?
-- @treturn boolean
function Cluster:is_busy()
  local at = next_moment(self)
  return at ~= nil and at <= self.seconds
end

--- Promise that a function does not raise, from now on.
-- @tparam function verify
function Cluster:always(verify)
  return self:promise(function() verify() end)
end

--- Raise what was promised and is broken.
-- @tparam ?boolean is_moment whether time is about to go on
function Cluster:verify(is_moment)
  if self.promises then self.promises:verify(is_moment) end
end

--- The run ends: raise what was promised and did not come.
function Cluster:finish()
  if self.promises then self.promises:finish() end
end

-- One thing has been done. What an observer raises ends the run between two things:
-- `observer:after_step(cluster)`, and `observer:before_time(cluster, seconds)`, which may
-- return an earlier moment to stop at, and what is raised there.
local function stepped(self)
  self:verify()
  if self.observer then self.observer:after_step(self) end
end

--- Do one thing: what is due now, or else the next that will be.
-- @tparam ?number limit not after this moment
-- @treturn boolean false: nothing is due until then
function Cluster:step(limit)
  if work(self) then
    stepped(self)
    return true
  end
  self:verify(true)
  local at = next_moment(self)
  if not at or (limit and at > limit) then return false end
  set_time(self, math.max(at, self.seconds))
  return true
end

--- Let time pass.
-- @tparam number|string length seconds or "10m"
function Cluster:run(length)
  local limit = self.seconds + duration.seconds(length, 2)
  while self:step(limit) do end
  set_time(self, limit)
end

--- Stand still for a while: time goes on, and nothing happens. What was due meanwhile is
-- late.
-- @tparam number seconds
function Cluster:sleep(seconds) set_time(self, self.seconds + seconds) end

--- Let time pass until something is so; it is looked at whenever all that is
-- due at a moment has been done.
-- @tparam number|string timeout
-- @tparam function holds()
-- @treturn boolean whether it came to be
function Cluster:run_until(timeout, holds)
  local limit = self.seconds + duration.seconds(timeout, 2)
  while true do
    self:settle()
    if holds() then return true end
    if not self:step(limit) then break end
  end
  set_time(self, limit)
  return holds()
end

local QUIET = 15 * 60 -- seconds

--- Let time pass until nothing changes any more: until nothing is due, or
-- nothing has been written for a quarter of an hour.
-- @tparam ?number|string longest time, "1h" when left out
-- @treturn boolean whether it became quiet
-- @treturn number the moment of the last write
function Cluster:run_until_quiet(longest)
  local limit = self.seconds + duration.seconds(longest or "1h", 2)
  local revision, since = self.store:revision(), self.seconds
  while true do
    self:settle()
    if self.store:revision() ~= revision then
      revision, since = self.store:revision(), self.seconds
    end
    local at = next_moment(self)
    if not at or at - since > QUIET then return true, since end
    if at > limit then break end
    self:step(limit)
  end
  set_time(self, limit)
  return false, since
end

--- Do all that is due now, without letting time pass.
function Cluster:settle()
  while work(self) do stepped(self) end
end

-- ---- objects: what the server does, as a ctx has it ----

for _, name in ipairs { "create", "update_status", "delete", "get", "list", "by_uid" } do
  --- See wl.server.
  Cluster[name] = function(self, ...) return self.server[name](self.server, ...) end
end

--- Change an object through a draft. @return a view; or nil, message, code, causes
function Cluster:update(object, change) return self.server:change(object, change) end

--- A moment as the API writes it. @tparam ?number seconds since the epoch; now when left out
function Cluster:timestamp(seconds) return time.format(seconds or self.seconds) end

return Cluster
