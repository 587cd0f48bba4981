-- SPDX-License-Identifier: MIT
--- Calls into scripts that may be wrong: under a budget, and in an environment
-- out of which they cannot reach.
--
--     sandbox.call(sandbox.LIMITS, plan, view)  --> true, results
--                                               --> false, "web.lua:7: ...", "Timeout"
--
-- The budget holds whatever a function was made in: instructions and memory, in
-- coroutines too, and no pcall lets a script go on after it. The environment is
-- that of files which declare policies (`sandbox.load`).
local chunk = require "wl.chunk"
local core = require "wl.sandbox_core"
local environment = require "wl.sandbox.environment"

local sandbox = {}

--- What one call may take when a cluster says nothing else.
sandbox.LIMITS = { instructions = 1000000, memory = 16 << 20 }

--- Call a function under a budget.
-- @tparam table limits instructions, memory (bytes)
-- @tparam function fn
-- @param ... its arguments
-- @treturn boolean true, and what it returned; or false
-- @treturn string what went wrong, with file:line
-- @treturn string "Error", "Timeout" (too many instructions) or "Memory"
function sandbox.call(limits, fn, ...)
  return core.call(limits.instructions, limits.memory, fn, ...)
end

local function outcome(caught, ok, ...)
  if not caught then return false, ok end
  return ok, ...
end

--- A coroutine within a call: what it takes is the call's. For `resume`.
sandbox.coroutine = core.create

--- Resume one.
-- @treturn boolean true, and what it yielded or returned; false, and what was raised
function sandbox.resume(thread, ...) return outcome(pcall(core.resume, thread, ...)) end

--- Run a file in an environment of its own.
-- @tparam string path
-- @tparam ?table options globals and modules besides those of every script; limits
-- @treturn boolean true, and what it returned; or false
-- @treturn string what is wrong, with file:line
function sandbox.load(path, options)
  options = options or {}
  local text, message = chunk.text(path)
  if not text then return false, message end
  local globals = environment.new(options.globals, options.modules)
  local main
  main, message = load(text, "@" .. path, "t", globals)
  if not main then return false, message end
  return sandbox.call(options.limits or sandbox.LIMITS, main)
end

return sandbox
