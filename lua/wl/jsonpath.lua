-- SPDX-License-Identifier: MIT
--- JSONPath as kubectl takes it in -o jsonpath= and -o custom-columns=.
--
--     local path = jsonpath.parse '{.status.conditions[?(@.type=="Ready")].status}'
--     path:format(pod)    --> "True"
--
-- Works on views and on plain tables. What is missing prints as nothing.
-- Source: k8s.io/client-go/util/jsonpath.
local json = require "wl.json"
local parse = require "wl.jsonpath.parse"
local value = require "wl.value"

local jsonpath = {}

local Template = {}
Template.__index = Template

local function add(list, x)
  if x ~= nil then
    list[#list + 1] = x
  end
end

local function each_child(x, fn)
  if value.is_list(x) then
    for _, item in ipairs(x) do
      fn(item)
    end
  elseif value.is_map(x) then
    for _, item in pairs(x) do
      fn(item)
    end
  end
end

local find

local STEPS = {}

function STEPS.field(x, step, out)
  if value.is_map(x) then
    add(out, x[step[2]])
  end
end

function STEPS.all(x, _, out)
  each_child(x, function(child) add(out, child) end)
end

function STEPS.index(x, step, out)
  if value.is_list(x) then
    local i = step[2]
    add(out, x[i < 0 and #x + i + 1 or i + 1])
  end
end

function STEPS.slice(x, step, out)
  if not value.is_list(x) then
    return
  end
  local first, last, by = step[2] or 0, step[3] or #x, step[4] or 1
  first = first < 0 and #x + first or first
  last = last < 0 and #x + last or last
  for i = first, math.min(last, #x) - 1, by > 0 and by or 1 do
    add(out, x[i + 1])
  end
end

function STEPS.union(x, step, out)
  for _, item in ipairs(step[2]) do
    STEPS[item[1]](x, item, out)
  end
end

-- The value itself and all that is in it.
function STEPS.descend(x, step, out)
  out[#out + 1] = x
  each_child(x, function(child) STEPS.descend(child, step, out) end)
end

local COMPARE = {
  ["=="] = function(a, b) return a == b end,
  ["!="] = function(a, b) return a ~= b end,
  ["<"] = function(a, b) return a < b end,
  [">"] = function(a, b) return a > b end,
  ["<="] = function(a, b) return a <= b end,
  [">="] = function(a, b) return a >= b end,
}

-- One side of a filter for one item.
local function side(item, operand)
  if operand[1] == "value" then
    return operand[2]
  end
  return find(item, operand[2])[1]
end

local function passes(item, step)
  local left = side(item, step[2])
  if step[3] == "exists" then
    return left ~= nil
  end
  local right = side(item, step[4])
  if left == nil or right == nil then
    return false
  elseif type(left) ~= type(right) then
    return step[3] == "!="
  end
  return COMPARE[step[3]](left, right)
end

function STEPS.filter(x, step, out)
  each_child(x, function(item)
    if passes(item, step) then
      out[#out + 1] = item
    end
  end)
end

function find(x, steps)
  local found = { x }
  for _, step in ipairs(steps) do
    local out = {}
    for _, item in ipairs(found) do
      STEPS[step[1]](item, step, out)
    end
    found = out
  end
  return found
end

--- A value as kubectl prints it in a template.
-- @param x scalar, view or table
-- @treturn string texts bare, collections as JSON
function jsonpath.text(x)
  if type(x) == "string" then
    return x
  end
  return json.format(x, { sorted = true }) or tostring(x)
end

local run

local NODES = {}

function NODES.text(_, node, out)
  out[#out + 1] = node[2]
end

function NODES.path(x, node, out)
  local texts = {}
  for i, item in ipairs(find(x, node[2])) do
    texts[i] = jsonpath.text(item)
  end
  out[#out + 1] = table.concat(texts, " ")
end

function NODES.range(x, node, out)
  for _, item in ipairs(find(x, node[2])) do
    run(item, node[3], out)
  end
end

function run(x, body, out)
  for _, node in ipairs(body) do
    NODES[node[1]](x, node, out)
  end
  return out
end

--- What the template makes of a value.
-- @param x view or table
-- @treturn string
function Template:format(x)
  return table.concat(run(x, self.body, {}))
end

--- All that the template's first path finds.
-- @param x view or table
-- @treturn table array of values
function Template:find(x)
  for _, node in ipairs(self.body) do
    if node[1] == "path" then
      return find(x, node[2])
    end
  end
  return {}
end

--- Read a template.
-- @tparam string text such as "{.items[*].metadata.name}"
-- @treturn ?Template or nil, message, "BadRequest"
function jsonpath.parse(text)
  local body, message, code = parse.template(text)
  if not body then
    return nil, message, code
  end
  return setmetatable({ body = body }, Template)
end

--- Read a path as custom-columns has it: braces and the first dot may be left
-- out.
-- @tparam string text such as ".metadata.name" or "metadata.name"
-- @treturn ?Template or nil, message, "BadRequest"
function jsonpath.parse_relaxed(text)
  local bare = text:match "^{(.*)}$" or text
  if not bare:find "^[%.%[@$]" then
    bare = "." .. bare
  end
  return jsonpath.parse("{" .. bare .. "}")
end

return jsonpath
