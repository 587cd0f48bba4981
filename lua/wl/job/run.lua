-- SPDX-License-Identifier: MIT
--- One sync of a Job: what there is, and the status that becomes of it.
--
-- Counts come from live sets; only pods that have ended and are not counted
-- yet are looked at one by one, where a rule asks for that.
-- Source: pkg/controller/job/job_controller.go `syncJob`.
local backoff = require "wl.job.backoff"
local failure_policy = require "wl.job.failure_policy"
local indexes = require "wl.job.indexes"
local names = require "wl.job.names"
local retry = require "wl.job.retry"
local value = require "wl.value"

local Run = {}
Run.__index = Run

local INDEX_PATH = ("metadata.annotations['%s']"):format(names.INDEX)

-- ---- which pods ----

--- Those of a batch that carry the tracking finalizer.
function Run.tracked(batch)
  local found = batch:slice(1, 0)
  for _, group in ipairs(batch:group_by "metadata.finalizers") do
    if names.is_tracked(group.batch[1]) then found:add(group.batch) end
  end
  return found
end

-- The members for whose place in `texts` wanted(text) is true.
local function filtered(batch, texts, wanted)
  local found = batch:slice(1, 0)
  for i, text in ipairs(texts) do
    if wanted(text) then found:add(batch:id(i)) end
  end
  return found
end

local function without_uids(batch, uids)
  if #uids == 0 or #batch == 0 then return batch end
  local known = {}
  for _, uid in ipairs(uids) do known[uid] = true end
  return filtered(batch, batch:pluck "metadata.uid", function(uid) return not known[uid] end)
end

--- The completion indexes of the pods of a batch, false where there is none that counts.
-- @treturn {integer|false,...}
function Run:indexes_of(batch)
  local found = batch:pluck(INDEX_PATH)
  for i, text in ipairs(found) do
    local index = names.index(text)
    found[i] = index and index < self.completions and index or false
  end
  return found
end

function Run:countable(batch)
  if not self.is_indexed or #batch == 0 then return batch end
  return filtered(batch, self:indexes_of(batch), function(index) return index end)
end

--- Does this pod count as failed? One that is being deleted does, unless only
-- those that have really failed are replaced.
function Run:is_failed(phase, deleted)
  return phase == "Failed" or (deleted and phase ~= "Succeeded" and not self.only_failed) or false
end

-- ---- opening ----

local function only_failed(spec)
  return spec.podReplacementPolicy == "Failed" or spec.podFailurePolicy ~= nil
end

local function read_status(job)
  local status = value.table(job.status or {})
  status.uncountedTerminatedPods = status.uncountedTerminatedPods or {}
  local uncounted = status.uncountedTerminatedPods
  return status, uncounted.succeeded or {}, uncounted.failed or {}
end

--- Does the failure of a pod count towards the limits?
-- @param pod
-- @treturn boolean
function Run:counts(pod)
  return retry.action(self, pod) ~= "ignore"
    and failure_policy.counts(self.spec.podFailurePolicy, pod)
end

local function count_failures(self)
  if not self.spec.podFailurePolicy and not self.retry then return #self.new_failed end
  local n = 0
  for pod in self.new_failed:each() do n = n + (self:counts(pod) and 1 or 0) end
  return n
end

-- Pods that have ended, or are about to, and are not counted yet.
local function look_at_ended(self)
  self.ended = self.pods:batch "uncounted"
  if #self.ended == 0 then
    self.new_succeeded, self.new_failed = self.ended, self.ended
    return
  end
  self.ended = Run.tracked(self.ended)
  local succeeded, others = self.ended:split "succeeded"
  local failed = others
  if self.only_failed then failed = others:split "failed" end
  self.new_succeeded = self:countable(without_uids(succeeded, self.uncounted_succeeded))
  self.new_failed = self:countable(without_uids(failed, self.uncounted_failed))
end

--- Look at a Job.
-- @param ctx
-- @param job
-- @param pods the live set of its pods
-- @treturn ?Run or nil, message, code: its retry policy cannot decide
function Run.open(ctx, job, pods)
  local spec = job.spec
  local self = setmetatable({ ctx = ctx, job = job, spec = spec, pods = pods,
    completions = spec.completions, is_indexed = spec.completionMode == "Indexed",
    per_index = spec.backoffLimitPerIndex, only_failed = only_failed(spec) }, Run)
  self.status, self.uncounted_succeeded, self.uncounted_failed = read_status(job)
  self.active, self.ready = self.pods:count "active", self.pods:count "ready"
  self.terminating = self.pods:count "terminating"
  look_at_ended(self)
  local judged, message, code = retry.judge(self)
  if not judged then return nil, message, code end
  self.succeeded = (self.status.succeeded or 0) + #self.new_succeeded + #self.uncounted_succeeded
  self.failed = (self.status.failed or 0) + count_failures(self) + #self.uncounted_failed
  self:look_at_indexes()
  self:look_at_backoff()
  return self
end

-- ---- indexes ----

local function each(batch)
  local list = {}
  for pod in batch:each() do list[#list + 1] = pod end
  return list
end

--- Has the index of a failed pod failed for good?
-- @param pod
-- @treturn boolean
function Run:fails_index(pod)
  local action = failure_policy.judge(self.spec.podFailurePolicy, pod)
  if action == "FailIndex" or retry.action(self, pod) == "fail_index" then return true end
  return action ~= "Ignore" and retry.action(self, pod) ~= "ignore"
    and names.failures(pod) >= self.per_index
end

-- The latest failed pod of each index that is to be tried again: it carries
-- the count of failures until there is another.
local function hold_back(self)
  local active, held = {}, {}
  for _, index in ipairs(self:indexes_of(self.pods:batch "active")) do
    if index then active[index] = true end
  end
  local failed = self:countable(self.only_failed and (self.ended:split "failed")
    or select(2, self.ended:split "succeeded"))
  for _, pod in ipairs(each(failed)) do
    local index = names.index(pod.metadata.annotations[names.INDEX])
    local final = indexes.has(self.succeeded_indexes, index)
      or indexes.has(self.failed_indexes, index)
    local before = held[index]
    if not final and not active[index] and (not before
      or names.failures(before) + names.ignored(before) <= names.failures(pod) + names.ignored(pod)
      and backoff.finished_at(before) <= backoff.finished_at(pod)) then
      held[index] = pod
    end
  end
  return held
end

local function failed_for_good(self)
  local found = {}
  local failed = self:countable(self.only_failed and (self.ended:split "failed")
    or select(2, self.ended:split "succeeded"))
  for _, pod in ipairs(each(failed)) do
    if self:fails_index(pod) then
      found[#found + 1] = names.index(pod.metadata.annotations[names.INDEX])
    end
  end
  return indexes.of(found)
end

--- Which indexes have succeeded and failed.
function Run:look_at_indexes()
  if not self.is_indexed then return end
  local status = self.status
  self.succeeded_before = indexes.parse(status.completedIndexes, self.completions)
  local succeeded = self:countable((self.ended:split "succeeded"))
  self.succeeded_indexes = indexes.union(self.succeeded_before,
    indexes.of(self:indexes_of(succeeded)))
  self.succeeded = indexes.total(self.succeeded_indexes)
  if not self.per_index then return end
  self.failed_indexes = indexes.union(indexes.parse(status.failedIndexes, self.completions),
    failed_for_good(self))
  self.held_back = hold_back(self)
end

-- ---- backoff ----

local function counted_before(self)
  local finished = self.pods:batch "finished"
  return finished:without(self.new_succeeded):without(self.new_failed)
end

--- How many pods have failed since the last success, and when.
function Run:look_at_backoff()
  local record = backoff.recall(self.ctx, self.job, function() return counted_before(self) end)
  self.backoff = record
  if #self.new_failed > 0 then
    self.backoff = backoff.record(record, each(self.new_succeeded), each(self.new_failed))
  elseif #self.new_succeeded > 0 then
    self.backoff = { failures = 0 }
  end
end

-- ---- asking again ----

--- Have the Job synced again in so many seconds.
function Run:again(seconds) self.requeue = math.min(self.requeue or math.huge, seconds) end

--- Would another sync, right after this one, find nothing to do?
-- @treturn boolean
function Run:is_settled()
  return not self.ends and not self.cut and self.active == self.pods:count "active"
    and self.ready == self.pods:count "ready" and self.terminating == self.pods:count "terminating"
    and self.pods:count "uncounted" == 0
end

--- A status's times are whole seconds. @treturn string
function Run:timestamp() return self.ctx:timestamp() end

return Run
