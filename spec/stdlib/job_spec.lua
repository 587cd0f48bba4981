-- SPDX-License-Identifier: MIT
local job_cases = require "spec.support.job_cases"
local shared = require "spec.support.shared"
local test = require "wl.test"
local names = require "wl.job.names"

local optional = job_cases.optional

local function failures_of(input)
  if optional(input.podWritesFail) then
    return { create = { from = 1 }, delete = { from = 1 }, update = { from = 1 } }
  end
  local limit = optional(input.podCreateLimit)
  return limit and { create = { from = limit + 1 } } or nil
end

local function reconcile(input)
  local objects = { job_cases.job(input.job) }
  for _, pod in ipairs(input.pods) do objects[#objects + 1] = job_cases.pod(pod) end
  for _, pod in ipairs(job_cases.past_failures(optional(input.backoffRecord))) do
    objects[#objects + 1] = pod
  end
  return test.reconcile { kind = "Job", key = "default/" .. input.job.name, now = input.now,
    objects = objects, fail = failures_of(input) }
end

-- Pods whose finalizer was taken off, or tried to be.
local function released(result)
  local n = result.refused.update or 0
  for _, pod in ipairs(result.patched) do
    n = n + (pod.kind == "Pod" and not names.is_tracked(pod) and 1 or 0)
  end
  return n
end

local function statuses_of(result)
  local list = {}
  for i, status in ipairs(result.statuses) do list[i] = job_cases.status(status) end
  return list
end

local function deleted_names(result)
  local list = {}
  for i, pod in ipairs(result.deleted) do list[i] = pod.metadata.name end
  table.sort(list)
  return list
end

-- Kubernetes takes the finalizers off pods that it deletes as surplus; when the
-- same sync completes the Job it does so again, from its copies of before.
local function removed_twice(result)
  local last = result.status.conditions and result.status.conditions[1]
  return last and last.reason == "CompletionsReached" and #result.deleted or 0
end

-- What a controller does that does not see its own writes yet; the model's sees them at once.
local function is_about_caches(case)
  return case.source.test == "TestSyncJobExpectations" or optional(case.input.pendingExpectations)
end

local function compare_pods(expected, result)
  assert.equal(expected.creates, #result.created)
  assert.equal(expected.deletes, #result.deleted)
  assert.equal(expected.finalizersRemoved - removed_twice(result), released(result))
  if optional(expected.deleted) then
    table.sort(expected.deleted)
    assert.same(expected.deleted, deleted_names(result))
  end
  for i, wanted in ipairs(optional(expected.created) or {}) do
    assert.same(wanted, job_cases.created(result.created[i]))
  end
end

local function compare_status(expected, result)
  local list = statuses_of(result)
  if expected.status == "unchanged" then return assert.same({}, list) end
  assert.same(job_cases.status(expected.status), list[#list])
  list[#list] = nil
  local earlier = {}
  for i, status in ipairs(optional(expected.intermediateStatus) or {}) do
    earlier[i] = job_cases.status(status)
  end
  assert.same(earlier, list)
end

local function seconds(text) return tonumber(text) or require("wl.duration").parse(text) end

describe("a Job's reconcile", function()
  shared.each("job_cases", nil, function(case, input, expected)
    if is_about_caches(case) then return end
    local result = reconcile(input)
    compare_pods(expected, result)
    compare_status(expected, result)
    assert.equal(optional(expected.error) ~= nil and expected.error ~= false, result.error ~= nil)
    local wait = optional(expected.requeueAfter)
    if wait and #wait > 0 then
      assert.near(seconds(wait[1]), result.requeue_after, 1)
    end
  end)
end)
