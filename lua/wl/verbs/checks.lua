-- SPDX-License-Identifier: MIT
--- Verbs that say what must be so: expect, always, wait.
--
-- A failure ends the run with exit status 1 and says what was seen.
local apierror = require "wl.apierror"
local difference = require "wl.verbs.difference"
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

--- What is raised when an expectation fails.
-- @tparam string message
-- @return an error
function checks.failure(message)
  return setmetatable({ message = message, code = "Failed" }, Failure)
end

--- Fail the run.
-- @tparam string message
function checks.fail(message) error(checks.failure(message), 0) end

-- ---- expect ----

local function contains(whole, part)
  if type(whole) == "string" then return whole:find(tostring(part), 1, true) ~= nil end
  if not value.is_list(whole) and not value.is_map(whole) then return false end
  for _, item in ipairs(whole) do
    if value.equal(item, part) then return true end
  end
  return false
end

-- What cannot be compared, such as an absent field with a number, is not so.
local function ordered(compare)
  return function(a, b)
    local ok, holds = pcall(compare, a, b)
    return ok and holds
  end
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
    local known = suggest.keys(MATCHERS)
    reference.misuse("expect: there is no %q%s; there are %s", tostring(word),
      suggest.hint(tostring(word), known), table.concat(known, ", "))
  end
  return function(...)
    local wanted = ...
    if rawequal(wanted, self) then wanted = select(2, ...) end
    if not matcher[2](self.seen[1], wanted) then
      checks.fail(self.about .. difference.message(matcher[1], wanted, self.seen[1],
        word == "is"))
    end
  end
end

--- Begin an expectation: `expect(x).is(3)`.
-- @param seen anything
-- @tparam ?string about what it is, for the message
function checks.expect(seen, about)
  return setmetatable({ seen = { seen }, about = about and tostring(about) .. ": " or "" },
    Expectation)
end

-- ---- what a scenario's function says ----

--- Ask a scenario's function whether something is so. A status has no field for a count
-- of 0, and an object may not be there yet: a comparison with nothing says that it is not so.
-- @tparam function holds
-- @param ... what it is called with
-- @return whether it is so
-- @treturn ?string why not
-- @treturn boolean whether it returned nothing
function checks.asked(holds, ...)
  local results = table.pack(pcall(holds, ...))
  if results[1] then return results[2], nil, results.n == 1 end
  local problem = results[2]
  local text = tostring(problem)
  if apierror.is(problem, "NotFound") or text:find "attempt to %l+ .*nil" then
    return false, text
  end
  error(problem, 0)
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
  if (status.observedGeneration or 0) < (object.metadata.generation or 0) then return false end
  local wanted = status.desiredNumberScheduled or object.spec.replicas or 1
  return (status.numberReady or status.readyReplicas or 0) >= wanted
end

function conditions.available(object) return object ~= nil and is_true(object, "Available") end
function conditions.complete(object) return object ~= nil and is_true(object, "Complete") end
function conditions.deleted(object) return object == nil end
conditions.gone = conditions.deleted

local function by_type(type, status)
  status = status ~= "" and status or "True"
  return function(object)
    local found = object and condition(object, type)
    return found ~= nil and found.status == status
  end
end

-- function(object) -> whether it is so, and why it could not be told
local function judge_of(wanted)
  if type(wanted) == "function" then
    return function(object) return checks.asked(wanted, object) end, "as the function wants it"
  elseif type(wanted) ~= "string" then
    reference.misuse("wait: a condition or a function expected, got %s", reference.seen(wanted))
  elseif conditions[wanted] then
    return conditions[wanted], wanted
  end
  local type, status = wanted:match "^(%u%w*)=?(%w*)$"
  if type then return by_type(type, status), wanted end
  local known = suggest.keys(conditions)
  reference.misuse('wait: there is no condition "%s"%s; there are %s, the type of a condition '
    .. '("Progressing"), or a function', wanted, suggest.hint(wanted, known),
    table.concat(known, ", "))
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
-- @tparam ?table options namespace
-- @return the object; fails the run, with what was seen, when it does not come to be
function checks.wait(cluster, given, wanted, timeout, options)
  if type(timeout) == "table" then timeout, options = nil, timeout end
  options = reference.options("wait", options, {})
  local kind, namespace, name = reference.parse(cluster, given, options)
  local judge, text = judge_of(wanted or "ready")
  local seconds, why = reference.seconds("wait", timeout or "5m"), nil
  local function now() return (cluster.server:get(kind, namespace, name)) end
  local done = cluster:run_until(seconds, function()
    local so
    so, why = judge(now())
    return so
  end)
  if not done then
    checks.fail(("%s/%s was not %s within %s; last seen:\n  %s%s"):format(kind.singular, name, text,
      duration.format(seconds), seen_of(now()), why and "\n  " .. why or ""))
  end
  return now()
end

return checks
