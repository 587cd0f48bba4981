-- SPDX-License-Identifier: MIT
--- One pass over a StatefulSet's members.
--
-- A pass has the members that are wanted, in the order of their ordinals
-- (`replicas`; those that do not exist yet too), and the pods that are too many,
-- the highest first (`condemned`). What is done to each is policy: see
-- stdlib/kinds/statefulset.lua. In order (OrderedReady) the first that is to be
-- waited for ends the pass; side by side (Parallel) all are looked at, in
-- batches that grow as long as the API refuses nothing.
-- Source: pkg/controller/statefulset `updateStatefulSet`, `runForAll`.
local history = require "wl.revision_history"
local intstr = require "wl.intstr"
local member = require "wl.stateful.member"
local pods = require "wl.stateful.pods"
local status = require "wl.stateful.status"

local Pass = {}
Pass.__index = Pass

-- The most members that are worked on side by side.
local LARGEST_BATCH = 500

-- ---- the members ----

-- While a rollout goes on, pods that are made anew below the partition get the
-- current revision. Without a partition, so do as many as have it.
local function needs_current(set, ordinal)
  local strategy = set.spec.updateStrategy
  if strategy.type ~= "RollingUpdate" then
    return false
  end
  local rolling = strategy.rollingUpdate
  local held = not rolling and (set.status or {}).currentReplicas or rolling and rolling.partition
  return ordinal < member.start(set) + (held or 0)
end

local function sort_out(self, existing)
  local first = member.start(self.set)
  for _, one in ipairs(existing) do
    if member.in_range(self.set, one.ordinal) then
      self.replicas[one.ordinal - first + 1] = one
    elseif one.ordinal >= 0 then
      self.condemned[#self.condemned + 1] = one
    end
  end
  for i = 1, self.set.spec.replicas or 1 do
    local ordinal = first + i - 1
    if not self.replicas[i] then
      local revision = needs_current(self.set, ordinal) and self.current or self.update
      self.replicas[i] = member.missing(self.set, ordinal, revision.metadata.name)
    end
  end
  table.sort(self.condemned, function(a, b) return a.ordinal > b.ordinal end)
end

local function first_unavailable(self)
  for _, one in ipairs(self.replicas) do
    if member.unavailable(one) then
      return one
    end
  end
  for i = #self.condemned, 1, -1 do
    if member.unavailable(self.condemned[i]) then
      return self.condemned[i]
    end
  end
end

--- @param ctx
-- @param set
-- @tparam table revisions current and update
-- @tparam table existing members, as wl.stateful.member reads them
-- @treturn Pass
function Pass.new(ctx, set, revisions, existing)
  local self = setmetatable({ ctx = ctx, set = set, current = revisions.current,
    update = revisions.update, existing = existing, replicas = {}, condemned = {}, templates = {},
    ordered = set.spec.podManagementPolicy ~= "Parallel", deleted_for_update = 0 }, Pass)
  sort_out(self, existing)
  self.first_unavailable = first_unavailable(self)
  return self
end

-- ---- one after another, or side by side ----

--- Have `work` done to each member.
-- @tparam table members
-- @tparam function work called as work(pass, member); returns true to go on with the next; false
--   to wait here, which only counts in order; or nil, message, code
-- @treturn ?boolean true when all were done, false: the pass ends; or nil, message, code
function Pass:each(members, work)
  local i, size = 1, self.ordered and #members or 1
  while i <= #members do
    local message, code
    local last = math.min(i + size - 1, #members)
    for k = i, last do
      local done, problem, problem_code = work(self, members[k])
      if done == nil then
        message, code = message or problem, code or problem_code
      end
      if self.ordered and not done then
        return done, message, code
      end
    end
    if message then
      return nil, message, code
    end
    i, size = last + 1, math.min(2 * size, LARGEST_BATCH)
  end
  return true
end

-- ---- what can be done to one ----

local function template_of(self, revision)
  local holder = self.current.metadata.name == revision and self.current or self.update
  if holder == self.update then
    return self.set.spec.template
  end
  self.templates[revision] = self.templates[revision] or history.template(holder)
  return self.templates[revision]
end

--- Create a member that is missing.
-- @treturn ?boolean true; false while it cannot be; or nil, message, code
function Pass:create(one)
  local created, message, code = pods.create(self.ctx, self.set, template_of(self, one.revision),
    one)
  if created == nil then
    return nil, message, code
  end
  self.waits_for_claims = self.waits_for_claims or not created
  return created and true
end

--- Delete a member's pod. @treturn ?boolean true; or nil, message, code
function Pass:delete(one) return pods.delete(self.ctx, self.set, one) end

--- Delete a member's pod, so that it is made anew of the new revision.
-- @treturn ?boolean true; or nil, message, code
function Pass:replace(one)
  local deleted, message, code = self:delete(one)
  if not deleted then
    return nil, message, code
  end
  self.deleted_for_update = self.deleted_for_update + 1
  return true
end

--- Is a member's pod of a revision that it should no longer be of?
-- @treturn boolean
function Pass:is_outdated(one)
  return one.revision ~= self.update.metadata.name and not one.terminating
end

--- How many of the members that are wanted are not available.
-- @treturn integer
function Pass:count_unavailable()
  local n = 0
  for _, one in ipairs(self.replicas) do
    n = n + (member.unavailable(one) and 1 or 0)
  end
  return n
end

--- How many members a rollout may make unavailable: percentages of the replicas
-- round down, and one it may always.
-- @param budget maxUnavailable, or nil
-- @tparam integer replicas
-- @treturn ?integer nil, message, code when it cannot be read
function Pass.max_unavailable(budget, replicas)
  local n, message, code = intstr.resolve(budget or 1, replicas, false)
  if not n then
    return nil, message, code
  end
  return math.max(n, 1)
end

-- ---- what came of it ----

--- What there was when the pass began, less what it deleted for the update.
-- @treturn table counts, currentRevision, updateRevision
function Pass:status()
  local counted = status.count(self.existing, self.current.metadata.name,
    self.update.metadata.name)
  counted.currentReplicas = counted.currentReplicas - self.deleted_for_update
  counted.currentRevision = self.current.metadata.name
  counted.updateRevision = self.update.metadata.name
  return counted
end

--- Seconds until the next member becomes available.
-- @tparam integer min_ready minReadySeconds
-- @tparam number now
-- @treturn ?number nil when time alone changes nothing
function Pass:available_in(min_ready, now)
  local soonest
  for _, one in ipairs(self.existing) do
    local wait = one.since and not one.available and one.since + min_ready - now
    soonest = wait and math.min(wait, soonest or wait) or soonest
  end
  return soonest
end

return Pass
