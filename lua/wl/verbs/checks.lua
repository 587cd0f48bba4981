-- SPDX-License-Identifier: MIT
--- Verbs that say what must be so: expect, always, wait.
--
-- A failure ends the run with exit status 1 and says what was seen.
local duration = require "wl.duration"
local reference = require "wl.verbs.reference"
local rollout = require "wl.rollout"
local suggest = require "wl.suggest"
local value = require "wl.value"

local checks = {}

-- ---- failing ----

local Failure = { __name = "wl.failure" }
Failure.__tostring = function(self) return self.message end

--- Is it the failure of an expectation?
function checks.is_failure(x) return getmetatable(x) == Failure end

--- Fail the run.
-- @tparam string message
function checks.fail(message)
  error(setmetatable({ message = message, code = "Failed" }, Failure), 0)
end

-- ---- expect ----

local function show(x)
  if type(x) == "string" then return ("%q"):format(x) end
  return tostring(x)
end

local function contains(whole, part)
  if type(whole) == "string" then return whole:find(part, 1, true) ~= nil end
  for _, item in ipairs(whole or {}) do
    if value.equal(item, part) then return true end
  end
  return false
end

local function ordered(compare)
  return function(a, b) return a ~= nil and compare(a, b) end
end

-- Word -> { how it reads, test }.
local MATCHERS = {
  is = { "to be %s", value.equal },
  is_not = { "not to be %s", function(a, b) return not value.equal(a, b) end },
  at_least = { "to be at least %s", ordered(function(a, b) return a >= b end) },
  at_most = { "to be at most %s", ordered(function(a, b) return a <= b end) },
  above = { "to be above %s", ordered(function(a, b) return a > b end) },
  below = { "to be below %s", ordered(function(a, b) return a < b end) },
  contains = { "to contain %s", contains },
  matches = { "to match the pattern %s", function(a, b) return tostring(a):find(b) ~= nil end },
}

local Expectation = {}

function Expectation:__index(word)
  local matcher = MATCHERS[word]
  if not matcher then
    error(("expect: there is no %q%s"):format(tostring(word),
      suggest.hint(tostring(word), suggest.keys(MATCHERS))), 2)
  end
  return function(...)
    local wanted = ...
    if rawequal(wanted, self) then wanted = select(2, ...) end
    if not matcher[2](self.seen[1], wanted) then
      checks.fail(("%sexpected %s, got %s"):format(self.about, matcher[1]:format(show(wanted)),
        show(self.seen[1])))
    end
  end
end

--- Begin an expectation: `expect(x).is(3)`.
-- @param seen anything
-- @tparam ?string about what it is, for the message
function checks.expect(seen, about)
  return setmetatable({ seen = { seen }, about = about and about .. ": " or "" }, Expectation)
end

-- ---- always ----

--- Check something after everything that happens from now on.
-- @param cluster
-- @tparam string name what is so
-- @tparam function holds()
function checks.always(cluster, name, holds)
  if type(name) == "function" then name, holds = "the invariant", name end
  if type(holds) ~= "function" then error("always: a name and a function expected", 3) end
  local function verify()
    if not holds() then
      checks.fail(("%s: not always so: at %s it did not hold"):format(name,
        duration.format(cluster:now() - cluster.started)))
    end
  end
  verify()
  cluster.invariants[#cluster.invariants + 1] = verify
end

-- ---- wait ----

local function condition(object, type)
  for _, one in ipairs(object.status and object.status.conditions or {}) do
    if one.type:lower() == type:lower() then return one end
  end
end

local function is_true(object, type)
  local found = condition(object, type)
  return found ~= nil and found.status == "True"
end

local conditions = {}

conditions["rolled out"] = function(object)
  if not object then return false end
  local text, done = rollout.status(object)
  if not text then checks.fail(done) end
  return done
end

function conditions.ready(object)
  if not object then return false end
  if object.kind == "Pod" or object.kind == "Node" then return is_true(object, "Ready") end
  local status = object.status or {}
  return (status.observedGeneration or 0) >= (object.metadata.generation or 0)
    and (status.readyReplicas or 0) >= (object.spec.replicas or 1)
end

function conditions.available(object) return object ~= nil and is_true(object, "Available") end
function conditions.complete(object) return object ~= nil and is_true(object, "Complete") end
function conditions.deleted(object) return object == nil end
conditions.gone = conditions.deleted

local function judge_of(wanted)
  if type(wanted) == "function" then return wanted, "the condition" end
  if conditions[wanted] then return conditions[wanted], wanted end
  local type, status = wanted:match "^(%u%w*)=?(%w*)$"
  if not type then
    error(("wait: there is no condition %q%s; a condition's type or a function will do, too")
      :format(wanted, suggest.hint(wanted, suggest.keys(conditions))), 4)
  end
  status = status ~= "" and status or "True"
  return function(object)
    local found = object and condition(object, type)
    return found ~= nil and found.status == status
  end, wanted
end

local function seen_of(object)
  if not object then return "there is no such object" end
  local parts = {}
  for name, count in pairs(object.status or {}) do
    if math.type(count) then parts[#parts + 1] = ("%s: %d"):format(name, count) end
  end
  for _, one in ipairs(object.status and object.status.conditions or {}) do
    parts[#parts + 1] = ("%s=%s%s%s"):format(one.type, one.status,
      one.reason and " (" .. one.reason .. ")" or "", one.message and ": " .. one.message or "")
  end
  return #parts > 0 and table.concat(parts, "\n  ") or "its status is empty"
end

--- Let time pass until something is so.
-- @param cluster
-- @param given "deploy/web"
-- @param wanted "rolled out", "ready", "available", "complete", "deleted"; a condition's type
--   ("Progressing", "Progressing=False"); or a function of the object (nil when there is none)
-- @tparam ?number|string timeout "5m" when left out
-- @return the object; fails the run, with what was seen, when it does not come to be
function checks.wait(cluster, given, wanted, timeout)
  local kind, namespace, name = reference.parse(cluster, given)
  local judge, text = judge_of(wanted or "ready")
  local function now() return (cluster.server:get(kind, namespace, name)) end
  local done = cluster:run_until(timeout or "5m", function() return judge(now()) end)
  if not done then
    checks.fail(("%s/%s was not %s within %s; last seen:\n  %s"):format(kind.singular, name, text,
      tostring(timeout or "5m"), seen_of(now())))
  end
  return now()
end

return checks
