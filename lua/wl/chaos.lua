-- SPDX-License-Identifier: MIT
--- Chaos: faults at moments that are drawn from the seed.
--
--     chaos { node_crash = "1 every 10m for 5m", pod_crash = "3 every 5m", api_conflict = 0.05,
--       selector = "app=web", from = "1m", to = "1h" }
--
-- Each fault draws from a stream of its own, so that adding one does not shift another. What
-- strikes is noted in `cluster.chaos_log` under a number: a run can be repeated without
-- some of them (`cluster.chaos_mute`).
local apierror = require "wl.apierror"
local duration = require "wl.duration"
local faults = require "wl.chaos.faults"
local spell = require "wl.chaos.spell"
local suggest = require "wl.suggest"

local chaos = {}

local SCOPE = { selector = true, namespace = true, nodes = true, from = true, to = true }
local LONGEST_DELAY = 5 -- seconds that a change may come late

-- ---- one strike ----

local function note(cluster, entry) cluster.chaos_log[#cluster.chaos_log + 1] = entry end

local function strike(cluster, name, fault, last, scope, random)
  local number = #cluster.chaos_log + 1
  local entry = { number = number, at = cluster:now() - cluster.started, fault = name }
  note(cluster, entry)
  local targets = fault.targets(cluster, scope)
  local target = #targets > 0 and targets[random:integer(1, #targets)]
  if cluster.chaos_mute[number] then
    entry.muted = true
    return
  elseif not target then
    entry.text = "there is nothing to strike"
    return
  end
  cluster.store:set_writer "chaos"
  entry.target = target
  entry.text = fault.strike(cluster, target, last)
  if fault.mend and last then
    cluster:after(last, function()
      cluster.store:set_writer "chaos"
      entry.mended = fault.mend(cluster, target)
    end)
  end
end

-- ---- when ----

local function within(cluster, scope, at)
  return at >= cluster.started + (scope.from or 0)
    and (not scope.to or at <= cluster.started + scope.to)
end

local function schedule_once(cluster, name, fault, given, scope, random)
  cluster:at(math.max(cluster:now(), cluster.started + given.at), function()
    strike(cluster, name, fault, given.last, scope, random)
  end)
end

-- So often within each stretch of time, at moments that are drawn when it begins.
local function schedule_every(cluster, name, fault, given, scope, random)
  local function stretch(from)
    if scope.to and from > cluster.started + scope.to then return end
    for _ = 1, given.count do
      local at = from + random:number() * given.every
      if within(cluster, scope, at) then
        cluster:at(at, function() strike(cluster, name, fault, given.last, scope, random) end)
      end
    end
    cluster:at(from + given.every, function() stretch(from + given.every) end)
  end
  stretch(math.max(cluster:now(), cluster.started + (scope.from or 0)))
end

-- ---- the API ----

local function refuse(cluster, fault, given, scope, random)
  cluster.refusals = cluster.refusals or {}
  table.insert(cluster.refusals, function(verb, object)
    if not fault.verbs[verb] or not within(cluster, scope, cluster:now()) then return nil end
    if random:number() >= given.chance then return nil end
    local metadata = object and object.metadata or {}
    return apierror.new(fault.code, ("%s %s %q: %s"):format(verb, object and object.kind
      or "objects", metadata.name or metadata.generateName or "", fault.message))
  end)
end

local function postpone(cluster, given, scope, random)
  cluster.controllers:postpone(function()
    if not within(cluster, scope, cluster:now()) or random:number() >= given.chance then
      return nil
    end
    return random:number() * LONGEST_DELAY
  end)
end

-- ---- reading ----

local function scope_of(given)
  local scope = { selector = given.selector, namespace = given.namespace, nodes = given.nodes }
  for _, field in ipairs { "from", "to" } do
    if given[field] ~= nil then
      local seconds, message = given[field], nil
      if type(seconds) == "string" then seconds, message = duration.parse(seconds) end
      if type(seconds) ~= "number" then
        return nil, ("chaos: %s: %s"):format(field, message or "a duration expected")
      end
      scope[field] = seconds
    end
  end
  return scope
end

local function read_one(name, given)
  local fault = faults[name]
  if not fault then
    return nil, ("chaos: there is no fault %q%s; there are %s"):format(name,
      suggest.hint(name, suggest.keys(faults)), table.concat(suggest.keys(faults), ", "))
  end
  local read, message = spell.parse(name, given)
  if not read then return nil, message end
  local by_chance = fault.code or fault.postpones
  if by_chance and not read.chance then
    return nil, ("chaos: %s: a chance expected, such as 0.05; got %q"):format(name, tostring(given))
  elseif read.chance and not by_chance then
    return nil, ('chaos: %s: write how often, as in "1 every 10m"; got %s'):format(name, given)
  end
  return { name = name, fault = fault, given = read }
end

--- Read what strikes.
-- @tparam table given fault -> how often; selector, namespace, nodes, from, to
-- @treturn ?table list of faults, and scope; or nil and what is wrong
function chaos.read(given)
  local list = {}
  for _, name in ipairs(suggest.keys(given)) do
    if not SCOPE[name] then
      local one, message = read_one(name, given[name])
      if not one then return nil, message end
      list[#list + 1] = one
    end
  end
  local scope, message = scope_of(given)
  if not scope then return nil, message end
  return { list = list, scope = scope }
end

--- Let faults strike from now on.
-- @param cluster
-- @tparam table read see `read`
function chaos.start(cluster, read)
  for _, one in ipairs(read.list) do
    local random = cluster:rng("chaos/" .. one.name)
    local fault, given = one.fault, one.given
    if fault.postpones then
      postpone(cluster, given, read.scope, random)
    elseif fault.code then
      refuse(cluster, fault, given, read.scope, random)
    elseif given.at then
      schedule_once(cluster, one.name, fault, given, read.scope, random)
    else
      schedule_every(cluster, one.name, fault, given, read.scope, random)
    end
  end
end

--- The names of all faults. @treturn {string,...}
function chaos.names() return suggest.keys(faults) end

return chaos
