-- SPDX-License-Identifier: MIT
--- Steps that measure. See wl.rollout.step and wl.rollout.analysis.
local analysis = require "wl.rollout.analysis"
local record = require "wl.rollout.record"
local stepping = require "wl.rollout.stepping"

local state, take = stepping.state, stepping.take

local steps = {}

local function measure(self, metric)
  if type(metric) == "function" then
    return metric()
  end
  return self.view.measure and self.view.measure(metric)
end

local function advance(self, wanted, entry)
  entry.result = entry.result or analysis.begin()
  local next_one = analysis.advance(wanted, entry.result, {
    now = self.view.now, began = record.seconds(entry.startedAt),
    measure = function(metric) return measure(self, metric) end,
  })
  if next_one then
    stepping.look_again(self, next_one - self.view.now)
  end
  return entry.result
end

local function analysed(self, wanted, entry, aborts)
  local seen = advance(self, wanted, entry)
  if seen.phase == "Running" then
    if stepping.is_opened(self) then
      seen.phase = "Skipped"
      return true, seen
    end
    return false, "Paused", analysis.words(wanted, seen)
  elseif seen.phase == "Failed" and aborts then
    stepping.turn_back(self, "Degraded", analysis.words(wanted, seen))
  elseif seen.phase == "Inconclusive" and not stepping.is_opened(self) then
    return false, "Paused", analysis.words(wanted, seen) .. ": until it is promoted"
  end
  return true, seen
end

-- Looked at each time the script comes by; what is not over does not hold it up.
local function analyse_meanwhile(self, wanted)
  local entry = stepping.entry(self, "analyse in the background " .. wanted.name)
  local seen = advance(self, wanted, entry)
  entry.finishedAt = entry.finishedAt or record.stamp(self.view.now)
  if self.record.full then
    return seen.phase
  elseif seen.phase == "Failed" then
    stepping.turn_back(self, "Degraded", analysis.words(wanted, seen))
  elseif seen.phase == "Inconclusive" and not stepping.is_opened(self) then
    stepping.suspend(self, "Paused", analysis.words(wanted, seen) .. ": until it is promoted")
  elseif seen.phase == "Inconclusive" then
    seen.phase = "Skipped"
  end
  return seen.phase
end

function steps.analyse(given)
  local self = state()
  local wanted, message = analysis.read(given)
  if not wanted then
    error(message, 2)
  elseif given.background then
    return analyse_meanwhile(self, wanted)
  end
  return take(self, "analyse " .. wanted.name, function(entry)
    return analysed(self, wanted, entry, given.abort ~= false)
  end).phase
end

function steps.measure(name)
  local self = state()
  if type(name) ~= "string" and type(name) ~= "function" then
    error("measure: the name of a metric, or a function, expected", 2)
  end
  -- A function is another one each time that the script runs.
  local call = "measure " .. (type(name) == "string" and name or "function")
  return take(self, call, function()
    return true, measure(self, name)
  end)
end

return steps
