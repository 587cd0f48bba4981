-- SPDX-License-Identifier: MIT
--- One pass over a StatefulSet's members.
--
-- A pass has the members that are wanted, in the order of their ordinals (those
-- that do not exist yet too), and the pods that are too many, the highest first.
-- What is done to each is policy: see stdlib/kinds/statefulset.lua. In order
-- (OrderedReady) the first that is to be waited for ends the pass; side by side
-- (Parallel) all are looked at, in batches that grow as long as the API refuses
-- nothing.
-- Source: pkg/controller/statefulset `updateStatefulSet`, `runForAll`.
local history = require "wl.revision_history"
local intstr = require "wl.intstr"
local member = require "wl.stateful.member"
local pods = require "wl.stateful.pods"

local Pass = {}
Pass.__index = Pass

-- The most members that are worked on side by side.
local LARGEST_BATCH = 500

-- ---- the members ----

-- While a rollout goes on, pods that are made anew below the partition get the
-- current revision. Without a partition, so do as many as have it.
local function needs_current(self, set, ordinal)
  if self.partition then
    return ordinal < member.start(set) + self.partition
  end
  local strategy = set.spec.updateStrategy
  if strategy.type ~= "RollingUpdate" then
    return false
  end
  local rolling = strategy.rollingUpdate
  local held = not rolling and (set.status or {}).currentReplicas or rolling and rolling.partition
  return ordinal < member.start(set) + (held or 0)
end

--- @param ctx
-- @param set
-- @tparam table revisions current and update
-- @tparam Roster roster
-- @treturn Pass; `partition`, where a strategy sets it: ordinals below it stay of the current
--   revision
function Pass.new(ctx, set, revisions, roster)
  return setmetatable({ ctx = ctx, set = set, current = revisions.current,
    update = revisions.update, roster = roster, templates = {},
    ordered = set.spec.podManagementPolicy ~= "Parallel", deleted_for_update = 0 }, Pass)
end

--- The revision that a pod of this ordinal gets that is made now.
-- @tparam integer ordinal
-- @return revision
function Pass:wanted(ordinal)
  return needs_current(self, self.set, ordinal) and self.current or self.update
end

--- The member at a place; one that is missing as it is to be made.
-- @treturn table
function Pass:at(at)
  local there = self.roster:at(at)
  if there then
    return there
  end
  local ordinal = self.roster:ordinal(at)
  return member.missing(self.set, ordinal, self:wanted(ordinal).metadata.name)
end

-- ---- one after another, or side by side ----

-- From the lowest up, until one is to be waited for.
local function in_order(self, work)
  local roster = self.roster
  while true do
    local at, blocked = roster.work:first(), roster.blocked:first()
    if not at and not blocked then
      return true
    elseif not at or blocked and blocked < at then
      return false
    end
    local done, message, code = work(self, self:at(at), at)
    if not done then
      return done, message, code
    end
    roster:settle(at)
  end
end

-- In batches that grow, until the API refuses something.
local function side_by_side(list, work)
  local i, size = 1, 1
  while i <= #list do
    local message, code
    local last = math.min(i + size - 1, #list)
    for k = i, last do
      local done, problem, problem_code = work(list[k])
      if done == nil then
        message, code = message or problem, code or problem_code
      end
    end
    if message then
      return nil, message, code
    end
    i, size = last + 1, math.min(2 * size, LARGEST_BATCH)
  end
  return true
end

--- Have `work` done to each member that is wanted and has something to be done to.
-- @tparam function work called as work(pass, member, place); returns true to go on with the next;
--   false to wait here, which only counts in order; or nil, message, code
-- @treturn ?boolean true when all were done, false: the pass ends; or nil, message, code
function Pass:each_wanted(work)
  if self.ordered then
    return in_order(self, work)
  end
  return side_by_side(self.roster:to_do(), function(at)
    local done, message, code = work(self, self:at(at), at)
    if done then
      self.roster:settle(at)
    end
    return done, message, code
  end)
end

--- Have `work` done to each member that is too many, the highest first.
function Pass:each_surplus(work)
  local list = self.roster:surplus(self.ordered and 1 or nil)
  if not self.ordered then
    return side_by_side(list, function(one) return work(self, one) end)
  elseif list[1] then
    return work(self, list[1])
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
  one.pod = created or nil
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

--- The highest member of an old revision, if all above it are available.
-- @tparam integer lowest place
-- @treturn ?table
function Pass:next_outdated(lowest)
  local at, blocked = self.roster.outdated:first(), self.roster.highest_blocked:first()
  if at and at >= lowest and (not blocked or blocked <= at) then
    return self:at(at)
  end
end

--- The highest members of an old revision.
-- @tparam integer lowest place
-- @tparam integer most
-- @treturn table array
function Pass:all_outdated(lowest, most)
  local list, heap = {}, self.roster.outdated
  local at = heap:first()
  while at and at >= lowest and #list < most do
    list[#list + 1] = self:at(at)
    heap:pop()
    at = heap:first()
  end
  for _, one in ipairs(list) do
    local place = one.ordinal - self.roster.start + 1
    heap:set(place, place)
  end
  return list
end

--- How many of the members that are wanted are not available.
-- @treturn integer
function Pass:count_unavailable() return #self.roster.blocked end

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
  local counted = self.roster:counts()
  counted.updatedReplicas = self.roster:count_of(self.update.metadata.name)
  counted.currentReplicas = counted.currentReplicas - self.deleted_for_update
  counted.currentRevision = self.current.metadata.name
  counted.updateRevision = self.update.metadata.name
  return counted
end

return Pass
