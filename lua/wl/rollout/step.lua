-- SPDX-License-Identifier: MIT
--- The steps of a strategy's script.
--
-- A script is straight Lua, run from its start at each sync. A step that is
-- finished is in the record and returns at once what it returned then; the first
-- that is not decides what happens now, and the script goes no further. So a
-- script must come to the same steps again when they return the same: it may ask
-- for what it was given (`step.params`), not for what is just so. Where it comes
-- to another step than the record has, it goes on from there as if the rest had
-- not been.
--
-- What reaches a goal waits until the pods are there and available:
--
--     step.set_weight(20)             so many percent of the pods are new
--     step.set_replicas(3)            so many pods are; or "30%"; a second argument says how many
--                                     old ones there are beside them, by default the rest
--     step.set_domains { "zone-a" }   DaemonSet: all pods in these failure domains are
--     step.promote()                  all are; the end of a script does that too
--     step.wait_available()           wait for the goal again, after something else
--     step.wait_ready()               the same, but ready is enough
--
-- What waits for time, people or measurements:
--
--     step.pause "10m"                ends sooner when somebody promotes
--     step.pause()                    until somebody promotes
--     step.ask "looks good?"          the same, with a question; step.ask(question, "1h") returns
--                                     false when nobody promoted in that time, else true
--     step.analyse { metric = "error-rate", successCondition = "< 0.05", count = 5 }
--                                     see wl.rollout.analysis; a failure aborts, unless it says
--                                     abort = false. Inconclusive waits for people. Returns
--                                     "Successful", "Failed", "Inconclusive" or "Skipped"
--     step.scale_down_delay "30s"     keep the old pods for that long
--
-- Others:
--
--     step.switch_service("web", "new")   the Service selects pods of the new template, or of
--                                     the "stable" one
--     step.measure "load"             a number that stays what it was when it was measured; or nil
--     step.note "half way"            an event
--     step.abort "why"                back to the stable revision
--
-- And what a script may ask for: step.params, step.replicas, step.surge, step.revision,
-- step.stable (hashes), step.pods "10%" (rounded up), step.domains (of a DaemonSet: a list
-- of { name, replicas }).
local analysis = require "wl.rollout.analysis"
local duration = require "wl.duration"
local goal = require "wl.rollout.goal"
local record = require "wl.rollout.record"
local sandbox = require "wl.sandbox"

-- What suspends a script.
local SUSPENDED = {}

-- The state of the script that is running just now: see `run`.
local current

local function state()
  return current or error("a step is only for the script of a strategy, while it runs", 3)
end

-- ---- one step after the other ----

local function suspend(self, phase, message)
  self.record.phase, self.record.message = phase, message
  coroutine.yield(SUSPENDED)
end

local function forget_from(self, at)
  local steps = self.record.steps
  self.mended = ("the script has changed: it goes on from step %d (%s, was %s)"):format(at,
    self.calls, steps[at].call)
  for i = #steps, at, -1 do
    steps[i] = nil
  end
end

local function entry_for(self, call)
  local steps, at = self.record.steps, self.at + 1
  self.at, self.calls, self.record.step = at, call, at
  if steps[at] and steps[at].call ~= call then
    forget_from(self, at)
  end
  steps[at] = steps[at] or { call = call, startedAt = record.stamp(self.view.now) }
  return steps[at]
end

-- `work` is called with the entry; it returns true when the step is finished, and
-- what it returns from then on; or false, the phase, and what it waits for.
local function take(self, call, work)
  local entry = entry_for(self, call)
  if not entry.finishedAt then
    local done, phase, message = work(entry)
    if not done then
      suspend(self, phase, ("step %d, %s: %s"):format(self.at, call, message))
    end
    entry.finishedAt, entry.result = record.stamp(self.view.now), phase
  end
  return entry.result
end

local function look_again(self, seconds)
  self.requeue = math.min(self.requeue or math.huge, math.max(seconds, 0.001))
end

-- ---- goals ----

-- On the way to the end, nothing is waited for that is not the end.
local function reach(self, call, wish)
  self.goal = wish
  return take(self, call, function()
    if self.record.full or goal.is_reached(self.view, wish) then
      return true
    end
    return false, "Progressing", ("%d of %d new pods are available")
      :format(math.min(self.view.new.available, wish.new), wish.new)
  end)
end

local STEPS = {}

function STEPS.set_weight(weight)
  local self = state()
  if type(weight) ~= "number" or weight < 0 or weight > 100 then
    error(("set_weight: a percentage from 0 to 100 expected, not %s"):format(tostring(weight)), 2)
  end
  return reach(self, ("set_weight %g"):format(weight), goal.of_weight(self.view, weight))
end

function STEPS.set_replicas(new, old)
  local self = state()
  local wish, message = goal.of_replicas(self.view, new, old)
  if not wish then
    error("set_replicas: " .. message, 2)
  end
  local call = ("set_replicas %s"):format(new) .. (old and (" %s"):format(old) or "")
  return reach(self, call, wish)
end

local function size_of(domains, name)
  for _, one in ipairs(domains) do
    if one.name == name then
      return one.replicas
    end
  end
  return 0
end

function STEPS.set_domains(names)
  local self = state()
  if not self.view.domains then
    error("set_domains: only a DaemonSet has its pods by failure domain", 2)
  end
  local wish = { new = 0, old = 0, domains = {} }
  for i, name in ipairs(names) do
    wish.domains[i], wish.new = name, wish.new + size_of(self.view.domains, name)
  end
  wish.old = self.view.replicas - wish.new
  return reach(self, "set_domains " .. table.concat(wish.domains, ","), wish)
end

local function whole(self) return { new = self.view.replicas, old = 0 } end

function STEPS.promote()
  local self = state()
  self.goal = whole(self)
  return take(self, "promote", function()
    if goal.is_reached(self.view, self.goal) then
      return true
    end
    return false, "Progressing", ("%d of %d new pods are available")
      :format(math.min(self.view.new.available, self.goal.new), self.goal.new)
  end)
end

local function wait_for(self, call, field)
  return take(self, call, function()
    local wish = self.goal or { new = self.view.new.replicas }
    local there = self.view.new[field] or self.view.new.available
    if there >= wish.new and self.view.new.replicas >= wish.new then
      return true
    end
    return false, "Progressing", ("%d of %d new pods"):format(math.min(there, wish.new), wish.new)
  end)
end

function STEPS.wait_available() return wait_for(state(), "wait_available", "available") end

function STEPS.wait_ready() return wait_for(state(), "wait_ready", "ready") end

-- ---- waiting ----

-- Somebody opened this gate: the next one is another.
local function is_opened(self)
  local opened = self.record.full or self.promoted
  self.promoted = false
  return opened
end

local function seconds_of(given, word)
  if type(given) == "number" and given >= 0 then
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
  look_again(self, left)
  return false
end

local function due(entry, seconds)
  return record.stamp(record.seconds(entry.startedAt) + seconds)
end

function STEPS.pause(given)
  local self, seconds = state(), given ~= nil and seconds_of(given, "pause")
  if not seconds then
    return take(self, "pause", function()
      if is_opened(self) then
        return true
      end
      return false, "Paused", "until it is promoted"
    end)
  end
  return take(self, "pause " .. duration.format(seconds), function(entry)
    if is_opened(self) or until_time(self, entry, seconds) then
      return true
    end
    return false, "Paused", "until " .. due(entry, seconds)
  end)
end

function STEPS.ask(question, timeout)
  local self, seconds = state(), timeout ~= nil and seconds_of(timeout, "ask")
  if type(question) ~= "string" then
    error("ask: a question expected, as in ask \"does it look good?\"", 2)
  end
  return take(self, "ask " .. question, function(entry)
    if is_opened(self) then
      return true, true
    elseif seconds and until_time(self, entry, seconds) then
      return true, false
    end
    return false, "Paused", "until it is promoted"
  end)
end

function STEPS.scale_down_delay(given)
  local self, seconds = state(), seconds_of(given, "scale_down_delay")
  return take(self, "scale_down_delay " .. duration.format(seconds), function(entry)
    if self.record.full or until_time(self, entry, seconds) then
      return true
    end
    return false, "Paused", "the old pods stay until " .. due(entry, seconds)
  end)
end

-- ---- turning back ----

local function turn_back(self, phase, message)
  self.record.abortedAt = record.stamp(self.view.now)
  suspend(self, phase, message)
end

function STEPS.abort(message)
  turn_back(state(), "Aborted", message and tostring(message) or "aborted by the script")
end

-- ---- measuring ----

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
    look_again(self, next_one - self.view.now)
  end
  return entry.result
end

local function analysed(self, wanted, entry, aborts)
  local seen = advance(self, wanted, entry)
  if seen.phase == "Running" then
    if is_opened(self) then
      seen.phase = "Skipped"
      return true, seen
    end
    return false, "Paused", analysis.words(wanted, seen)
  elseif seen.phase == "Failed" and aborts then
    turn_back(self, "Degraded", analysis.words(wanted, seen))
  elseif seen.phase == "Inconclusive" and not is_opened(self) then
    return false, "Paused", analysis.words(wanted, seen) .. ": until it is promoted"
  end
  return true, seen
end

-- Looked at each time the script comes by; what is not over does not hold it up.
local function analyse_meanwhile(self, wanted)
  local entry = entry_for(self, "analyse in the background " .. wanted.name)
  local seen = advance(self, wanted, entry)
  entry.finishedAt = entry.finishedAt or record.stamp(self.view.now)
  if self.record.full then
    return seen.phase
  elseif seen.phase == "Failed" then
    turn_back(self, "Degraded", analysis.words(wanted, seen))
  elseif seen.phase == "Inconclusive" and not is_opened(self) then
    suspend(self, "Paused", analysis.words(wanted, seen) .. ": until it is promoted")
  elseif seen.phase == "Inconclusive" then
    seen.phase = "Skipped"
  end
  return seen.phase
end

function STEPS.analyse(given)
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

function STEPS.measure(name)
  local self = state()
  return take(self, "measure " .. tostring(name), function()
    return true, measure(self, name)
  end)
end

-- ---- others ----

function STEPS.note(text)
  local self = state()
  return take(self, "note " .. tostring(text), function()
    self.notes[#self.notes + 1] = tostring(text)
    return true
  end)
end

local function note_service(self, name, which)
  local services = self.record.services or {}
  self.record.services = services
  local hash = which == "stable" and self.record.stable or self.record.revision
  for _, one in ipairs(services) do
    if one.name == name then
      one.revision = hash
      return
    end
  end
  services[#services + 1] = { name = name, revision = hash }
end

function STEPS.switch_service(name, which)
  local self = state()
  if type(name) ~= "string" or which ~= "new" and which ~= "stable" then
    error('switch_service: a name, and "new" or "stable" expected, as in '
      .. 'switch_service("web", "new")', 2)
  end
  return take(self, ("switch_service %s %s"):format(name, which), function()
    if self.view.selects and self.view.selects(name) == nil then
      look_again(self, 5)
      return false, "Progressing", ("there is no Service %q"):format(name)
    end
    note_service(self, name, which)
    return true
  end)
end

-- ---- running a script ----

-- No step: how many pods a number or a percentage comes to.
function STEPS.pods(given)
  local n, message = goal.pods(given, state().view.replicas)
  return n or error("pods: " .. message, 2)
end

local ASKED = { params = "params", replicas = "replicas", revision = "revision",
  stable = "stable", domains = "domains", surge = "surge" }

local step = setmetatable({}, {
  __index = function(_, word)
    return STEPS[word] or ASKED[word] and state().view[ASKED[word]]
  end,
  __newindex = function() error("the steps cannot be changed", 2) end,
})

--- Run a script until it waits for something.
-- @tparam function script
-- @tparam table view see `wl.strategy`
-- @tparam table now the record, changed
-- @tparam boolean promoted whether people want the present gate opened
-- @treturn table goal (nil: none yet), requeue, notes; mended: what was wrong with the record
local function run(script, view, now, promoted)
  now.steps = now.steps or {}
  local self = { view = view, record = now, promoted = promoted, at = 0, notes = {} }
  local thread, outer = sandbox.coroutine(script), current
  current = self
  local ok, waits = sandbox.resume(thread, step, view.params)
  if ok and waits ~= SUSPENDED and self.calls ~= "promote" then
    ok, waits = sandbox.resume(sandbox.coroutine(STEPS.promote))
  end
  self.is_over = ok and waits ~= SUSPENDED
  current = outer
  if not ok then
    error(waits, 0)
  end
  return self
end

return { step = step, run = run, names = STEPS }
