-- SPDX-License-Identifier: MIT
--- Analysis: measure something again and again, and judge the new version by it.
--
--     metric            its name (see the verb `metric`), or function() returning a number
--     successCondition  "< 0.05" or function(value): the measurement is a success
--     failureCondition  the same: it is a failure. Where both are given and neither
--                       or both hold, and where nothing is measured, it is inconclusive
--     interval          "1m" when left out
--     count             how many measurements, 1
--     failureLimit, inconclusiveLimit   how many of them may be that, 0
--     initialDelay      before the first
--     background        true: the script goes on meanwhile, to its end; without a count it is
--                       measured as long as that takes
--
-- More failures than the limit: Failed. More inconclusive ones: Inconclusive.
-- As many measurements as wanted: Successful. One that is late is made when it
-- can be; it is not made up for.
-- The words and rules are those of Argo Rollouts' AnalysisTemplates.
local condition = require "wl.rollout.condition"
local duration = require "wl.duration"
local suggest = require "wl.suggest"

local analysis = {}

local FIELDS = { metric = true, successCondition = true, failureCondition = true, interval = true,
  count = true, failureLimit = true, inconclusiveLimit = true, initialDelay = true,
  abort = true, name = true, background = true }

local MOST_KEPT = 10 -- measurements that a record keeps

local function seconds(given, field, default)
  if given == nil then
    return default
  end
  local n, message = given, nil
  if type(given) == "string" then
    n, message = duration.parse(given)
  end
  if type(n) ~= "number" or n < 0 then
    return nil, ("analyse: %s: %s"):format(field, message or "a duration such as \"1m\" expected")
  end
  return n
end

local function whole(given, field, least, default)
  local n = given == nil and default or given
  if math.type(n) ~= "integer" or n < least then
    return nil, ("analyse: %s must be a whole number from %d, not %s"):format(field, least,
      tostring(given))
  end
  return n
end

local function tests(given)
  local found = {}
  for _, field in ipairs { "successCondition", "failureCondition" } do
    if given[field] ~= nil then
      local test, message = condition.read(given[field])
      if not test then
        return nil, "analyse: " .. field .. ": " .. message
      end
      found[field] = test
    end
  end
  if not found.successCondition and not found.failureCondition then
    return nil, "analyse: successCondition or failureCondition expected, as in "
      .. 'analyse { metric = "error-rate", successCondition = "< 0.05" }'
  end
  return found
end

local function numbers(given)
  local read, message = {}, nil
  local function take(field, n, why)
    read[field], message = n, message or why
  end
  take("interval", seconds(given.interval, "interval", 60))
  take("initialDelay", seconds(given.initialDelay, "initialDelay", 0))
  take("count", whole(given.count, "count", 1, given.background and math.maxinteger or 1))
  take("failureLimit", whole(given.failureLimit, "failureLimit", 0, 0))
  take("inconclusiveLimit", whole(given.inconclusiveLimit, "inconclusiveLimit", 0, 0))
  return not message and read or nil, message
end

--- Read what a script wants analysed.
-- @param given table or view
-- @treturn ?table; nil and a message when it cannot be read
function analysis.read(given)
  if type(given) ~= "table" and type(given) ~= "userdata" then
    return nil, 'analyse: a table expected, as in analyse { metric = "error-rate", '
      .. 'successCondition = "< 0.05" }'
  end
  for field in pairs(given) do
    if not FIELDS[field] then
      return nil, ("analyse: unknown field %q%s"):format(tostring(field),
        suggest.hint(tostring(field), suggest.keys(FIELDS)))
    end
  end
  if type(given.metric) ~= "string" and type(given.metric) ~= "function" then
    return nil, "analyse: metric: a name or a function expected"
  end
  local wanted, message = numbers(given)
  if not wanted then
    return nil, message
  end
  wanted.tests, message = tests(given)
  wanted.metric = given.metric
  wanted.name = given.name or type(given.metric) == "string" and given.metric or "function"
  return wanted.tests and wanted, message
end

local function judge(wanted, x)
  local success, failure = wanted.tests.successCondition, wanted.tests.failureCondition
  if x == nil then
    return "inconclusive"
  elseif not failure then
    return success(x) and "successful" or "failed"
  elseif not success then
    return failure(x) and "failed" or "successful"
  end
  local good, bad = success(x), failure(x)
  if good == bad then
    return "inconclusive"
  end
  return good and "successful" or "failed"
end

local function verdict(wanted, seen)
  if seen.failed > wanted.failureLimit then
    return "Failed"
  elseif seen.inconclusive > wanted.inconclusiveLimit then
    return "Inconclusive"
  elseif seen.successful + seen.failed + seen.inconclusive >= wanted.count then
    return "Successful"
  end
  return "Running"
end

--- An analysis that has measured nothing yet.
-- @treturn table for the record
function analysis.begin()
  return { phase = "Running", successful = 0, failed = 0, inconclusive = 0 }
end

--- Make the measurement that is due, if one is.
-- @tparam table wanted as read
-- @tparam table seen from the record, changed
-- @tparam table clock now; began (seconds); measure(metric), which returns a number or nil
-- @treturn ?number when the next one is due; nil: that was it
function analysis.advance(wanted, seen, clock)
  local due = seen.measuredAt and seen.measuredAt + wanted.interval
    or clock.began + wanted.initialDelay
  if seen.phase ~= "Running" then
    return nil
  elseif clock.now < due then
    return due
  end
  local x = condition.number(clock.measure(wanted.metric))
  local result = judge(wanted, x)
  seen[result], seen.measuredAt, seen.value = seen[result] + 1, clock.now, x
  seen.measurements = seen.measurements or {}
  table.insert(seen.measurements, { at = clock.now, value = x, result = result })
  if #seen.measurements > MOST_KEPT then
    table.remove(seen.measurements, 1)
  end
  seen.phase = verdict(wanted, seen)
  return seen.phase == "Running" and clock.now + wanted.interval or nil
end

local function number(x) return x == nil and "nothing measured" or ("%.6g"):format(x) end

--- What came of it, in words.
-- @treturn string
function analysis.words(wanted, seen)
  return ("analysis of %s: %s (last value: %s; %d successful, %d failed, %d inconclusive)")
    :format(wanted.name, seen.phase, number(seen.value), seen.successful, seen.failed,
      seen.inconclusive)
end

return analysis
