-- SPDX-License-Identifier: MIT
--- The state of a cluster as a text that is the same for runs that end in the same
-- place: without uids, ends of generated names, addresses, nodes, moments and
-- revisions of objects.
local value = require "wl.value"

local state = {}

local UUID = ("%x"):rep(8) .. "%-" .. (("%x"):rep(4) .. "%-"):rep(3) .. ("%x"):rep(12)
local MOMENT = "%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d%.?%d*Z"
local UNORDERED = { conditions = true, endpoints = true, ports = true, active = true,
  ownerReferences = true, finalizers = true, taints = true }
local DROPPED = { resourceVersion = true, generation = true, observedGeneration = true,
  lastHeartbeatTime = true, clusterIP = true, clusterIPs = true,
  lastScaleTime = true } -- an autoscaler that is stopped right after it scaled cannot tell when

local text_of

local function items_of(list, clean)
  local items = {}
  for i, one in ipairs(list) do items[i] = text_of(one, clean) end
  return items
end

local function fields_of(map, clean)
  local fields = {}
  for key, one in pairs(map) do
    if UNORDERED[key] and value.is_list(one) then
      local items = items_of(one, clean)
      table.sort(items)
      fields[#fields + 1] = clean(key) .. "=[" .. table.concat(items, ", ") .. "]"
    elseif not DROPPED[key] then
      fields[#fields + 1] = clean(key) .. "=" .. text_of(one, clean)
    end
  end
  table.sort(fields)
  return fields
end

function text_of(x, clean)
  if value.is_list(x) then return "[" .. table.concat(items_of(x, clean), ", ") .. "]" end
  if value.is_map(x) then return "{" .. table.concat(fields_of(x, clean), " ") .. "}" end
  return type(x) == "string" and clean(x) or tostring(x)
end

-- Whether its controller has seen the latest of it is what the two numbers say.
local function is_observed(object)
  local observed = object.status and object.status.observedGeneration
  return observed and (observed == object.metadata.generation and " observed" or " outdated") or ""
end

local function describe(object, places, clean)
  local shown = object
  if object.kind == "Node" then
    shown = { metadata = object.metadata, spec = object.spec }
  elseif object.kind == "Pod" and not places then
    shown = value.update(object, function(draft)
      draft.spec.nodeName = draft.spec.nodeName and "somewhere"
    end)
  end
  return ("%s %s%s"):format(object.kind, text_of(shown, clean), is_observed(object))
end

-- A text without what is chosen anew: ends of names, uids, moments, addresses.
local function cleaner(names)
  local known = {}
  return function(text)
    if not known[text] then
      known[text] = text:gsub(UUID, "<uid>"):gsub(MOMENT, "<moment>")
        :gsub("%d+%.%d+%.%d+%.%d+", "<ip>"):gsub("[%w%-%.]+", names)
    end
    return known[text]
  end
end

local function each_object(cluster, act)
  for number, kind in ipairs(cluster.server.kinds) do
    for object in cluster.store:all(number):batch():each() do act(object, kind) end
  end
end

--- The state of a cluster.
-- @param cluster
-- @tparam ?boolean places the nodes of pods matter, too
-- @treturn {string,...} lines, sorted: one an object
function state.of(cluster, places)
  local names, lines = {}, {}
  each_object(cluster, function(object)
    local prefix = object.metadata.generateName
    if prefix then names[object.metadata.name] = prefix .. "*" end
  end)
  local clean = cleaner(names)
  each_object(cluster, function(object)
    lines[#lines + 1] = describe(object, places, clean)
  end)
  table.sort(lines)
  return lines
end

-- ---- comparing ----

-- The lines of one list that the other has not.
local function without(lines, others)
  local count, rest = {}, {}
  for _, line in ipairs(others) do count[line] = (count[line] or 0) + 1 end
  for _, line in ipairs(lines) do
    count[line] = (count[line] or 0) - 1
    if count[line] < 0 then rest[#rest + 1] = line end
  end
  return rest
end

-- Two lines around the place where they differ first.
local function shortened(a, b)
  local at = 1
  while at <= #a and a:byte(at) == b:byte(at) do at = at + 1 end
  local kind = a:match "^%S+"
  local name = a:match " name=(%S+) namespace" or a:match " name=(%S+)"
  local from = math.max(1, at - 80)
  return ("  %s %s\n    expected ...%s\n    found    ...%s"):format(kind, name,
    a:sub(from, at + 300), b:sub(from, at + 300))
end

--- What differs between two states.
-- @treturn string "" when nothing does
function state.difference(expected, found)
  local missing, new, texts = without(expected, found), without(found, expected), {}
  for i = 1, math.max(#missing, #new) do
    local a, b = missing[i], new[i]
    texts[i] = a and b and a:match "^%S+" == b:match "^%S+" and shortened(a, b)
      or ("  expected %s\n  found    %s"):format(a, b)
  end
  return table.concat(texts, "\n")
end

return state
