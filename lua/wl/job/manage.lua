-- SPDX-License-Identifier: MIT
--- Keep as many pods running as a Job wants: create what is missing, delete what
-- is too many; one of the two in a sync, deleting first.
--
-- Source: pkg/controller/job/job_controller.go `manageJob`.
local backoff = require "wl.job.backoff"
local indexes = require "wl.job.indexes"
local names = require "wl.job.names"
local pods = require "wl.job.pods"
local replicas = require "wl.replicas"
local retry = require "wl.job.retry"
local tracking = require "wl.job.tracking"

local manage = {}

--- The most pods that one sync creates or deletes.
manage.BURST = 500

-- ---- deleting ----

local function delete(run, batch)
  if #batch == 0 then return end
  run.cut = true
  local ready = #(batch:split "ready")
  run.ctx:event_many(batch, "Normal", "SuccessfulDelete", "Deleted pod: {metadata.name}", run.job)
  local done, message, code = run.ctx:delete_many(batch)
  run.active, run.terminating = run.active - done, run.terminating + done
  run.ready = run.ready - math.min(ready, done)
  if message then
    run.ctx:event(run.job, "Warning", "FailedDelete", "Error deleting: " .. message)
    return message, code
  end
end

-- Pods that are not wanted do not count: neither as failed nor as succeeded.
local function discard(run, batch)
  local _, message, code = tracking.release(run.ctx, batch)
  if message then return message, code end
  return delete(run, batch)
end

--- Delete all that run. @treturn ?string message, code: not all could be
function manage.stop(run)
  return delete(run, run.pods:batch "active")
end

-- Pods without an index, with one that is too high, or with another's: all but
-- the one that would be deleted last.
local function surplus(run, active)
  local by_index, keep, rest = {}, active:slice(1, 0), active:slice(1, 0)
  for i, index in ipairs(run:indexes_of(active)) do
    local place = index and by_index[index]
    if not index then
      rest:add(active:id(i))
    elseif place then
      place:add(active:id(i))
    else
      by_index[index] = active:slice(i, i)
    end
  end
  for index = 0, run.completions - 1 do
    local same = by_index[index]
    if same and #same > 1 then
      local ranked = run.ctx:rank(same, run.ctx:policy("deletion", "Job"))
      rest:add(ranked:slice(1, #ranked - 1))
      same = ranked:slice(#ranked)
    end
    if same then keep:add(same) end
  end
  return rest, keep
end

local function is_all_different(run, active)
  local seen = {}
  for _, index in ipairs(run:indexes_of(active)) do
    if not index or seen[index] then return false end
    seen[index] = true
  end
  return true
end

local function to_delete(run, at_least)
  local active = run.pods:batch "active"
  local rest, keep = active:slice(1, 0), active
  if run.is_indexed and not is_all_different(run, active) then rest, keep = surplus(run, active) end
  local more = at_least - #rest
  if more > 0 then
    rest:add(run.ctx:rank(keep, run.ctx:policy("deletion", "Job"), more))
  end
  return #rest > manage.BURST and rest:slice(1, manage.BURST) or rest
end

-- ---- creating ----

local function announce(run, batch)
  if batch and #batch > 0 then
    run.ctx:event_many(batch, "Normal", "SuccessfulCreate", "Created pod: {metadata.name}", run.job)
  end
end

local function create_some(run, pod)
  return function(n)
    local done, message, code, batch = run.ctx:create_many(pod, n)
    announce(run, batch)
    return done, message, code
  end
end

local function create_numbered(run, numbers)
  local pod, at = pods.indexed(run.job), 0
  return function(n)
    local done, message, code, batch = run.ctx:create_each(pod, n, function(draft, i)
      local index = numbers[at + i]
      pods.number(draft, run.job, index, (run.held_back or {})[index])
    end)
    at = at + n
    announce(run, batch)
    return done, message, code
  end
end

local function create(run, count, create_n)
  local created, _, message, code = replicas.slow_start(count, create_n)
  run.active = run.active + created
  if message then
    run.ctx:event(run.job, "Warning", "FailedCreate", "Error creating: " .. message)
    return message, code
  end
end

--- Indexes that neither run nor have ended, the lowest first.
-- @param run
-- @tparam integer count the most that are wanted
-- @treturn {integer,...}
function manage.pending_indexes(run, count)
  local taken = run:indexes_of(run.pods:batch "active")
  if run.only_failed then
    local leaving = run:indexes_of(run.pods:batch "terminating")
    table.move(leaving, 1, #leaving, #taken + 1, taken)
  end
  local numbers = {}
  for _, index in ipairs(taken) do
    if index then numbers[#numbers + 1] = index end
  end
  local set = indexes.union(run.succeeded_indexes, indexes.of(numbers))
  if run.failed_indexes then set = indexes.union(set, run.failed_indexes) end
  return indexes.first_missing(set, count, run.completions)
end

--- Indexes that may start now.
-- @tparam {integer,...} wanted
-- @tparam table held_back index -> its failed pod
-- @tparam number now
-- @tparam ?function wait_of(index): what a retry policy says, in seconds
-- @treturn {integer,...}
-- @treturn number seconds until the first may, when none may now
function manage.ready_indexes(wanted, held_back, now, wait_of)
  local found, wait = {}, math.huge
  for _, index in ipairs(wanted) do
    local pod = held_back[index]
    local failures = pod and names.failures(pod) + names.ignored(pod) + 1 or 0
    local left = wait_of and wait_of(index)
      or backoff.remaining(failures, pod and backoff.finished_at(pod), now)
    if left == 0 then found[#found + 1] = index else wait = math.min(wait, left) end
  end
  return found, #found == 0 and wait < math.huge and wait or 0
end

-- The status shows no active pod while a Job waits, whatever runs.
local function wait_for(run, seconds)
  run:again(seconds)
  run.active = 0
end

local function create_indexed(run, count)
  local numbers, wait = manage.pending_indexes(run, count), 0
  if run.per_index then
    numbers, wait = manage.ready_indexes(numbers, run.held_back, run.ctx.now,
      run.retry and function(index) return retry.wait(run, index) end)
  end
  if wait > 0 then return wait_for(run, wait) end
  return create(run, #numbers, create_numbered(run, numbers))
end

local function fill(run, missing)
  local wait = run.per_index and 0 or retry.wait(run)
    or backoff.remaining(run.backoff.failures, run.backoff.latest, run.ctx.now)
  if wait > 0 then return wait_for(run, wait) end
  local count = math.min(missing, manage.BURST)
  run.cut = count < missing
  if run.is_indexed then return create_indexed(run, count) end
  return create(run, count, create_some(run, pods.plain(run.job)))
end

-- ---- deciding ----

--- How many pods should run. Without a number of completions the first success
-- ends the starting of new ones.
-- @treturn integer
function manage.wanted(run)
  if run.completions then
    return math.max(0, math.min(run.completions - run.succeeded, run.spec.parallelism))
  end
  return run.succeeded > 0 and run.active or run.spec.parallelism
end

--- Bring the pods in line with the Job.
-- @param run
-- @treturn ?string message, code: something went wrong
function manage.pods(run)
  if run.spec.suspend then return discard(run, run.pods:batch "active") end
  local wanted = manage.wanted(run)
  if run.is_indexed or run.active > wanted then
    local extra = to_delete(run, math.max(0, run.active - wanted))
    if #extra > 0 then return discard(run, extra) end
  end
  local missing = wanted - run.active - (run.only_failed and run.terminating or 0)
  if missing > 0 then return fill(run, missing) end
end

return manage
