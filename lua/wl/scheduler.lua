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
local Nodes = require "wl.scheduler.nodes"
local Preemption = require "wl.scheduler.preemption"
local choice = require "wl.scheduler.choice"
local diagnosis = require "wl.scheduler.diagnosis"
local pending = require "wl.scheduler.pending"

local Scheduler = {}
Scheduler.__index = Scheduler

local FIRST_BACKOFF, LAST_BACKOFF = 1, 10 -- seconds
local REMEMBERED_GROUPS = 64
local LONG_JOURNAL = 500000

--- @treturn Scheduler to be run whenever pods wait, or nodes or pods change
function Scheduler.new()
  local nodes = Nodes.new()
  return setmetatable({ nodes = nodes, preemption = Preemption.new(nodes), groups = {},
                        remembered = 0, failed = {}, tried_at = 0, retry_at = 0 }, Scheduler)
end

-- Forget what takes more room than it saves.
local function tidy(self)
  if self.remembered > REMEMBERED_GROUPS or #self.nodes.journal > LONG_JOURNAL then
    self.groups, self.remembered, self.failed, self.stuck = {}, 0, {}, nil
    self.nodes:forget()
  end
end

local function take_in_changes(self, ctx)
  local nodes = self.nodes
  if ctx:changed "Node" then
    nodes:refresh(ctx)
  end
  for _, name in ipairs(ctx:touched "Pod") do
    local node = nodes.by_name[name]
    if node then
      nodes:recount(node)
    end
  end
end

local function group_for(self, ctx, waiting, others_look)
  local known = self.groups[waiting.key]
  if known and known.signature == waiting.signature and not others_look then
    return known.group
  end
  local policy = ctx:policy("placement", waiting.pod.spec.schedulerName or "default-scheduler")
  if not policy then
    return nil
  end
  local group = Group.new(policy, waiting.pod, self.nodes)
  if not group.rules.fleeting and not others_look then
    self.groups[waiting.key] = { signature = waiting.signature, group = group }
    self.remembered = self.remembered + 1
  end
  return group
end

local function conditions_with(current, condition, ctx)
  local list = {}
  condition.type, condition.lastTransitionTime = "PodScheduled", ctx:timestamp()
  for _, one in ipairs(current or {}) do
    if one.type ~= "PodScheduled" then
      list[#list + 1] = one
    elseif one.status == condition.status then
      condition.lastTransitionTime = one.lastTransitionTime
    end
  end
  list[#list + 1] = condition
  return list
end

local function current_conditions(pods)
  local status = pods[1].status
  return status and status.conditions
end

local function bind(ctx, pods, names)
  local conditions = conditions_with(current_conditions(pods), { status = "True" }, ctx)
  ctx:update_many(pods, { status = { conditions = conditions } }, { ["spec.nodeName"] = names })
  ctx:event_many(pods, "Normal", "Scheduled",
    "Successfully assigned {metadata.namespace}/{metadata.name} to {spec.nodeName}")
end

local function is_told(conditions, message)
  for _, one in ipairs(conditions or {}) do
    if one.type == "PodScheduled" then
      return one.status == "False" and one.message == message
    end
  end
  return false
end

local function tell_failure(ctx, pods, message)
  local current = current_conditions(pods)
  if not is_told(current, message) then
    local conditions = conditions_with(current, { status = "False", reason = "Unschedulable",
                                                  message = message }, ctx)
    ctx:update_many(pods, { status = { conditions = conditions } })
  end
  ctx:event_many(pods, "Warning", "FailedScheduling", message)
end

-- Place the pods of one batch; the rest, if any, is returned.
local function place(ctx, group, pods)
  local names = choice.assign(group, #pods)
  if #names == #pods then
    bind(ctx, pods, names)
    return nil
  end
  if #names > 0 then
    bind(ctx, pods:slice(1, #names), names)
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

-- A policy that raises an error places nothing, and keeps nobody else waiting.
local function policy_failed(self, ctx, waiting, message)
  message = ("placement policy %q failed: %s"):format(
    waiting.pod.spec.schedulerName or "default-scheduler", tostring(message))
  for node in self.nodes:each() do
    self.nodes:recount(node) -- it may have noted pods that are not bound
  end
  for _, pods in ipairs(waiting.batches) do
    tell_failure(ctx, pods, message)
  end
  self.groups[waiting.key] = nil
  note_failure(self, ctx, waiting, message)
end

local function attempt(self, ctx, waiting, others_look)
  local group = group_for(self, ctx, waiting, others_look)
  if not group then
    return
  end
  local left = {}
  for _, pods in ipairs(waiting.batches) do
    left[#left + 1] = place(ctx, group, pods)
  end
  if #left == 0 then
    self.failed[waiting.key] = nil
    return
  end
  local message = diagnosis.message(group)
  local made_room = self.preemption:make_room(ctx, group, waiting.key, left)
  if made_room then
    message = diagnosis.without_preemption(message)
  end
  for _, pods in ipairs(left) do
    tell_failure(ctx, pods, message)
  end
  note_failure(self, ctx, waiting, message)
  if made_room then
    self.failed[waiting.key].retry_at = ctx.now
  end
end

-- Has nothing changed for a group since it could not be placed? Then pods that
-- joined it need only be told so.
local function repeat_failure(self, ctx, waiting, failure)
  if self.nodes:since(failure.mark) > 0 then
    return false
  end
  for _, pods in ipairs(waiting.batches) do
    if not is_told(current_conditions(pods), failure.message) then
      tell_failure(ctx, pods, failure.message)
    end
  end
  return true
end

-- Returns the moment when the group wants to be tried again, if it does.
local function consider(self, ctx, waiting, others_look)
  local failure = self.failed[waiting.key]
  if failure and failure.signature == waiting.signature then
    if repeat_failure(self, ctx, waiting, failure) then
      return nil
    elseif ctx.now < failure.retry_at then
      return failure.retry_at
    end
  end
  local ok, message = pcall(attempt, self, ctx, waiting, others_look)
  if not ok then
    policy_failed(self, ctx, waiting, message)
  end
  return nil
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
  local others_look = #ctx:where("Pod", "anti_affine") > 0
  local pods, all, wake = to_try(self, ctx, waiting:batch())
  local groups = pending.groups(pods, others_look)
  local tried = {}
  for _, group in ipairs(groups) do
    tried[group.key] = true
  end
  self.preemption:reserve_others(tried, function(key) return self.failed[key] ~= nil end)
  for _, group in ipairs(groups) do
    local at = consider(self, ctx, group, others_look)
    wake = at and math.min(wake or at, at) or wake
    self.preemption:reserve(group.key)
  end
  self.preemption:release()
  ctx:touched "Pod" -- what was bound is known already
  if all then
    forget_failures(self, groups)
    self.tried_at = self.nodes:mark()
  end
  self.stuck, self.retry_at = waiting:batch(), earliest_retry(self)
  tidy(self)
  return wake and wake - ctx.now
end

return Scheduler
