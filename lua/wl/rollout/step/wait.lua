-- SPDX-License-Identifier: MIT
--- Steps that wait for time or people. See wl.rollout.step.
local duration = require "wl.duration"
local record = require "wl.rollout.record"
local stepping = require "wl.rollout.stepping"

local state, take = stepping.state, stepping.take

local steps = {}

local LONGEST = 1e10 -- seconds, 300 years

local function seconds_of(given, word)
  if type(given) == "number" and given >= 0 and given <= LONGEST then
    return given
  end
  local seconds, message = nil, "a duration such as \"10m\" expected"
  if type(given) == "string" then
    seconds, message = duration.parse(given)
  end
  return seconds or error(("%s: %s"):format(word, message), 3)
end

local function until_time(self, entry, seconds)
  local left = record.seconds(entry.startedAt) + seconds - self.view.now
  if left <= 0 then
    return true
  end
  stepping.look_again(self, left)
  return false
end

local function due(entry, seconds)
  return record.stamp(record.seconds(entry.startedAt) + seconds)
end

function steps.pause(given)
  local self, seconds = state(), given ~= nil and seconds_of(given, "pause")
  if not seconds then
    return take(self, "pause", function()
      if stepping.is_opened(self) then
        return true
      end
      return false, "Paused", "until it is promoted"
    end)
  end
  return take(self, "pause " .. duration.format(seconds), function(entry)
    if stepping.is_opened(self) or until_time(self, entry, seconds) then
      return true
    end
    return false, "Paused", "until " .. due(entry, seconds)
  end)
end

function steps.ask(question, timeout)
  local self, seconds = state(), timeout ~= nil and seconds_of(timeout, "ask")
  if type(question) ~= "string" then
    error("ask: a question expected, as in ask \"does it look good?\"", 2)
  end
  return take(self, "ask " .. question, function(entry)
    if stepping.is_opened(self) then
      return true, true
    elseif seconds and until_time(self, entry, seconds) then
      return true, false
    end
    return false, "Paused", "until it is promoted"
  end)
end

function steps.scale_down_delay(given)
  local self, seconds = state(), seconds_of(given, "scale_down_delay")
  return take(self, "scale_down_delay " .. duration.format(seconds), function(entry)
    if self.record.full or until_time(self, entry, seconds) then
      return true
    end
    return false, "Paused", "the old pods stay until " .. due(entry, seconds)
  end)
end

return steps
