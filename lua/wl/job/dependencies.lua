-- SPDX-License-Identifier: MIT
--- Dependencies between Jobs, which Kubernetes does not have:
--
--     metadata:
--       annotations:
--         wlrun.dev/depends-on: "extract, migrate=finished, db=ready"
--
-- The Job makes no pod before all of these, in its namespace, are as it says:
-- `complete` (when nothing is said), `failed`, `finished` (either), or `ready`
-- (it has a pod that is). Once started it looks back no more. What it waits for,
-- or that it waits in vain, stands in its condition DependenciesMet. A name that
-- is not there and a circle are refused when the Job is created; one that comes
-- about later is told in the condition.
local conditions = require "wl.job.conditions"
local expected = require "wl.expected"

local dependencies = {}

--- The annotation.
dependencies.ANNOTATION = "wlrun.dev/depends-on"

local CONDITION = "DependenciesMet"
local PATH = ("metadata.annotations[%s]"):format(dependencies.ANNOTATION)
local STATES = { complete = true, failed = true, finished = true, ready = true }

-- ---- reading ----

--- Read the annotation.
-- @tparam string text
-- @treturn ?{{name=,state=},...} or nil, message
function dependencies.parse(text)
  local list = {}
  for part in (text .. ","):gmatch "([^,]*)," do
    local name, state = part:match "^%s*([%w%.%-]+)%s*=?%s*(%a*)%s*$"
    if state == "" then state = part:find("=", 1, true) and "?" or "complete" end
    if not name or not STATES[state] then
      return nil, "must be a list of Jobs, each with an optional =complete, =failed, =finished "
        .. 'or =ready, as in "extract, db=ready"'
    end
    list[#list + 1] = { name = name, state = state }
  end
  return list
end

--- The Jobs that a Job depends on. What cannot be read is none.
-- @param job
-- @treturn {{name=,state=},...}
function dependencies.of(job)
  local metadata = job.metadata or {}
  local text = (metadata.annotations or {})[dependencies.ANNOTATION]
  return type(text) == "string" and dependencies.parse(text) or {}
end

--- What is wrong with the annotation, for validation.
-- @param errors see wl.fielderrors
-- @param job
function dependencies.validate(errors, job)
  local text = (job.metadata.annotations or {})[dependencies.ANNOTATION]
  if type(text) ~= "string" then return end
  local list, message = dependencies.parse(text)
  if not list then errors:invalid(PATH, text, message) end
end

-- ---- circles and missing names ----

-- The way from a Job back to `start`, or to a name that is not there.
local function trace(get, start, job, path, seen)
  for _, one in ipairs(dependencies.of(job)) do
    path[#path + 1] = one.name
    if one.name == start then return "circle", path end
    local other = get(one.name)
    if not other then
      if #path == 2 then return "missing", path end
    elseif not seen[one.name] then
      seen[one.name] = true
      local what = trace(get, start, other, path, seen)
      if what == "circle" then return what, path end
    end
    path[#path] = nil
  end
end

--- Does a Job wait for itself, or for one that is not there?
-- @param job
-- @tparam function get(name) returns a Job of the same namespace, or nil
-- @treturn ?string "circle" or "missing"
-- @treturn {string,...} names from this Job on
function dependencies.trouble(job, get)
  local name = job.metadata.name
  return trace(get, name, job, { name }, {})
end

--- An admission rule for wl.server: no circles, and no names that are not there.
-- A Job of the same manifest is there.
-- @param server
-- @treturn table see wl.admission_rules
function dependencies.admission(server)
  return { admit = function(kind, draft)
    if kind.name ~= "Job" or #dependencies.of(draft) == 0 then return true end
    local namespace = draft.metadata.namespace
    local what, path = dependencies.trouble(draft, function(name)
      return expected(server, "Job", namespace, name) or (server:get(kind, namespace, name))
    end)
    if not what then return true end
    local refusal = kind:judge(draft.metadata.name or "", function(errors)
      if what == "missing" then return errors:not_found(PATH, path[#path]) end
      errors:invalid(PATH, draft.metadata.annotations[dependencies.ANNOTATION],
        "the Jobs wait for each other: " .. table.concat(path, " -> "))
    end)
    return nil, refusal.message, refusal.code, refusal.causes
  end }
end

-- ---- waiting ----

local function is_so(job, state)
  local how = conditions.finished(job)
  if state == "ready" then return (job.status and job.status.ready or 0) > 0 end
  if state == "finished" then return how ~= nil end
  return how == (state == "complete" and "Complete" or "Failed")
end

-- Will it never be so?
local function is_in_vain(job, state)
  local how = conditions.finished(job)
  return how ~= nil and state ~= "finished" and not is_so(job, state)
end

local function look(ctx, job)
  local function get(name) return (ctx:get("Job", job.metadata.namespace, name)) end
  local what, path = dependencies.trouble(job, get)
  if what == "circle" then
    return "DependencyCycle", "the Jobs wait for each other: " .. table.concat(path, " -> ")
  end
  local reason, message
  for _, one in ipairs(dependencies.of(job)) do
    local other = get(one.name)
    if not other then
      return "DependencyMissing", ("Job %q is not there"):format(one.name)
    elseif is_in_vain(other, one.state) then
      return "DependencyFailed", ("Job %q has ended as %s, not as %s"):format(one.name,
        conditions.finished(other):lower(), one.state)
    elseif not is_so(other, one.state) then
      reason = "WaitingForDependencies"
      message = ("%s%s to be %s"):format(message and message .. ", " or "waiting for ", one.name,
        one.state)
    end
  end
  return reason, message
end

local function note(ctx, job, reason, message)
  local condition = conditions.new(CONDITION, reason or "DependenciesMet",
    message or "everything that this Job depends on is as it should be", ctx:timestamp(),
    reason and "False" or "True")
  local list, changed = { conditions = {} }
  for i, one in ipairs(job.status and job.status.conditions or {}) do list.conditions[i] = one end
  if reason and not conditions.find(list.conditions, CONDITION) then
    list.conditions[#list.conditions + 1] = condition
    changed = true
  else
    changed = conditions.ensure(list, condition)
  end
  if not changed then return job end
  ctx:event(job, reason and reason ~= "WaitingForDependencies" and "Warning" or "Normal",
    condition.reason, condition.message)
  return ctx:update_status(job, function(draft) draft.conditions = list.conditions end)
end

--- May a Job start? Says so in its condition.
-- @param ctx
-- @param job
-- @return the Job as it is now, or nil, message, code
-- @treturn boolean whether it has to wait
function dependencies.check(ctx, job)
  local started = job.status and job.status.startTime
  if started or #dependencies.of(job) == 0 then return job, false end
  local reason, message = look(ctx, job)
  local written, problem, code = note(ctx, job, reason, message)
  if not written then return nil, problem, code end
  return written, reason ~= nil
end

--- Which Jobs wait for this one? For a kind's `watches`.
-- @param ctx
-- @param job
-- @treturn {{namespace=,name=},...}
function dependencies.waiting_for(ctx, job)
  local set, found = ctx:where("Job", "waiting"), {}
  if #set == 0 then return found end
  for other in set:each() do
    for _, one in ipairs(dependencies.of(other)) do
      if one.name == job.metadata.name and other.metadata.namespace == job.metadata.namespace then
        found[#found + 1] = { namespace = other.metadata.namespace, name = other.metadata.name }
      end
    end
  end
  return found
end

return dependencies
