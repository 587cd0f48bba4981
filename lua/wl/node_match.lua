-- SPDX-License-Identifier: MIT
--- Which nodes a pod accepts: nodeSelector and node affinity.
--
-- Works on views and on plain tables; knows no cluster. A node is anything
-- with `metadata.name` and `metadata.labels`, or with `name` and `labels`.
-- Terms are compiled once and asked for many nodes.
-- Source: component-helpers `scheduling/corev1/nodeaffinity`.
local names = require "wl.names"

local node_match = {}

local function integer(text)
  local sign, digits = tostring(text):match "^([+-]?)(%d+)$"
  return digits and math.tointeger(tonumber(sign .. digits:gsub("^0+(%d)", "%1")))
end

local function includes(values, wanted)
  for _, value in ipairs(values) do
    if value == wanted then
      return true
    end
  end
  return false
end

local function compares(holds)
  return function(values, label)
    local number = label and integer(label)
    return number ~= nil and holds(number, integer(values[1]))
  end
end

local OPERATORS = {
  In = function(values, label) return label ~= nil and includes(values, label) end,
  NotIn = function(values, label) return label == nil or not includes(values, label) end,
  Exists = function(_, label) return label ~= nil end,
  DoesNotExist = function(_, label) return label == nil end,
  Gt = compares(function(a, b) return a > b end),
  Lt = compares(function(a, b) return a < b end),
}

-- What each operator says of its number of values.
local VALUES = {
  In = { function(n) return n > 0 end, "for 'in', 'notin' operators, values set can't be empty" },
  Exists = { function(n) return n == 0 end, "values set must be empty for exists" },
  Gt = { function(n) return n == 1 end, "for 'Gt', 'Lt' operators, exactly one value is required" },
}
VALUES.NotIn, VALUES.DoesNotExist, VALUES.Lt = VALUES.In, VALUES.Exists, VALUES.Gt

local function check_label_requirement(requirement, values)
  local operator = requirement.operator
  if not OPERATORS[operator] then
    return ("%q is not a valid node selector operator"):format(tostring(operator))
  end
  local allowed, complaint = VALUES[operator][1], VALUES[operator][2]
  if not allowed(#values) then
    return complaint
  end
  if (operator == "Gt" or operator == "Lt") and not integer(values[1]) then
    return "for 'Gt', 'Lt' operators, the value must be an integer"
  end
  local _, problem = names.label_key(requirement.key or "")
  for _, value in ipairs(values) do
    if not problem then
      _, problem = names.label_value(value)
    end
  end
  return problem
end

local function check_field_requirement(requirement, values)
  if requirement.operator ~= "In" and requirement.operator ~= "NotIn" then
    return ("%q is not a valid node field selector operator"):format(tostring(requirement.operator))
  end
  return #values ~= 1 and "must be one element" or nil
end

local function compile_requirement(requirement, check)
  local values = {}
  for i, value in ipairs(requirement.values or {}) do
    values[i] = value
  end
  local problem = check(requirement, values)
  if problem then
    return nil, problem
  end
  return { key = requirement.key, values = values, operator = requirement.operator,
           holds = OPERATORS[requirement.operator] }
end

local function compile_all(requirements, check)
  local list = {}
  for i, requirement in ipairs(requirements or {}) do
    local compiled, problem = compile_requirement(requirement, check)
    if not compiled then
      return nil, problem
    end
    list[i] = compiled
  end
  return list
end

local function compile_term(term)
  local labels, problem = compile_all(term.matchExpressions, check_label_requirement)
  local fields
  if labels then
    fields, problem = compile_all(term.matchFields, check_field_requirement)
  end
  return { labels = labels, fields = fields, problem = problem }
end

local function is_empty(term)
  return #(term.matchExpressions or {}) == 0 and #(term.matchFields or {}) == 0
end

local function all_hold(requirements, values)
  for _, requirement in ipairs(requirements) do
    if not requirement.holds(requirement.values, values[requirement.key]) then
      return false
    end
  end
  return true
end

local NOTHING = {}

local function facts(node)
  local metadata = node.metadata or node
  return metadata.labels or NOTHING, metadata.name or ""
end

local function term_matches(term, labels, name)
  return all_hold(term.labels, labels)
    and (name == "" or all_hold(term.fields, { ["metadata.name"] = name }))
end

local Terms = {}
Terms.__index = Terms

--- Compile a node selector's terms: alternatives, of which one must hold. An
-- empty term holds nowhere, and neither does an empty list.
-- @param terms list of node selector terms
-- @return compiled terms with `:matches(node)`
function node_match.terms(terms)
  local compiled = {}
  for _, term in ipairs(terms or {}) do
    if not is_empty(term) then
      compiled[#compiled + 1] = compile_term(term)
    end
  end
  return setmetatable(compiled, Terms)
end

--- Does a node satisfy one of the terms? A term that cannot be read is an
-- error only when no other holds.
-- @treturn ?boolean nil on error
-- @treturn ?string message
-- @treturn ?string code
function Terms:matches(node)
  local labels, name = facts(node)
  local problem
  for _, term in ipairs(self) do
    if term.problem then
      problem = problem or term.problem
    elseif term_matches(term, labels, name) then
      return true
    end
  end
  if problem then
    return nil, problem, "Invalid"
  end
  return false
end

local function node_affinity(spec)
  return spec.affinity and spec.affinity.nodeAffinity or NOTHING
end

local Required = {}
Required.__index = Required

--- Compile what a pod requires of its node.
-- @param spec the pod's spec
-- @return compiled requirement with `:matches(node)`
function node_match.required(spec)
  local selector = {}
  for key, value in pairs(spec.nodeSelector or {}) do
    selector[#selector + 1] = { key = key, value = value }
  end
  local required = node_affinity(spec).requiredDuringSchedulingIgnoredDuringExecution
  local terms = required and node_match.terms(required.nodeSelectorTerms)
  return setmetatable({ selector = selector, terms = terms }, Required)
end

--- Does a node satisfy nodeSelector and the required node affinity?
-- @treturn ?boolean nil on error
-- @treturn ?string message
-- @treturn ?string code
function Required:matches(node)
  local labels = facts(node)
  for _, wanted in ipairs(self.selector) do
    if labels[wanted.key] ~= wanted.value then
      return false
    end
  end
  if self.terms then
    return self.terms:matches(node)
  end
  return true
end

--- @treturn boolean would any node do?
function Required:is_empty()
  return #self.selector == 0 and not self.terms
end

--- The only nodes, by name, that the required terms can accept: when every
-- term names its node by a field, as the pods of a DaemonSet do.
-- @treturn ?table set of names, nil when the terms name none
function Required:node_names()
  local only = {}
  for _, term in ipairs(self.terms or NOTHING) do
    local name
    for _, field in ipairs(term.fields or NOTHING) do
      name = field.operator == "In" and field.values[1] or name
    end
    if not name then
      return nil
    end
    only[name] = true
  end
  return self.terms and #self.terms > 0 and only or nil
end

local Preferred = {}
Preferred.__index = Preferred

--- Compile a pod's preferred scheduling terms.
-- @param terms list of `{ weight, preference }`, or nil
-- @return compiled preference with `:score(node)`
function node_match.preferred(terms)
  local compiled = {}
  for _, term in ipairs(terms or {}) do
    if term.weight ~= 0 and not is_empty(term.preference) then
      local one = compile_term(term.preference)
      one.weight = term.weight
      compiled[#compiled + 1] = one
    end
  end
  return setmetatable(compiled, Preferred)
end

--- What a pod prefers of its node.
-- @param spec the pod's spec
-- @return compiled preference
function node_match.preference(spec)
  return node_match.preferred(node_affinity(spec).preferredDuringSchedulingIgnoredDuringExecution)
end

--- The sum of the weights of the terms that a node satisfies.
-- @treturn ?integer nil on error
-- @treturn ?string message
-- @treturn ?string code
function Preferred:score(node)
  local labels, name = facts(node)
  local score = 0
  for _, term in ipairs(self) do
    if term.problem then
      return nil, term.problem, "Invalid"
    elseif term_matches(term, labels, name) then
      score = score + term.weight
    end
  end
  return score
end

local function text_of(requirement)
  local key, operator = requirement.key, requirement.operator
  if operator == "Exists" then
    return key
  elseif operator == "DoesNotExist" then
    return "!" .. key
  elseif operator == "Gt" or operator == "Lt" then
    return key .. (operator == "Gt" and ">" or "<") .. requirement.values[1]
  end
  table.sort(requirement.values)
  return ("%s %s (%s)"):format(key, operator == "In" and "in" or "notin",
    table.concat(requirement.values, ","))
end

--- Node selector requirements as the text of a label selector.
-- @param requirements list of `{ key, operator, values }`
-- @treturn ?string nil on error
-- @treturn ?string message
-- @treturn ?string code
function node_match.text(requirements)
  local compiled, problem = compile_all(requirements, check_label_requirement)
  if not compiled then
    return nil, problem, "Invalid"
  end
  local texts, order = {}, {}
  for i, requirement in ipairs(compiled) do
    texts[requirement] = text_of(requirement)
    order[requirement] = i
  end
  table.sort(compiled, function(a, b)
    if a.key ~= b.key then
      return a.key < b.key
    end
    return order[a] < order[b]
  end)
  for i, requirement in ipairs(compiled) do
    compiled[i] = texts[requirement]
  end
  return table.concat(compiled, ",")
end

return node_match
