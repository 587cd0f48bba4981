-- SPDX-License-Identifier: MIT
--- Verbs that promise: always, never, eventually, within, at_most, holds_until.
--
-- What is promised is a function that returns whether it is so. What it looks at need not
-- be there yet: then it is not so. A promise that is broken ends the run with exit status 1.
local checks = require "wl.verbs.checks"
local duration = require "wl.duration"
local reference = require "wl.verbs.reference"
local suggest = require "wl.suggest"

local promises = {}

local EXAMPLE = '%s("two stay up", function() return ... end)'

local function moment(cluster) return duration.format(cluster:now() - cluster.started) end

local function broken(name, format, ...)
  return checks.failure(("%s: " .. format):format(name, ...))
end

local function because(why) return why and ": " .. why or "" end

-- `(name, holds)`, or `holds` alone.
local function arguments(verb, name, holds, ...)
  if type(name) == "function" then name, holds = "the promise", name end
  reference.callback(verb, holds, EXAMPLE:format(verb))
  return tostring(name), holds, ...
end

local function add(cluster, verify, finish)
  local promise = cluster:promise(verify, finish)
  return { stop = function() promise.is_over = true end }
end

--- It must be so from now on, after each write.
-- @param cluster
-- @tparam string name what is so
-- @tparam function holds() returns whether it is so; or nothing, when it expects
-- @return a handle with stop()
function promises.always(cluster, name, holds)
  name, holds = arguments("always", name, holds)
  return add(cluster, function()
    local so, why, silent = checks.asked(holds)
    if not so and not silent then
      return broken(name, "not always so: at %s it did not hold%s", moment(cluster), because(why))
    end
  end)
end

--- It must not be so from now on.
function promises.never(cluster, name, holds)
  name, holds = arguments("never", name, holds)
  return add(cluster, function()
    if checks.asked(holds) then return broken(name, "was so at %s", moment(cluster)) end
  end)
end

-- Waits for something, until a moment if one is given.
local function awaited(cluster, name, holds, length)
  local since, why = cluster:now(), nil
  local deadline = length and since + length
  local function so(promise)
    promise.is_over, why = checks.asked(holds) and true or false, nil
    return promise.is_over
  end
  local handle = add(cluster, function(promise)
    if so(promise) then return nil end
    if deadline and cluster:now() >= deadline then
      return broken(name, "not so within %s%s", duration.format(length), because(why))
    end
  end, function(promise)
    if so(promise) then return nil end
    return broken(name, "not so until the end of the run, at %s%s", moment(cluster), because(why))
  end)
  -- The moment of the deadline comes, also when nothing else is due then.
  if deadline then cluster:at(deadline, function() end) end
  return handle
end

--- It must be so at some moment, before the run ends.
-- @return a handle with stop()
function promises.eventually(cluster, name, holds)
  name, holds = arguments("eventually", name, holds)
  return awaited(cluster, name, holds)
end

--- It must be so at some moment within a time from now.
-- @param cluster
-- @tparam number|string length seconds or "5m"
-- @tparam string name
-- @tparam function holds
-- @return a handle with stop()
function promises.within(cluster, length, name, holds)
  local seconds = reference.seconds("within", length)
  name, holds = arguments("within", name, holds)
  return awaited(cluster, name, holds, seconds)
end

--- It must be so until something else is, which must come.
-- @param cluster
-- @tparam string name
-- @tparam function holds
-- @tparam function released
-- @return a handle with stop()
function promises.holds_until(cluster, name, holds, released)
  reference.callback("holds_until", holds, 'holds_until("the old one stays", f, g)')
  reference.callback("holds_until", released, 'holds_until("the old one stays", f, g)')
  return add(cluster, function(promise)
    if checks.asked(released) then
      promise.is_over = true
      return nil
    end
    local so, why = checks.asked(holds)
    if not so then
      return broken(name, "not so any more at %s, before it was released%s", moment(cluster),
        because(why))
    end
  end, function()
    return broken(name, "was not released until the end of the run, at %s", moment(cluster))
  end)
end

-- ---- by name ----

local function shipped()
  local found, names = {}, {}
  for i, module in ipairs(require "stdlib.promises") do
    local one = require("stdlib.promises." .. module)
    found[one.name], names[i] = one, one.name
  end
  return found, names
end

--- Switch on promises that are declared.
-- @param cluster
-- @param ... names of those that ship, "all", or promises that a script declares
function promises.promise(cluster, ...)
  local found, names = shipped()
  local given = { ... }
  if given[1] == nil or given[1] == "all" then given = names end
  for _, one in ipairs(given) do
    local declared = type(one) == "table" and one.promise and one or found[one]
    if not declared then
      reference.misuse("promise: there is no promise %q%s; there are %s", tostring(one),
        suggest.hint(tostring(one), names), table.concat(names, ", "))
    end
    cluster:promise_declared(declared, function(message)
      return broken(declared.name, "broken at %s: %s", moment(cluster), message)
    end)
  end
end

local TIMES = { once = 1, twice = 2 }

--- It may become so only so often.
-- @param cluster
-- @tparam integer|string times or "once", "twice"
-- @tparam string name
-- @tparam function holds
-- @return a handle with stop()
function promises.at_most(cluster, times, name, holds)
  local most = TIMES[times] or math.tointeger(times)
  if not most or most < 0 then
    reference.misuse('at_most: a number of times expected, or "once", as in at_most("once", '
      .. '"the migration runs", function() ... end); got %s', reference.seen(times))
  end
  name, holds = arguments("at_most", name, holds)
  local was, count = false, 0
  return add(cluster, function()
    local so = checks.asked(holds) and true or false
    if so and not was then count = count + 1 end
    was = so
    if count > most then
      return broken(name, "so for the %d. time at %s, at most %d were promised", count,
        moment(cluster), most)
    end
  end)
end

return promises
