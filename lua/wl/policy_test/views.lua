-- SPDX-License-Identifier: MIT
--- What a policy would be given, from the few fields that a test gives.
--
-- Fields are checked against the contract. What is left out is nothing; of a set
-- of pods all that are wanted are there and available; totals are sums; the
-- policy's parameters have their defaults.
local schema = require "wl.schema"
local suggest = require "wl.suggest"
local time = require "wl.time"
local types = require "wl.policy.types"

local views = {}

--- The moment of tests that give none.
views.NOW = time.parse "2024-01-01T00:00:00Z"

local function names_of(rows)
  local names = {}
  for i, row in ipairs(rows) do names[i] = row[1] end
  return names
end

local function check_names(given, rows, where)
  local known = {}
  for _, row in ipairs(rows) do known[row[1]] = true end
  for name in pairs(given) do
    if not known[name] then
      local names = names_of(rows)
      return nil, ("view%s: unknown field %q%s; there are %s"):format(where, tostring(name),
        suggest.hint(tostring(name), names), table.concat(names, ", "))
    end
  end
  return true
end

-- ---- what is left out ----

-- A set of pods: what is not said follows from how many are wanted.
local function complete_set(set, is_given)
  set.replicas = set.replicas or 0
  for _, name in ipairs { "current", "ready", "available" } do
    set[name] = set[name] or set.replicas
  end
  set.terminating = set.terminating or 0
  if set.exists == nil then set.exists = is_given end
  return set
end

local function is_set(t)
  if not t.rows then return false end
  for _, row in ipairs(t.rows) do
    if row[1] == "terminating" then return true end
  end
  return false
end

local nothing = {}

local function empty_of(t)
  if t == types.time then return views.NOW end
  if t == types.boolean then return false end
  if t == types.text then return "" end
  if t.rows then return is_set(t) and complete_set({}, false) or nothing.record(t.rows) end
  return t.item and {} or 0
end

function nothing.record(rows)
  local record = {}
  for _, row in ipairs(rows) do
    if not row.optional then record[row[1]] = empty_of(row[2]) end
  end
  return record
end

local complete_rows

local function complete_value(t, given, where)
  if t.rows and type(given) == "table" then
    if is_set(t) then
      local copy = {}
      for name, x in pairs(given) do copy[name] = x end
      given = complete_set(copy, true)
    end
    return complete_rows(t.rows, given, where)
  elseif t.item and t.item.rows and type(given) == "table" then
    local list = {}
    for i, one in ipairs(given) do
      local kept, message = complete_value(t.item, one, ("%s[%d]"):format(where, i))
      if kept == nil then return nil, message end
      list[i] = kept
    end
    return list
  end
  return given
end

function complete_rows(rows, given, where)
  local ok, message = check_names(given, rows, where)
  if not ok then return nil, message end
  local view = {}
  for _, row in ipairs(rows) do
    local name, at = row[1], where .. "." .. row[1]
    local x = given[name]
    if x ~= nil then
      x, message = complete_value(row[2], x, at)
      if x == nil then return nil, message end
      local kept, problem = row[2].read(x)
      if kept == nil then return nil, ("view%s: %s"):format(at, problem) end
    elseif not row.optional then
      x = empty_of(row[2])
    end
    view[name] = x
  end
  return view
end

-- ---- what follows from the rest ----

local function sums(view, given)
  local sets = { view.new, table.unpack(view.old) }
  local totals = { total = 0, available = 0, old_pods = 0 }
  for i, set in ipairs(sets) do
    totals.total = totals.total + set.replicas
    totals.available = totals.available + set.available
    if i > 1 then totals.old_pods = totals.old_pods + set.current end
  end
  for name, total in pairs(totals) do
    if given[name] == nil then view[name] = total end
  end
end

local function with_names(view)
  for i, set in ipairs(view.old) do
    set.name, set.hash = set.name or "old-" .. i, set.hash or "old" .. i
  end
  view.new.hash = view.new.hash or "new"
  view.revision = view.revision or view.new.hash
end

local function parameters(p, given)
  if not p.params then
    if given == nil then return nil, true end
    return nil, nil, ("view.params: %s has no parameters"):format(p.name)
  end
  local problems = schema.check(p.params, given or {})
  if #problems > 0 then return nil, nil, "view.params: " .. problems[1].message end
  local params = schema.normalise(p.params, given or {})
  schema.default(p.params, params)
  local errors = require("wl.fielderrors").new()
  schema.validate(p.params, params, errors, "params")
  if #errors == 0 then return params, true end
  return nil, nil, ("view.%s: %s"):format(errors[1].field, errors[1].message)
end

--- A whole view.
-- @tparam policy p
-- @tparam table rule of the contract
-- @tparam table given the fields that matter to the test
-- @treturn ?table or nil
-- @treturn ?string what is wrong with what was given
function views.complete(p, rule, given)
  local view, message = complete_rows(rule.receives, given, "")
  if not view then return nil, message end
  local ok
  view.params, ok, message = parameters(p, given.params)
  if not ok then return nil, message end
  if view.new and view.old then
    sums(view, given)
    with_names(view)
    view.exclusive = given.exclusive or p.exclusive or false
    if p.exclusive then view.unavailable = view.replicas end
  end
  return view
end

return views
