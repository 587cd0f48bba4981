-- SPDX-License-Identifier: MIT
--- Verbs that print: show, describe, events, watch.
local cells = require "wl.columns.cells"
local duration = require "wl.duration"
local printer = require "wl.printer"
local reference = require "wl.verbs.reference"
local tabular = require "wl.table"

local showing = {}

local function objects_of(cluster, words, options)
  if type(words) == "string" and words:find "/" then
    return { reference.find(cluster, words, options) }
  elseif type(words) ~= "string" then
    return words.metadata and { words } or words
  end
  local objects = {}
  for _, kind in ipairs(reference.check(cluster.server.registry:resolve_list(words))) do
    for _, object in ipairs(cluster:list(kind, options)) do objects[#objects + 1] = object end
  end
  return objects
end

local function columns_of(cluster)
  return function(object)
    local kind = cluster.server.registry:find(object.apiVersion, object.kind)
    return kind and kind.columns
  end
end

--- Objects as `kubectl get` prints them.
-- @param cluster
-- @param words "deploy,rs,pods", "deploy/web", "all", or objects
-- @tparam ?table options selector, field, namespace; output (as kubectl's -o), show_labels,
--   all_namespaces, no_headers
-- @treturn string
function showing.text(cluster, words, options)
  options = options or {}
  local objects = objects_of(cluster, words, options)
  return (reference.check(printer.get(objects, setmetatable({
    now = cluster:now(), columns_of = columns_of(cluster),
    single = type(words) == "string" and words:find "/" ~= nil,
  }, { __index = options }))))
end

--- Print objects as `kubectl get` does; the arguments are those of `text`.
function showing.show(cluster, words, options)
  io.write(showing.text(cluster, words or "all", options))
end

--- Print an object as `kubectl describe` does.
-- @param cluster
-- @param given "deploy/web"
function showing.describe(cluster, given, options)
  local describe = require "wl.describe"
  local source = require "wl.describe.source"
  local object = reference.find(cluster, given, options)
  local kind = cluster.server.registry:find(object.apiVersion, object.kind)
  io.write(describe.text(object, source.of(cluster), kind and kind.describe))
end

local function event_row(event, now)
  local age = duration.format(now - event.last)
  if event.count > 1 then
    age = ("%s (x%d over %s)"):format(age, event.count, duration.format(now - event.first))
  end
  return { age, event.type, event.reason, event.kind:lower() .. "/" .. event.name,
    cells.line and cells.line(event.message) or event.message }
end

--- Events, oldest first.
-- @param cluster
-- @param given "deploy/web": only those about it; nil: all
-- @treturn {event,...}
function showing.list_events(cluster, given, options)
  if given == nil then return cluster.events:list() end
  local kind, namespace, name = reference.parse(cluster, given, options)
  return cluster.events:list(function(event)
    return event.kind == kind.name and event.name == name
      and (not kind.namespaced or event.namespace == (namespace or "default"))
  end)
end

--- Print events as `kubectl get events` does.
function showing.events(cluster, given, options)
  local rows = { { "LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE" } }
  for _, event in ipairs(showing.list_events(cluster, given, options)) do
    rows[#rows + 1] = event_row(event, cluster:now())
  end
  io.write(#rows > 1 and tabular.format(rows) or "No events found.\n")
end

--- Print a row of the table at each change of an object, like `kubectl get -w`:
-- the virtual time since the beginning, then the columns.
-- @param cluster
-- @tparam string words "deploy,rs"
function showing.watch(cluster, words)
  local kinds, last = {}, nil
  for _, kind in ipairs(reference.check(cluster.server.registry:resolve_list(words))) do
    kinds[cluster.server:number(kind)] = true
  end
  cluster:on_each_write(function(change)
    if not kinds[change.number] then return end
    local object = change.now or change.old
    local text = printer.get({ object }, { now = cluster:now(), columns_of = columns_of(cluster),
      show_kind = true })
    local header, row = text:match "^([^\n]*)\n([^\n]*)"
    if header ~= last then io.write(("%8s  %s\n"):format("TIME", header)) end
    last = header
    io.write(("%8s  %s%s\n"):format(duration.format(cluster:now() - cluster.started), row,
      change.now and "" or " (deleted)"))
  end)
end

return showing
