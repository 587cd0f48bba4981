-- SPDX-License-Identifier: MIT
--- The syntax of kubectl's JSONPath templates.
--
-- A template is text with expressions in braces. It is read into a tree:
--   { "text", s }  { "path", steps }  { "range", steps, body }
-- and a step is one of
--   { "field", name }  { "all" }  { "slice", first, last, by }  { "union", {step...} }
--   { "descend" }  { "filter", left, operator, right }
-- where left and right of a filter are { "path", steps } or { "value", x }.
-- Source: k8s.io/client-go/util/jsonpath.
local parse = {}

local Parser = {}
Parser.__index = Parser

-- Refusals are raised as tables and caught in `template`.
local function refuse(self, message)
  error({ message = ("jsonpath: %s in %q"):format(message, self.text) }, 0)
end

local function accept(self, pattern)
  local found, after = self.text:match("^(" .. pattern .. ")()", self.at)
  if found then
    self.at = after
  end
  return found
end

local function expect(self, pattern, what)
  return accept(self, pattern) or refuse(self, what .. " expected")
end

local ESCAPES = { n = "\n", t = "\t", r = "\r", b = "\b", f = "\f", v = "\v", a = "\a" }

-- A text in either quote; nil when there is none.
local function quoted(self)
  local quote = accept(self, "[\"']")
  if not quote then
    return nil
  end
  local parts = {}
  while true do
    local char = accept(self, ".")
    if not char then
      refuse(self, "a quote is never closed")
    elseif char == quote then
      return table.concat(parts)
    elseif char == "\\" then
      char = accept(self, ".") or ""
      char = ESCAPES[char] or char
    end
    parts[#parts + 1] = char
  end
end

local steps_of

-- One side of a filter.
local function operand(self)
  accept(self, "%s*")
  local text = quoted(self)
  if text then
    return { "value", text }
  elseif self.text:find("^[@$%.%[]", self.at) then
    return { "path", steps_of(self) }
  end
  local word = accept(self, "[%w_%.%+%-]+") or refuse(self, "a value or @.path expected")
  if word == "true" or word == "false" then
    return { "value", word == "true" }
  end
  return { "value", tonumber(word) or refuse(self, word .. " is no value (quote texts)") }
end

local OPERATORS = { "==", "!=", "<=", ">=", "<", ">" }

local function filter(self)
  local left, operator = operand(self), nil
  accept(self, "%s*")
  for _, candidate in ipairs(OPERATORS) do
    operator = operator or accept(self, candidate)
  end
  local right = operator and operand(self)
  accept(self, "%s*")
  expect(self, "%)%s*%]", ")]")
  return { "filter", left, operator or "exists", right }
end

local function subscript(self)
  accept(self, "%s*")
  local name = quoted(self)
  if name then
    return { "field", name }
  elseif accept(self, "%*") then
    return { "all" }
  end
  local first = accept(self, "%-?%d+")
  if not self.text:find("^%s*:", self.at) then
    return { "index", math.tointeger(tonumber(first)
      or refuse(self, "an index, a slice, * or a quoted name expected")) }
  end
  expect(self, "%s*:", ":")
  local last = accept(self, "%-?%d+")
  local by = accept(self, ":") and accept(self, "%-?%d+")
  return { "slice", math.tointeger(tonumber(first)), math.tointeger(tonumber(last)),
    math.tointeger(tonumber(by or "1")) }
end

-- After "[".
local function bracket(self)
  if accept(self, "%?%(") then
    return filter(self)
  end
  local items = {}
  repeat
    items[#items + 1] = subscript(self)
    accept(self, "%s*")
  until not accept(self, ",")
  expect(self, "%]", "]")
  return #items == 1 and items[1] or { "union", items }
end

-- A name after a dot: ends at what has a meaning, unless it is escaped.
local function field(self)
  local parts = {}
  while true do
    local plain = accept(self, "[^%.%[%]%s,=<>!(){}\\\"']+")
    local escaped = not plain and accept(self, "\\.")
    if not plain and not escaped then
      break
    end
    parts[#parts + 1] = plain or escaped:sub(2)
  end
  if #parts == 0 then
    refuse(self, "a field name expected")
  end
  return { "field", table.concat(parts) }
end

function steps_of(self)
  local steps = {}
  accept(self, "[@$]")
  while true do
    if accept(self, "%.%.") then
      steps[#steps + 1] = { "descend" }
      if not self.text:find("^[%[%*]", self.at) then
        steps[#steps + 1] = field(self)
      end
    elseif accept(self, "%[") then
      steps[#steps + 1] = bracket(self)
    elseif accept(self, "%.%*") or accept(self, "%*") then
      steps[#steps + 1] = { "all" }
    elseif accept(self, "%.") then
      if self.text:find("^[^%s}%[,)]", self.at) then
        steps[#steps + 1] = field(self)
      end
    else
      return steps
    end
  end
end

local body_of

-- Between braces; returns a node, or "end".
local function expression(self)
  accept(self, "%s*")
  local text = quoted(self)
  local node
  if text then
    node = { "text", text }
  elseif accept(self, "range%s+") then
    local steps = steps_of(self)
    expect(self, "%s*}", "}")
    return { "range", steps, body_of(self, true) }
  elseif accept(self, "end%s*}") then
    return "end"
  else
    node = { "path", steps_of(self) }
  end
  return node
end

-- A brace may hold several expressions: {.a} or {.a .b}.
local function braces(self, body)
  repeat
    local node = expression(self)
    if node == "end" then
      return "end"
    end
    body[#body + 1] = node
    if node[1] == "range" then
      return nil
    end
    accept(self, "[%s,]*")
    local before = self.at
  until self.text:find("^}", before) or before > #self.text
    or not self.text:find("^[%.%[@$\"'%*]", before)
  expect(self, "}", "}")
end

function body_of(self, in_range)
  local body = {}
  while self.at <= #self.text do
    local text = accept(self, "[^{]+")
    if text then
      body[#body + 1] = { "text", text }
    elseif accept(self, "{") and braces(self, body) == "end" then
      if not in_range then
        refuse(self, "{end} without {range}")
      end
      return body
    end
  end
  if in_range then
    refuse(self, "{range} without {end}")
  end
  return body
end

--- Read a template.
-- @tparam string text
-- @treturn ?table the tree; or nil
-- @treturn ?string message
-- @treturn ?string "BadRequest"
function parse.template(text)
  local self = setmetatable({ text = text, at = 1 }, Parser)
  local good, result = pcall(body_of, self, false)
  if good then
    return result
  elseif type(result) ~= "table" then
    error(result, 0)
  end
  return nil, result.message, "BadRequest"
end

return parse
