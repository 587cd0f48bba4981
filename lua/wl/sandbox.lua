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
local core = require "wl.sandbox_core"
local environment = require "wl.sandbox.environment"
local file = require "wl.file"

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

-- The first line of a script may be for the shell.
local function text_of(path)
  local text, message = file.read(path)
  if not text then return nil, message end
  text = text:gsub("^#[^\n]*", "")
  if text:find "\0" or not utf8.len(text) then
    return nil, path .. ":1: this is not text; is it a binary file?"
  end
  return text
end

--- Run a file in an environment of its own.
-- @tparam string path
-- @tparam ?table options globals and modules besides those of every script; limits
-- @treturn boolean true, and what it returned; or false
-- @treturn string what is wrong, with file:line
function sandbox.load(path, options)
  options = options or {}
  local text, message = text_of(path)
  if not text then return false, message end
  local globals = environment.new(options.globals, options.modules)
  local chunk
  chunk, message = load(text, "@" .. path, "t", globals)
  if not chunk then return false, message end
  return sandbox.call(options.limits or sandbox.LIMITS, chunk)
end

return sandbox
