-- SPDX-License-Identifier: MIT
--- Busted output: what failed, then one line `N passed, N failed`.
local base = require "busted.outputHandlers.base"
local busted = require "busted"
local pretty = require "pl.pretty"

local function text_of(message)
  if type(message) == "string" then
    return message
  end
  local mt = getmetatable(message)
  return mt and mt.__tostring and tostring(message) or pretty.write(message)
end

local function describe_problem(problem)
  local trace = problem.element.trace or problem.trace or {}
  print(("\n%s:%s: %s\n%s"):format(trace.short_src or "?", trace.currentline or "?", problem.name,
    text_of(problem.message)))
  if problem.isError and problem.trace and problem.trace.traceback then
    print((problem.trace.traceback:gsub("\n[^\n]*/busted/[^\n]*", "")))
  end
end

return function()
  local handler = base()

  function handler.suiteEnd()
    for _, problem in ipairs(handler.failures) do
      describe_problem(problem)
    end
    for _, problem in ipairs(handler.errors) do
      describe_problem(problem)
    end
    for _, pending in ipairs(handler.pendings) do
      print("pending: " .. pending.name)
    end
    print(("%d passed, %d failed"):format(handler.successesCount,
      handler.failuresCount + handler.errorsCount))
    return nil, true
  end

  busted.subscribe({ "suite", "end" }, handler.suiteEnd)
  return handler
end
