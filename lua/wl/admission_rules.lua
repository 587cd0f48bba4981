-- SPDX-License-Identifier: MIT
--- Rules of admission that look at more than the object: quotas, classes, namespaces.
--
-- A rule is a function(kind, draft) that returns true; or nil, message, code, causes. It
-- may change the draft. One that does so seldom or never says so, and is then asked
-- about objects as they are, without a draft:
--
--     { admit = function(kind, draft), changes = function(kind, object) }
--
-- `changes` tells whether it may change this one; without it the rule never does.
local value = require "wl.value"

local admission_rules = {}

local function ask(rules, kind, draft, ...)
  for i = 1, #rules do
    local rule = rules[i]
    local admit = type(rule) == "table" and rule.admit or rule
    local admitted, message, code, causes = admit(kind, draft, ...)
    if not admitted then return nil, message, code, causes end
  end
  return draft
end

local function may_change(rules, kind, object)
  for i = 1, #rules do
    local rule = rules[i]
    if type(rule) ~= "table" or rule.changes and rule.changes(kind, object) then return true end
  end
  return false
end

--- Ask rules about an object.
-- @tparam {rule,...} rules in this order: one may fill in what a later one looks at
-- @tparam kind kind
-- @param object a view, or a table that may be changed
-- @param ... what the rules get besides
-- @return what becomes of the object; or nil, message, code, causes
function admission_rules.ask(rules, kind, object, ...)
  if type(object) == "table" or not may_change(rules, kind, object) then
    return ask(rules, kind, object, ...)
  end
  local asked, message, code, causes
  local more = table.pack(...)
  local changed = value.update(object, function(draft)
    asked, message, code, causes = ask(rules, kind, draft, table.unpack(more, 1, more.n))
  end)
  return asked and changed, message, code, causes
end

return admission_rules
