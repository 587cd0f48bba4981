-- SPDX-License-Identifier: MIT
--- Two moments or two futures beside each other: their objects, how available workloads were,
-- and what was said.
--
--     diff(a)        -- a fork, and here
--     diff(a, b)     -- two forks
--     diff "1m"      -- a minute ago, and here
--
-- Everything else is as in scenarios: diff "web.yaml", diff("deploy/web", "1m").
local availability = require "wl.repl.availability"
local columns = require "wl.columns"
local comparing = require "wl.verbs.comparing"
local duration = require "wl.duration"
local fork = require "wl.repl.fork"
local printer = require "wl.printer"
local reference = require "wl.verbs.reference"
local replay = require "wl.repl.replay"
local tabular = require "wl.table"

local diff = {}

local MOST = 8 -- names in a line

-- ---- what is compared ----

local function clock(cluster) return duration.format(cluster:now() - cluster.started) end

local function side(name, cluster, since)
  return { name = ("%s (%s)"):format(name, clock(cluster)), cluster = cluster, since = since }
end

local function here(session) return side("here", session.world.scenario:default()) end

local function past(session, length)
  local now = session.world.scenario:default():now()
  local moment = now - reference.seconds("diff", length)
  local world = replay.run(session, session.inputs, { horizon = moment })
  world:close()
  return side(("%s ago"):format(tostring(length)), world.scenario:default())
end

local function side_of(session, given)
  if given == nil then return here(session) end
  if fork.is(given) then return side(given.name, given.world.scenario:default(), given.since) end
  if type(given) == "string" or type(given) == "number" then return past(session, given) end
  reference.misuse('diff: a fork or how long ago expected, as in diff(a, b) or diff "1m"; got %s',
    reference.seen(given))
end

-- What happened on both since they were one: here since the fork or the moment.
local function align(a, b)
  local since = a.since or b.since
    or { revision = a.cluster.store:revision(), seconds = a.cluster:now() }
  a.since, b.since = a.since or since, b.since or since
end

-- ---- objects ----

-- Kinds whose objects only follow from others.
local DULL = { Lease = true, Event = true, EndpointSlice = true, Endpoints = true,
  ControllerRevision = true }

local function kinds_of(a, b)
  local kinds, seen = {}, {}
  for _, one in ipairs { a, b } do
    for _, kind in ipairs(one.cluster.server.kinds) do
      if not DULL[kind.name] and not seen[kind.name] then
        seen[kind.name] = true
        kinds[#kinds + 1] = kind
      end
    end
  end
  return kinds
end

-- "default/web" -> { title -> cell }, and the names in order
local function rows_of(cluster, kind)
  local rows, names = {}, {}
  for _, object in ipairs(cluster:list(kind)) do
    local row = { object = object }
    for _, column in ipairs(columns.of(kind.name, kind.columns)) do
      if not column.wide and column[1] ~= "AGE" and column[1] ~= "NAME" then
        row[#row + 1] = { column[1], columns.cell(column, object, { now = cluster:now() }) }
      end
    end
    local key = (object.metadata.namespace or "") .. "/" .. object.metadata.name
    rows[key], names[#names + 1] = row, key
  end
  return rows, names
end

local function add_changed(rows, name, x, y)
  local is_named = false
  for i, cell in ipairs(x) do
    local other = y[i]
    if other and cell[2] ~= other[2] then
      if not is_named then
        rows[#rows + 1] = { name, "", "" }
        is_named = true
      end
      rows[#rows + 1] = { "  " .. cell[1], cell[2], other[2] }
    end
  end
end

local function add_only(lines, names, one)
  if #names == 0 then return end
  local more = #names > MOST and (", and %d more"):format(#names - MOST) or ""
  lines[#lines + 1] = ("only %s: %s%s"):format(one.name, table.concat(names, ", ", 1,
    math.min(#names, MOST)), more)
end

local function compare_kind(a, b, kind, rows, only_a, only_b)
  local of_a, names_a = rows_of(a.cluster, kind)
  local of_b, names_b = rows_of(b.cluster, kind)
  for _, key in ipairs(names_a) do
    local name = printer.name(of_a[key].object)
    if of_b[key] then
      add_changed(rows, name, of_a[key], of_b[key])
    else
      only_a[#only_a + 1] = name
    end
  end
  for _, key in ipairs(names_b) do
    if not of_a[key] then only_b[#only_b + 1] = printer.name(of_b[key].object) end
  end
end

-- ---- events ----

local function event_counts(cluster)
  local counts, keys = {}, {}
  for _, event in ipairs(cluster.events:list()) do
    local key = ("  %s %s (%s)"):format(event.type, event.reason, event.kind:lower())
    if not counts[key] then keys[#keys + 1] = key end
    counts[key] = (counts[key] or 0) + event.count
  end
  return counts, keys
end

local function compare_events(a, b, rows)
  local of_a, keys = event_counts(a.cluster)
  local of_b, more = event_counts(b.cluster)
  for _, key in ipairs(more) do
    if not of_a[key] then keys[#keys + 1] = key end
  end
  local is_titled = false
  for _, key in ipairs(keys) do
    local x, y = of_a[key] or 0, of_b[key] or 0
    if x ~= y then
      if not is_titled then
        rows[#rows + 1] = { "events", "", "" }
        is_titled = true
      end
      rows[#rows + 1] = { key, tostring(x), tostring(y) }
    end
  end
end

-- ---- availability ----

local function compare_availability(a, b, rows)
  local of_a, names = availability.since(a.cluster, a.since)
  local of_b, more = availability.since(b.cluster, b.since)
  for _, name in ipairs(more) do
    if not of_a[name] then names[#names + 1] = name end
  end
  local is_titled = false
  for _, name in ipairs(names) do
    local x, y = of_a[name] or "-", of_b[name] or "-"
    if x ~= y then
      if not is_titled then rows[#rows + 1] = { "available", "", "" } end
      rows[#rows + 1] = { "  " .. name, x, y }
      is_titled = true
    end
  end
end

local function is_side(given)
  if fork.is(given) or type(given) == "number" then return true end
  return type(given) == "string" and duration.parse(given) ~= nil
end

--- Print how two sides differ; what is no side is for the verb of scenarios: manifests, an
-- object and how long ago.
-- @tparam Session session
-- @param one a fork, or how long ago ("1m")
-- @param other the same; here when left out
function diff.diff(session, one, other, ...)
  if one == nil then
    reference.misuse 'diff: what with? write diff(a), diff(a, b) or diff "1m"; a = fork()'
  elseif not is_side(one) then
    return comparing.diff(session.world.scenario:default(), one, other, ...)
  end
  local a, b = side_of(session, one), side_of(session, other)
  align(a, b)
  local rows, lines, only_a, only_b = { { "", a.name, b.name } }, {}, {}, {}
  for _, kind in ipairs(kinds_of(a, b)) do compare_kind(a, b, kind, rows, only_a, only_b) end
  add_only(lines, only_a, a)
  add_only(lines, only_b, b)
  compare_availability(a, b, rows)
  compare_events(a, b, rows)
  if #rows == 1 and #lines == 0 then
    io.write(("%s and %s are the same\n"):format(a.name, b.name))
    return
  end
  if #rows > 1 then io.write((tabular.format(rows):gsub("[ ]+\n", "\n"))) end
  for _, line in ipairs(lines) do io.write(line, "\n") end
end

return diff
