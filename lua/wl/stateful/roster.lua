-- SPDX-License-Identifier: MIT
--- The members of a StatefulSet, kept from sync to sync.
--
-- A copy of what the store says, so that a sync costs what changed: a pod is read
-- again when it was written, and what is to be done is found in lines, not by
-- going through all. A roster that is lost is made anew the same; a change of the
-- set's spec or revisions makes it anew.
--
-- A place is the number of a wanted member, from 1 for the lowest ordinal.
local heapq = require "wl.heapq"
local member = require "wl.stateful.member"

local Roster = {}
Roster.__index = Roster

local SUMS = { "replicas", "ready", "available" }

local function clear(self, set)
  self.start, self.wanted = member.start(set), set.spec.replicas or 1
  self.members, self.by_ordinal, self.of_revision, self.labeled = {}, {}, {}, {}
  self.available_of = {}
  self.sums = {}
  for _, field in ipairs(SUMS) do
    self.sums[field] = 0
  end
  -- Places: something is to be done; not available, lowest and highest first; of an
  -- old revision, highest first. Ordinals + 1: too many, highest and lowest first.
  self.work, self.blocked, self.highest_blocked = heapq.new(), heapq.new(), heapq.new()
  self.outdated, self.condemned, self.condemned_blocked = heapq.new(), heapq.new(), heapq.new()
  self.due = heapq.new()
end

--- @treturn Roster of nobody yet; `refresh` fills it
function Roster.new() return setmetatable({}, Roster) end

-- ---- where a member stands ----

local function set_if(heap, item, priority, holds)
  if holds then
    heap:set(item, priority)
  else
    heap:remove(item)
  end
end

local function place_wanted(self, ordinal, one)
  local place, blocked = ordinal - self.start + 1, not one or member.unavailable(one)
  local over = one ~= nil and member.finished(one) and one.terminating
  set_if(self.blocked, place, 0, blocked)
  set_if(self.highest_blocked, place, place, blocked)
  set_if(self.work, place, 0, not over and not (one and one.is_mended))
  set_if(self.outdated, place, place,
    one ~= nil and one.revision ~= self.view.update and not one.terminating)
end

local function place(self, ordinal)
  local one = self.by_ordinal[ordinal]
  if ordinal >= self.start and ordinal < self.start + self.wanted then
    place_wanted(self, ordinal, one)
  elseif ordinal >= 0 then
    set_if(self.condemned, ordinal + 1, ordinal, one ~= nil)
    set_if(self.condemned_blocked, ordinal + 1, 0, one ~= nil and member.unavailable(one))
  end
  if one and one.since and not one.available then
    self.due:set(ordinal + 1, -(one.since + self.view.min_ready))
  else
    self.due:remove(ordinal + 1)
  end
end

-- One that is being deleted is of no revision any more.
local function count(self, one, change)
  local sums = self.sums
  self.labeled[one.revision] = (self.labeled[one.revision] or 0) + change
  local created = (one.phase or "") ~= ""
  sums.replicas = sums.replicas + (created and change or 0)
  sums.ready = sums.ready + (one.ready and change or 0)
  sums.available = sums.available + (one.available and change or 0)
  if created and not one.terminating then
    self.of_revision[one.revision] = (self.of_revision[one.revision] or 0) + change
    self.available_of[one.revision] = (self.available_of[one.revision] or 0)
      + (one.available and change or 0)
  end
end

local function drop(self, key)
  local one = self.members[key]
  if one then
    self.members[key] = nil
    count(self, one, -1)
    if self.by_ordinal[one.ordinal] == one then
      self.by_ordinal[one.ordinal] = nil
    end
  end
  return one
end

local function put(self, key, pod)
  drop(self, key)
  local one = member.read(pod, self.view.min_ready, self.view.now)
  one.key = key
  self.members[key] = one
  count(self, one, 1)
  if one.ordinal >= 0 then
    self.by_ordinal[one.ordinal] = one
    place(self, one.ordinal)
  end
end

-- ---- what changed ----

local function rebuild(self, ctx, set)
  clear(self, set)
  for i = 1, self.wanted do
    place(self, self.start + i - 1)
  end
  local batch = ctx:owned(set, "Pod"):batch()
  for i = 1, #batch do
    put(self, batch:id(i), batch[i])
  end
end

local function written_since(self, set)
  if self.revision and set.written_since then
    return set:written_since(self.revision)
  end
end

local function take_in_pods(self, members, others)
  for i = 1, #others do
    local one = drop(self, others:id(i))
    if one and one.ordinal >= 0 then
      place(self, one.ordinal)
    end
  end
  for i = 1, #members do
    put(self, members:id(i), members[i])
  end
end

--- Have a member looked at again.
function Roster:reopen(ordinal)
  local one = self.by_ordinal[ordinal]
  if one then
    one.is_mended = false
    place(self, ordinal)
  end
end

-- A claim's name ends in the ordinal of its pod. Whose claim is gone is not known.
local function take_in_claims(self, members, others)
  for i = 1, #members do
    local _, ordinal = member.parse(members[i].metadata.name)
    self:reopen(ordinal)
  end
  if #others > 0 then
    for _, one in pairs(self.members) do
      self:reopen(one.ordinal)
    end
  end
end

local function take_in(self, ctx, set)
  local members, others = written_since(self, ctx:owned(set, "Pod"))
  if not members then
    return false
  end
  local claims, claims_gone
  if set.spec.volumeClaimTemplates then
    claims, claims_gone = written_since(self, ctx:all "PersistentVolumeClaim")
  end
  take_in_pods(self, members, others)
  if claims then
    take_in_claims(self, claims, claims_gone)
  end
  return true
end

local function take_in_time(self, now)
  local item, at = self.due:first()
  while item and -at <= now do
    self.due:pop()
    local one = self.by_ordinal[item - 1]
    count(self, one, -1)
    one.available = true
    count(self, one, 1)
    place(self, one.ordinal)
    item, at = self.due:first()
  end
end

local VIEW = { "generation", "current", "update", "min_ready" }

local function is_same(self, view)
  for _, field in ipairs(VIEW) do
    if not self.view or self.view[field] ~= view[field] then
      return false
    end
  end
  return true
end

--- Bring the roster up to date.
-- @param ctx
-- @param set
-- @tparam table view generation, current and update (names of revisions), min_ready, now
function Roster:refresh(ctx, set, view)
  local same = is_same(self, view)
  self.view = view
  if not same or not take_in(self, ctx, set) then
    rebuild(self, ctx, set)
  end
  self.revision = ctx.store and ctx.store:revision()
  take_in_time(self, view.now)
end

-- ---- asking ----

--- The ordinal of a place.
function Roster:ordinal(at) return self.start + at - 1 end

--- The member at a place. @return nil when it is missing
function Roster:at(at) return self.by_ordinal[self:ordinal(at)] end

--- Note that there is nothing more to do to a member for now.
function Roster:settle(at)
  local one = self:at(at)
  if one then
    one.is_mended = true
  end
  self.work:remove(at)
end

--- All places where something is to be done, the lowest first.
-- @treturn table array
function Roster:to_do()
  local list = {}
  while #self.work > 0 do
    list[#list + 1] = self.work:pop()
  end
  for _, at in ipairs(list) do
    self.work:set(at, 0)
  end
  return list
end

--- The members that are too many, the highest first.
-- @tparam ?integer most
-- @treturn table array
function Roster:surplus(most)
  local list = {}
  while #self.condemned > 0 and #list < (most or math.huge) do
    list[#list + 1] = self.by_ordinal[self.condemned:pop() - 1]
  end
  for _, one in ipairs(list) do
    self.condemned:set(one.ordinal + 1, one.ordinal)
  end
  return list
end

--- Is this the first of all that is not available?
-- @param one of the surplus
-- @treturn boolean
function Roster:is_first_blocked(one)
  return #self.blocked == 0 and self.condemned_blocked:first() == one.ordinal + 1
end

--- The counts of a status.
-- @treturn table
function Roster:counts()
  local sums, view = self.sums, self.view
  return { replicas = sums.replicas, readyReplicas = sums.ready, availableReplicas = sums.available,
    currentReplicas = self.of_revision[view.current] or 0,
    updatedReplicas = self.of_revision[view.update] or 0 }
end

--- How many pods are of a revision, and how many of these are available.
-- @tparam string name
-- @treturn integer
-- @treturn integer
function Roster:count_of(name)
  return self.of_revision[name] or 0, self.available_of[name] or 0
end

--- The lowest place that holds up what must wait for it. @treturn ?integer
function Roster:first_blocked() return (self.blocked:first()) end

--- Is any pod of this revision, also one that is being deleted?
-- @tparam string name
-- @treturn boolean
function Roster:uses(name) return (self.labeled[name] or 0) > 0 end

--- When the next member becomes available. @treturn ?number seconds since the epoch
function Roster:next_due()
  local _, at = self.due:first()
  return at and -at
end

return Roster
