-- SPDX-License-Identifier: MIT
--- Rules of users' placement policies, called under a budget.
--
-- A rule's functions are called for each node, so what they get is the
-- scheduler's own and not copied: it is there to be read. What they raise, or
-- return wrongly, is raised as an error that names the rule and file:line; the
-- scheduler then tells the pods, places none of them, and goes on with others.
local sandbox = require "wl.sandbox"
local types = require "wl.policy.types"

local number = types.number_any
local REASON = types.either(types.text, types.list(types.text, "a list of texts"))

-- What each function may return; any of them nothing but a number.
local RETURNS = { check = REASON, score = number, room = number, cost = number }
local MUST = { score = true, room = true, cost = true }
local FUNCTIONS = { "check", "score", "room", "cost", "observe", "placed" }

local function wrong(rule, fn, name, message)
  local info = debug.getinfo(fn, "S")
  error(("rule %q: %s:%d: %s returned what it may not: %s"):format(rule, info.short_src,
    info.linedefined, name, message), 0)
end

local function checked(rule, fn, name, ok, result, ...)
  if not ok then error(("rule %q: %s"):format(rule, result), 0) end
  local returns = RETURNS[name]
  if returns and (result ~= nil or MUST[name]) then
    local kept, message = returns.read(result)
    if kept == nil then wrong(rule, fn, name, message) end
  end
  return result, ...
end

local function guarded(rule, fn, name)
  return function(...)
    return checked(rule, fn, name, sandbox.call(sandbox.LIMITS, fn, ...))
  end
end

local function guard_functions(rule, answer)
  for _, name in ipairs(FUNCTIONS) do
    local fn = answer[name]
    if fn ~= nil then
      if type(fn) ~= "function" then
        error(("rule %q: %s must be a function, not %s"):format(rule, name, types.printed(fn)), 0)
      end
      answer[name] = guarded(rule, fn, name)
    end
  end
end

local function guard_answer(rule, answer)
  if answer == nil then return nil end
  if type(answer) ~= "table" then
    error(("rule %q: prepare returns a table or nothing, not %s"):format(rule,
      types.printed(answer)), 0)
  end
  guard_functions(rule, answer)
  for _, domain in ipairs(answer.domains or {}) do guard_functions(rule, domain) end
  return answer
end

local function is_users(fn) return debug.getinfo(fn, "S").source:sub(1, 1) == "@" end

--- A rule under the budget; one that ships as it is.
-- @tparam table rule
-- @treturn table
return function(rule)
  if not is_users(rule.prepare) then return rule end
  local copy = {}
  for name, x in pairs(rule) do copy[name] = x end
  local prepare = guarded(rule.name, rule.prepare, "prepare")
  copy.prepare = function(...) return guard_answer(rule.name, (prepare(...))) end
  if type(rule.sees) == "function" then copy.sees = guarded(rule.name, rule.sees, "sees") end
  if type(rule.reads) == "function" then copy.reads = guarded(rule.name, rule.reads, "reads") end
  return copy
end
