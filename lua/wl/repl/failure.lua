-- SPDX-License-Identifier: MIT
--- How an input that went wrong is told.
local Source = require "wl.repl.complete.source"
local apierror = require "wl.apierror"
local checks = require "wl.verbs.checks"
local suggest = require "wl.suggest"
local terminal = require "wl.terminal"
local words = require "wl.repl.words"

local failure = {}

-- A verb that was misused may have said so at a line of ours: that helps nobody.
local function plain(text)
  local rest = text:match "^%l+/[%w_/]+%.lua:%d+: (.*)$"
  if rest and not rest:find "^attempt to" and not rest:find "^bad argument" then return rest end
  return text
end

-- "prompt:1: " says nothing where there is one line.
local function without_place(text, is_one_line)
  return is_one_line and text:gsub("^prompt:1: ", "") or text
end

-- The frames that are not the prompt itself.
local function frames_of(traceback, text)
  local frames = {}
  for line in (traceback or ""):gmatch "[^\n]+" do
    local place = line:match "^%s*([^\n]-:%d+): in "
    if place and not place:find "^prompt:" and not text:find(place, 1, true) then
      frames[#frames + 1] = line
    end
  end
  return #frames > 0 and "\n" .. table.concat(frames, "\n") or ""
end

-- Did you mean another object, another command?
local function hint_of(world, given, text)
  local resource, name = text:match '^(%S+) "([^"]+)" not found$'
  local cluster = world:cluster()
  if resource and cluster then
    local kind = cluster.server:kind(resource)
    return kind and suggest.hint(name, Source.new(world):names(kind.plural)) or ""
  end
  local is_wrong = given.form == "lua" and text:find "syntax error"
  local first = is_wrong and given.text:match "^%s*([%w_-]+)%s"
  if not first then return "" end
  local known = words.names()
  table.move(words.verbs(), 1, #words.verbs(), #known + 1, known)
  return suggest.hint(first, known)
end

--- The text of a failure.
-- @param world
-- @tparam table input
-- @param problem what was raised
-- @tparam ?string traceback of the user's frames
-- @treturn string without a line break at its end
function failure.text(world, input, problem, traceback)
  if problem == terminal.STOPPED then return "stopped" end
  local text = plain(tostring(problem))
  local hint = hint_of(world, input, text)
  if input.form == "words" then
    if not apierror.is(problem) or problem.code == "BadRequest" then return "error: " .. text end
    return ("Error from server (%s): %s%s"):format(problem.code, text, hint)
  end
  local is_one_line = not input.text:find "\n" and input.form == "lua"
  text = without_place(text, is_one_line) .. hint
  if checks.is_failure(problem) then return "failed: " .. text .. frames_of(traceback, text) end
  return "error: " .. text .. frames_of(traceback, text)
end

return failure
