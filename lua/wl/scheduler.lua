-- SPDX-License-Identifier: MIT
--- The scheduler: gives each pod that waits a node.
--
-- One controller over the set of pods without a node, so that it works in
-- bulk: pods are grouped by what placement depends on, a group's nodes are
-- judged once, and a group is bound with one write. What it remembers (the
-- nodes, the groups) is a copy that could be thrown away at any time.
--
-- Which node is the best one is policy: see stdlib/placement.
-- Source: kube-scheduler.
local Group = require "wl.scheduler.group"
local Known = require "wl.scheduler.known"
local Nodes = require "wl.scheduler.nodes"
local Preemption = require "wl.scheduler.preemption"
local choice = require "wl.scheduler.choice"
local diagnosis = require "wl.scheduler.diagnosis"
local pending = require "wl.scheduler.pending"
local pin = require "wl.scheduler.pin"
local tell = require "wl.scheduler.tell"

local Scheduler = {}
Scheduler.__index = Scheduler

local FIRST_BACKOFF, LAST_BACKOFF = 1, 10 -- seconds
local LONG_JOURNAL = 500000

--- @treturn Scheduler to be run whenever pods wait, or nodes or pods change
function Scheduler.new()
  local nodes = Nodes.new()
  return setmetatable({ nodes = nodes, preemption = Preemption.new(nodes), known = Known.new(),
                        failed = {}, tried_at = 0, retry_at = 0 }, Scheduler)
end

-- Forget what takes more room than it saves.
local function tidy(self)
  if #self.nodes.journal > LONG_JOURNAL then
    self.known, self.failed, self.stuck = Known.new(), {}, nil
    self.nodes:forget()
  end
end

local function take_in_changes(self, ctx)
  local nodes = self.nodes
  nodes:begin(ctx)
  if ctx:changed "Node" then
    nodes:refresh()
  end
  for _, name in ipairs(ctx:touched "Pod") do
    local node = nodes.by_name[name]
    if node then
      nodes:recount(node)
    end
  end
end

local function group_for(self, ctx, waiting)
  local known = self.known:find(waiting.key, waiting.signature)
  if known then
    return known
  end
  local group = Group.new(waiting.policy, waiting.pod, self.nodes, waiting.owner)
  if not group.rules.fleeting then
    self.known:keep(waiting, group, function(uid) return ctx:by_uid(uid) ~= nil end)
  end
  return group
end

-- Place the pods of one batch; the rest, if any, is returned.
local function place(ctx, group, pods)
  local names = choice.assign(group, #pods)
  if #names == #pods then
    tell.bound(ctx, pods, names)
    return nil
  end
  if #names > 0 then
    tell.bound(ctx, pods:slice(1, #names), names)
  end
  return pods:slice(#names + 1, #pods)
end

local function note_failure(self, ctx, waiting, message)
  local failure = self.failed[waiting.key] or { backoff = FIRST_BACKOFF / 2 }
  failure.backoff = math.min(2 * failure.backoff, LAST_BACKOFF)
  failure.signature, failure.message = waiting.signature, message
  failure.retry_at, failure.mark = ctx.now + failure.backoff, self.nodes:mark()
  self.failed[waiting.key] = failure
end

-- A policy that failed may have noted pods that are not bound.
local function recount(self)
  for node in self.nodes:each() do
    self.nodes:recount(node)
  end
end

-- A policy that raises an error places nothing, and keeps nobody else waiting.
local function policy_failed(self, ctx, waiting, message)
  message = ("placement policy %q failed: %s"):format(
    waiting.pod.spec.schedulerName or "default-scheduler", tostring(message))
  recount(self)
  for _, pods in ipairs(waiting.batches) do
    tell.failed(ctx, pods, message)
  end
  self.known:drop(waiting.key)
  note_failure(self, ctx, waiting, message)
end

local function not_placed(self, ctx, waiting, group, left)
  local message = diagnosis.message(group)
  local made_room = self.preemption:make_room(ctx, group, waiting.key, left)
  if made_room then
    message = diagnosis.without_preemption(message)
  end
  for _, pods in ipairs(left) do
    tell.failed(ctx, pods, message)
  end
  note_failure(self, ctx, waiting, message)
  if made_room then
    self.failed[waiting.key].retry_at = ctx.now
  end
end

local function attempt(self, ctx, waiting)
  local group, left = group_for(self, ctx, waiting), {}
  for _, pods in ipairs(waiting.batches) do
    left[#left + 1] = place(ctx, group, pods)
  end
  if #left == 0 then
    self.failed[waiting.key] = nil
  else
    not_placed(self, ctx, waiting, group, left)
  end
end

-- Pods of which each has its own node. None has been tried, so they are one batch.
-- Those that were not placed are returned.
local function attempt_pinned(self, ctx, waiting)
  local pods = waiting.batches[1]
  local ok, names, placed, rest = pcall(function()
    local group = Group.new(waiting.policy, waiting.pod, self.nodes)
    return choice.assign_pinned(group, pods, pods:pluck(pin.NAME))
  end)
  if not ok then
    recount(self)
    return pods
  elseif #placed > 0 then
    tell.bound(ctx, placed, names)
  end
  return rest
end

-- Has nothing changed for a group since it could not be placed? Then pods that
-- joined it need only be told so.
local function repeat_failure(self, ctx, waiting, failure)
  if self.nodes:since(failure.mark) > 0 then
    return false
  end
  for _, pods in ipairs(waiting.batches) do
    if not tell.is_told(pods, failure.message) then
      tell.failed(ctx, pods, failure.message)
    end
  end
  return true
end

-- Returns the moment when the group wants to be tried again, if it does.
local function consider(self, ctx, waiting)
  local failure = self.failed[waiting.key]
  if failure and failure.signature == waiting.signature then
    if repeat_failure(self, ctx, waiting, failure) then
      return nil
    elseif ctx.now < failure.retry_at then
      return failure.retry_at
    end
  end
  local ok, message = pcall(attempt, self, ctx, waiting)
  if not ok then
    policy_failed(self, ctx, waiting, message)
  end
  self.preemption:reserve(waiting.key)
  return nil
end

-- Consider groups one after another; pods that are pinned and were not placed
-- together come as groups of their own. Returns all groups, and the earliest moment
-- at which one wants to be tried again.
local function consider_all(self, ctx, groups, policy_of)
  local all, wake = {}, nil
  for _, waiting in ipairs(groups) do
    local singles = { waiting }
    if waiting.pinned then
      local left = attempt_pinned(self, ctx, waiting)
      singles = pending.groups(left, policy_of, self.nodes, true)
    end
    for _, one in ipairs(singles) do
      local at = consider(self, ctx, one)
      wake = at and math.min(wake or at, at) or wake
      all[#all + 1] = one
    end
  end
  return all, wake
end

--- The live sets whose changes wake the scheduler: a pod that waits, and one that
-- leaves its node.
-- @param ctx the controller surface
function Scheduler.wake(_, ctx)
  return { ctx:all "Pod", ctx:all "Node" }
end

-- The pods to try now: all that wait, or only those that were not tried before
-- where nothing has changed for the others, or their backoff is not over.
local function to_try(self, ctx, all)
  if not self.stuck then
    return all, true
  end
  local changed = self.nodes:since(self.tried_at) > 0
  if changed and ctx.now >= self.retry_at then
    return all, true
  end
  local wake = changed and self.retry_at < math.huge and self.retry_at or nil
  return all:without(self.stuck), false, wake
end

-- Failures of groups that wait no more.
local function forget_failures(self, groups)
  local kept = {}
  for _, group in ipairs(groups) do
    kept[group.key] = self.failed[group.key]
  end
  self.failed = kept
end

local function earliest_retry(self)
  local earliest = math.huge
  for _, failure in pairs(self.failed) do
    earliest = math.min(earliest, failure.retry_at)
  end
  return earliest
end

--- Take notice of claims and volumes: there are some now.
-- @param ctx the controller surface
function Scheduler:watch_storage(ctx)
  self.storage = { "PersistentVolumeClaim", "PersistentVolume", "StorageClass" }
  for _, kind in ipairs(self.storage) do
    ctx:all(kind):subscribe(self.entry.source, self.entry.key)
  end
end

-- Those that wait for storage are tried again when anything of it has changed.
local function look_at_storage(self, ctx)
  local changed = false
  for _, kind in ipairs(self.storage or {}) do
    changed = ctx:changed(kind) or changed
  end
  if changed then
    self.stuck, self.failed, self.nodes.promised = nil, {}, nil
  end
end

--- Place what waits.
-- @param ctx the controller surface
-- @treturn ?number seconds until a group wants to be tried again
function Scheduler:run(ctx)
  local waiting = ctx:where("Pod", "unscheduled")
  if #waiting == 0 then
    self.stuck = nil
    return nil
  end
  take_in_changes(self, ctx)
  look_at_storage(self, ctx)
  local function policy_of(name) return ctx:policy("placement", name) end
  local pods, all, wake = to_try(self, ctx, waiting:batch())
  local groups = pending.groups(pods, policy_of, self.nodes)
  local tried = {}
  for _, group in ipairs(groups) do
    tried[group.key] = true
  end
  self.preemption:reserve_others(tried, function(key) return self.failed[key] ~= nil end)
  local considered, at = consider_all(self, ctx, groups, policy_of)
  wake = at and math.min(wake or at, at) or wake
  self.preemption:release()
  ctx:touched "Pod" -- what was bound is known already
  if all then
    forget_failures(self, considered)
    self.tried_at = self.nodes:mark()
  end
  self.stuck, self.retry_at = waiting:batch(), earliest_retry(self)
  tidy(self)
  return wake and wake - ctx.now
end

return Scheduler
