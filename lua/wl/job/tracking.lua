-- SPDX-License-Identifier: MIT
--- Counting each pod that has ended once, whatever happens in between.
--
-- A pod keeps a finalizer until it is counted, so it cannot vanish before. Its
-- uid is first noted in status.uncountedTerminatedPods; then the finalizer goes;
-- then, where the finalizer is gone, the uid makes place for a count. Stopped
-- between any two writes it goes on at the same place. Of an index the number
-- itself is enough.
-- Source: pkg/controller/job/job_controller.go `trackJobStatusAndRemoveFinalizers`.
local conditions = require "wl.job.conditions"
local indexes = require "wl.job.indexes"
local names = require "wl.job.names"
local value = require "wl.value"

local tracking = {}

--- The most pods that one sync counts.
tracking.MOST = 500

-- ---- finalizers ----

local function rest_of(finalizers)
  local left = value.list {}
  for _, one in ipairs(finalizers) do
    if one ~= names.TRACKING then left[#left + 1] = one end
  end
  return #left > 0 and left or value.null
end

--- Take the tracking finalizer off pods.
-- @param ctx
-- @tparam batch batch
-- @treturn integer how many had it
-- @treturn ?string message, code: some could not be written
function tracking.release(ctx, batch)
  local count, message, code = 0, nil, nil
  if #batch == 0 then return count end
  local groups = #batch == 1 and { { batch = batch } } or batch:group_by "metadata.finalizers"
  for _, group in ipairs(groups) do
    local pod = group.batch[1]
    if pod and names.is_tracked(pod) then
      local done, why, word = ctx:update_many(group.batch,
        { metadata = { finalizers = rest_of(pod.metadata.finalizers) } })
      count, message, code = count + done, message or why, code or word
    end
  end
  return count, message, code
end

-- ---- uids ----

local function split_uids(ctx, uids)
  local waiting, counted = {}, 0
  for _, uid in ipairs(uids or {}) do
    local pod = ctx:by_uid(uid)
    if pod and names.is_tracked(pod) then
      waiting[#waiting + 1] = uid
    else
      counted = counted + 1
    end
  end
  return #waiting > 0 and waiting or nil, counted
end

-- Count those whose finalizer is gone. True when there were any.
local function settle(ctx, status)
  local uncounted, total = status.uncountedTerminatedPods, 0
  if not uncounted.succeeded and not uncounted.failed then return false end
  for _, field in ipairs { "succeeded", "failed" } do
    local waiting, counted = split_uids(ctx, uncounted[field])
    uncounted[field] = waiting
    if counted > 0 then status[field] = (status[field] or 0) + counted end
    total = total + counted
  end
  return total > 0
end

-- ---- one pass over the pods that may be let go ----

-- Each as it was before this sync did anything. Of very many only the first are
-- looked at, unless their indexes say which those are: a sync counts no more.
local function facts(run, batch)
  if #batch == 0 then return { batch = batch, uid = {} } end
  local most = 2 * tracking.MOST + run.terminating
  local cut = not run.is_indexed and #batch > most
  if cut then batch = batch:slice(1, most) end
  return { cut = cut, batch = batch, uid = batch:pluck "metadata.uid",
    phase = batch:pluck "status.phase",
    deleted = batch:pluck "metadata.deletionTimestamp",
    index = run.is_indexed and run:indexes_of(batch) or nil }
end

local function order_of(seen)
  local order = {}
  for i = 1, #seen.uid do order[i] = i end
  if seen.index then
    table.sort(order, function(a, b)
      local x, y = seen.index[a] or -1, seen.index[b] or -1
      if x ~= y then return x < y end
      return a < b
    end)
  end
  return order
end

--- The pods to count in this sync: all that are tracked when the Job ends, else
-- those that have ended. To be asked before anything is deleted.
-- @param run
-- @param ends the condition that ends the Job, or nil
-- @return for `count`
function tracking.candidates(run, ends)
  if ends or run.job.metadata.deletionTimestamp then
    return facts(run, run.tracked(run.pods:batch "tracked"))
  end
  return facts(run, run.ended)
end

-- The pod that is to be replaced carries the failures of its index.
local function is_held_back(run, seen, i)
  local held = run.held_back and seen.index[i] and run.held_back[seen.index[i]]
  return held and held.metadata.uid == seen.uid[i]
end

local function may_go(run, seen, i, failed)
  local all_go = run.job.metadata.deletionTimestamp or run.ends
  if all_go or seen.phase[i] == "Succeeded" then return true end
  return failed and not is_held_back(run, seen, i)
end

local function set_of(list)
  local set = {}
  for _, one in ipairs(list) do set[one] = true end
  return set
end

local function note(list, uid)
  list = list or {}
  list[#list + 1] = uid
  return list
end

local function add_success(run, pass, seen, i)
  local uncounted = run.status.uncountedTerminatedPods
  if run.is_indexed then
    local index = seen.index[i]
    if index and not indexes.has(run.succeeded_before, index) then
      pass.indexes[#pass.indexes + 1], pass.dirty = index, true
    end
  elseif not pass.succeeded[seen.uid[i]] then
    uncounted.succeeded, pass.dirty = note(uncounted.succeeded, seen.uid[i]), true
  end
end

local function add_failure(run, pass, seen, i)
  local uncounted = run.status.uncountedTerminatedPods
  if pass.failed[seen.uid[i]] or run.is_indexed and not seen.index[i] then return end
  local may_be_ignored = run.spec.podFailurePolicy or run.retry
  if may_be_ignored and not run:counts(seen.batch[i]) then return end
  uncounted.failed, pass.dirty = note(uncounted.failed, seen.uid[i]), true
end

-- Once enough has succeeded, pods that are stopped have not failed; they may be
-- on their way already when a controller begins anew.
local function has_failed(run, phase, failed)
  if run.ends and run.ends.type == "SuccessCriteriaMet" then return phase == "Failed" end
  return failed or run.ends ~= nil
end

local function add(run, pass, seen, i, failed)
  if seen.phase[i] == "Succeeded" and not pass.failed[seen.uid[i]] then
    add_success(run, pass, seen, i)
  elseif has_failed(run, seen.phase[i], failed) then
    add_failure(run, pass, seen, i)
  end
end

local function is_full(run, pass)
  local uncounted = run.status.uncountedTerminatedPods
  return #pass.indexes + #(uncounted.succeeded or {}) + #(uncounted.failed or {}) >= tracking.MOST
end

-- Note what has ended in the status. Returns what is to be let go.
local function collect(run, seen)
  if #seen.uid == 0 then return { indexes = {}, going = seen.batch, full = seen.cut } end
  local pass = { indexes = {}, dirty = false, going = seen.batch:slice(1, 0), full = seen.cut,
    succeeded = set_of(run.uncounted_succeeded), failed = set_of(run.uncounted_failed) }
  for _, i in ipairs(order_of(seen)) do
    local failed = run:is_failed(seen.phase[i], seen.deleted[i])
    if may_go(run, seen, i, failed) then
      pass.going:add(seen.batch:id(i))
      add(run, pass, seen, i, failed)
      if is_full(run, pass) then
        pass.full = true
        break
      end
    end
  end
  return pass
end

-- ---- the status ----

local function note_indexes(run, pass)
  if not run.is_indexed then return false end
  local status = run.status
  local succeeded = indexes.union(run.succeeded_before, indexes.of(pass.indexes))
  local text = indexes.text(succeeded)
  local failed = run.failed_indexes and indexes.text(run.failed_indexes)
  local changed = text ~= (status.completedIndexes or "") or failed ~= status.failedIndexes
  local total = indexes.total(succeeded)
  status.succeeded = total > 0 and total or nil
  status.completedIndexes = text ~= "" and text or nil
  status.failedIndexes = failed
  return changed
end

-- What decides comes before the end itself. True when that changed the status.
local function note_target(run)
  local ends, list = run.ends, run.status.conditions or {}
  if not ends then return false end
  local type, changed = nil, false
  if ends.type == "FailureTarget" then
    type, changed = "Failed", true
  elseif ends.type == "SuccessCriteriaMet" then
    type, changed = "Complete", not conditions.holds(list, ends.type)
  end
  if changed then
    list[#list + 1] = ends
    run.status.conditions = list
  end
  if type then run.ends = conditions.new(type, ends.reason, ends.message, run:timestamp()) end
  return changed
end

local function finish(run)
  local status = run.status
  local uncounted = status.uncountedTerminatedPods
  if not run.ends or uncounted.succeeded or uncounted.failed or run.terminating > 0 then
    return false
  end
  conditions.ensure(status, run.ends)
  if run.ends.type == "Complete" then status.completionTime = run.ends.lastTransitionTime end
  return true
end

local function tell(run)
  local ends, completions = run.ends, run.completions
  if ends.type == "Failed" then
    return run.ctx:event(run.job, "Warning", ends.reason, ends.message)
  end
  if completions and (run.status.succeeded or 0) > completions then
    run.ctx:event(run.job, "Warning", "TooManySucceededPods",
      "Too many succeeded pods running after completion count reached")
  end
  run.ctx:event(run.job, "Normal", "Completed", "Job completed")
end

local function write(run)
  local written, message, code = run.ctx:update_status(run.job, run.status)
  if not written then return nil, message, code end
  run.job = written
  return true
end

-- Let pods go, and count those that went.
local function release(run, pass)
  local _, message, code = tracking.release(run.ctx, pass.going)
  local changed = settle(run.ctx, run.status)
  if message and changed then
    local written, why, word = write(run)
    if not written then return nil, why, word end
  end
  if message then return nil, message, code end
  return true, changed
end

--- Count what has ended, and write the status.
-- @param run with `ends`, the condition that ends the Job, if it does
-- @param seen from `candidates`
-- @tparam boolean dirty the status differs already
-- @tparam function noted called when what has ended is noted
-- @treturn ?boolean true; or nil, message, code
function tracking.count(run, seen, dirty, noted)
  dirty = settle(run.ctx, run.status) or dirty
  local pass = collect(run, seen)
  dirty = pass.dirty or dirty
  dirty = note_indexes(run, pass) or dirty
  dirty = note_target(run) or dirty
  if dirty then
    local written, message, code = write(run)
    if not written then return nil, message, code end
    noted()
  end
  run.cut = run.cut or pass.full
  local released, changed, code = release(run, pass)
  if not released then return nil, changed, code end
  local finished = not pass.full and finish(run)
  if finished or changed then
    local written, message, word = write(run)
    if not written then return nil, message, word end
  end
  if finished then tell(run) end
  return true
end

return tracking
