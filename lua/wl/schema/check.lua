-- SPDX-License-Identifier: MIT
--- Does an object have the shape of a type? Kubernetes' strict decoding: every
-- unknown field and every value of the wrong type, each with its path.
--
-- null counts as absent everywhere, as Go's decoder takes it.
-- O(size of the object); paths and hints are built only for what is wrong.
local value = require "wl.value"
local is_empty = require "wl.schema.empty"
local scalar = require "wl.schema.scalar"
local scope = require "wl.policy.scope"
local suggest = require "wl.suggest"
local types = require "wl.schema.types"

local PLAIN_KEY = "^[%w_-]+$"

local function path_text(path)
  local parts = {}
  for i, step in ipairs(path) do
    if math.type(step) == "integer" then
      parts[#parts + 1] = ("[%d]"):format(step - 1)
    elseif step:find(PLAIN_KEY) then
      parts[#parts + 1] = (i > 1 and "." or "") .. step
    else
      parts[#parts + 1] = ("[%s]"):format(step)
    end
  end
  return table.concat(parts)
end

local function add(state, reason, message)
  local found = state.found
  found[#found + 1] = { field = path_text(state.path), reason = reason, message = message }
end

local ARTICLE = { list = "a list", map = "an object", null = "null" }

local function printed(x)
  local kind = value.type(x)
  if ARTICLE[kind] then return ARTICLE[kind] end
  if kind ~= "string" then return kind .. " " .. tostring(x) end
  if #x > 40 then x = x:sub(1, 37) .. "..." end
  return ("string %q"):format(x):gsub("\\\n", "\\n")
end

local function hint(expected, x)
  local got = value.type(x)
  if expected == "string" and got == "boolean" then
    return "; in YAML, write it in quotes (on, off, yes, no, true and false are booleans)"
  elseif expected == "string" and (got == "integer" or got == "number") then
    return ('; write it in quotes: "%s"'):format(tostring(x))
  elseif (expected == "integer" or expected == "number") and got == "string" and tonumber(x)
    or expected == "boolean" and (x == "true" or x == "false") then
    return "; remove the quotes"
  elseif expected == "list" and got == "map" then
    return '; in YAML, each item of a list begins with "- "'
  end
  return ""
end

local EXPECTED = {
  quantity = 'quantity such as "500m" or "128Mi"',
  time = 'time such as "2024-01-01T00:00:00Z"',
  base64 = "base64",
  map = "object",
}

local function wrong(state, expected, x)
  local field = path_text(state.path)
  local message
  if expected:find("^does not fit") then
    message = ("%s: %s %s"):format(field, tostring(x), expected)
  else
    message = ("%s: expected %s, got %s%s"):format(field, EXPECTED[expected] or expected,
      printed(x), hint(expected, x))
  end
  add(state, "wrong type", message)
end

-- Where below a type is there a field of that name? Breadth first, so that the
-- answer is the nearest; shallow, because deeper ones are coincidences.
local function find_below(t, name)
  local queue, seen = { { t, "" } }, {}
  for _ = 1, 60 do
    local entry = table.remove(queue, 1)
    if not entry then return nil end
    local at, prefix = types.resolve(entry[1]), entry[2]
    while at.kind == "list" do at = types.resolve(at.item) end
    if at.kind == "object" and not seen[at.fields] then
      seen[at.fields] = true
      if at.fields[name] and prefix ~= "" then return prefix .. name end
      for _, field in ipairs(at.names) do
        queue[#queue + 1] = { at.fields[field], prefix .. field .. "." }
      end
    end
  end
end

local function find_above(state, name)
  for depth = #state.above - 1, 1, -1 do
    if state.above[depth].fields[name] then
      local path = table.move(state.path, 1, state.depths[depth], 1, {})
      path[#path + 1] = name
      return path_text(path)
    end
  end
end

local function names_of(t, block)
  if not block then return t.names end
  local names = table.move(t.names, 1, #t.names, 1, {})
  names[#names + 1] = block
  return names
end

-- A block of parameters of a policy that is not known itself.
local function about_policy(t, object, name)
  local sort, given = t.policy[1], object[t.policy[2]]
  local is_its_block = type(given) == "string" and given:gsub("^%u", string.lower) == name
  if not is_its_block or scope.policy(sort, given) then return nil end
  return ('; there is no policy %q for %s: was its file loaded?'):format(given, sort)
end

local function unknown(state, t, name, block, hint_of_policy)
  local depth = #state.path + 1
  local prefix = path_text(state.path)
  state.path[depth] = name
  local nearest = suggest.nearest(name, names_of(t, block))
  local words = ""
  if hint_of_policy then
    words = hint_of_policy
  elseif nearest then
    words = ('; did you mean "%s"?'):format(nearest)
  else
    local below, above = find_below(t, name), nil
    if not below then above = find_above(state, name) end
    if below then
      words = ('; did you mean "%s%s"?'):format(prefix ~= "" and prefix .. "." or "", below)
    elseif above then
      words = ('; did you mean "%s"?'):format(above)
    end
  end
  add(state, "unknown field", ('unknown field "%s"%s'):format(path_text(state.path), words))
  state.path[depth] = nil
end

local check -- by kind

local function check_value(state, t, x)
  if x == value.null then return end
  local checker = check[t.kind]
  if checker then return checker(state, t, x) end
  local stored, expected = scalar[t.kind](t, x)
  if stored == nil then wrong(state, expected, x) end
end

local function check_object(state, t, object)
  if not value.is_map(object) then return wrong(state, "map", object) end
  local path, above = state.path, state.above
  local depth, level = #path + 1, #above + 1
  above[level], state.depths[level] = t, depth - 1
  local block, params
  if t.policy then block, params = types.parameters(t, object) end
  for name, x in pairs(object) do
    local field = t.fields[name] or name == block and params
    if field then
      path[depth] = name
      check_value(state, field, x)
      path[depth] = nil
    elseif not state.allow_unknown then
      unknown(state, t, tostring(name), block, t.policy and about_policy(t, object, name))
    end
  end
  above[level] = nil
end

local function check_list(state, t, list)
  if not value.is_list(list) then
    -- An empty Lua table does not say whether it is a list.
    if not (value.is_map(list) and is_empty(list)) then wrong(state, "list", list) end
    return
  end
  local depth = #state.path + 1
  for i = 1, #list do
    state.path[depth] = i
    check_value(state, t.item, list[i])
  end
  state.path[depth] = nil
end

local function check_map(state, t, map)
  if not value.is_map(map) then return wrong(state, "map", map) end
  local depth = #state.path + 1
  for key, x in pairs(map) do
    state.path[depth] = tostring(key)
    check_value(state, t.item, x)
  end
  state.path[depth] = nil
end

check = {
  object = check_object,
  list = check_list,
  map = check_map,
  any = function() end,
  lazy = function(state, t, x) return check_value(state, types.resolve(t), x) end,
}

--- The structural problems of an object, in the order in which they stand in it.
-- @tparam type t
-- @param object a view or plain table
-- @tparam ?table options allow_unknown: unknown fields are no problem
-- @treturn {{field=string,reason=string,message=string},...} empty when there is none
return function(t, object, options)
  local state = {
    found = {}, path = {}, above = {}, depths = {},
    allow_unknown = options and options.allow_unknown,
  }
  check_value(state, t, object)
  return state.found
end
