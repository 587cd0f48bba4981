-- SPDX-License-Identifier: MIT
--- How a script goes from step to step: what the steps are made of.
--
-- A run has `view` (see `wl.strategy`), `record` (changed as it goes), `at` (the
-- number of the present step), `goal` (the last one that a step set; nil: none),
-- `requeue`, `notes`, `mended`, what was wrong with the record, and `thread`, in which it runs.
local record = require "wl.rollout.record"
local sandbox = require "wl.sandbox_core"

local stepping = {}

-- What suspends a script.
local SUSPENDED = {}

-- The run of the script that is at work just now.
local current

--- The run that a step belongs to. Raises outside of a script, and in a coroutine of the
-- script's own: a step there would suspend that, and the script would go on.
-- @treturn table
function stepping.state()
  if not current then
    error("a step is only for the script of a strategy, while it runs", 3)
  elseif coroutine.running() ~= current.thread then
    error("a step is for the script itself, not for a coroutine that it makes", 3)
  end
  return current
end

-- ---- one step after the other ----

--- Stop here until the next sync.
-- @tparam table self
-- @tparam string phase
-- @tparam string message
function stepping.suspend(self, phase, message)
  self.record.phase, self.record.message = phase, message
  coroutine.yield(SUSPENDED)
end

-- One that began at this very moment was none of another script: the script does not call
-- the same steps each time.
local function forget_from(self, at)
  local steps = self.record.steps
  if steps[at].startedAt == record.stamp(self.view.now) then
    error(("step %d is %s now, and was %s at the same moment: a script must call the same steps "
      .. "each time it is run, and keep nothing between runs"):format(at, self.calls,
      steps[at].call), 4)
  end
  self.mended = ("the script has changed: it goes on from step %d (%s, was %s)"):format(at,
    self.calls, steps[at].call)
  for i = #steps, at, -1 do
    steps[i] = nil
  end
end

--- Come to the next step: its entry in the record.
-- @tparam table self
-- @tparam string call what it is, in words
-- @treturn table call, startedAt, finishedAt, result
function stepping.entry(self, call)
  local steps, at = self.record.steps, self.at + 1
  self.at, self.calls, self.record.step = at, call, at
  if steps[at] and steps[at].call ~= call then
    forget_from(self, at)
  end
  steps[at] = steps[at] or { call = call, startedAt = record.stamp(self.view.now) }
  return steps[at]
end

--- Do the next step, unless it is finished.
-- @tparam table self
-- @tparam string call what it is, in words
-- @tparam function work called with the entry; returns true when the step is finished, and what
--   it returns from then on; or false, the phase, and what it waits for
-- @return what it returned when it was finished
function stepping.take(self, call, work)
  local entry = stepping.entry(self, call)
  if not entry.finishedAt then
    local done, phase, message = work(entry)
    if not done then
      stepping.suspend(self, phase, ("step %d, %s: %s"):format(self.at, call, message))
    end
    entry.finishedAt, entry.result = record.stamp(self.view.now), phase
  end
  return entry.result
end

--- Have the script looked at again, whatever happens.
-- @tparam table self
-- @tparam number seconds
function stepping.look_again(self, seconds)
  self.requeue = math.min(self.requeue or math.huge, math.max(seconds, 0.001))
end

--- Has somebody opened this gate? The next one is another.
-- @treturn boolean
function stepping.is_opened(self)
  local opened = self.record.full or self.promoted
  self.promoted = false
  return opened
end

--- Go back to the stable revision.
-- @tparam table self
-- @tparam string phase "Aborted" or "Degraded"
-- @tparam string message
function stepping.turn_back(self, phase, message)
  self.record.abortedAt = record.stamp(self.view.now)
  stepping.suspend(self, phase, message)
end

-- ---- a whole script ----

-- A budget that is spent is raised from here: then `current` stays as it is, and is of no use
-- to anybody, as its thread does not run.
local function resume(self, body, ...)
  self.thread = sandbox.create(body)
  return sandbox.resume(self.thread, ...)
end

--- Run a script until it waits for something, or to its end.
-- @tparam function body called as body(step, params)
-- @tparam table step what the script calls
-- @tparam function ending the step that every script ends with
-- @tparam table self view, record, promoted (whether people want the present gate opened)
-- @treturn table self; `is_over`: it came to its end
function stepping.run(body, step, ending, self)
  self.at, self.notes, self.record.steps = 0, {}, self.record.steps or {}
  local outer = current
  current = self
  local ok, waits = resume(self, body, step, self.view.params)
  if ok and waits ~= SUSPENDED and self.calls ~= "promote" then
    ok, waits = resume(self, ending)
  end
  self.is_over = ok and waits ~= SUSPENDED
  current = outer
  if not ok then
    error(waits, 0)
  end
  return self
end

return stepping
