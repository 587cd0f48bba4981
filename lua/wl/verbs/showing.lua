-- SPDX-License-Identifier: MIT
--- Verbs that print: show, describe, events.
local as_object = require "wl.events.object"
local duration = require "wl.duration"
local objects = require "wl.verbs.objects"
local printer = require "wl.printer"
local reference = require "wl.verbs.reference"
local tabular = require "wl.table"
local value = require "wl.value"

local showing = {}

-- What the API server keeps, and what the cluster's controllers told, oldest first.
local function list_of(cluster, kind, options)
  local found = objects.list(cluster, kind,
    { selector = options.selector, field = options.field, namespace = options.namespace })
  if kind.name ~= "Event" or options.selector or options.field then return found end
  for _, event in ipairs(cluster.events:list()) do
    local object = as_object(event)
    if not options.namespace or object.metadata.namespace == options.namespace then
      found[#found + 1] = object
    end
  end
  return found
end

local function named(cluster, words, options)
  local found = {}
  for word in words:gmatch "[^,%s]+" do
    found[#found + 1] = reference.find(cluster, word, options)
  end
  return found
end

local function objects_of(cluster, words, options)
  if type(words) == "string" and words:find "/" then
    return named(cluster, words, options)
  elseif value.is_map(words) and words.metadata then
    return { words }
  elseif value.is_list(words) or type(words) == "table" then
    return words
  elseif type(words) ~= "string" then
    reference.misuse('kinds or an object expected, as in "deploy,rs" or "deploy/web"; got %s',
      reference.seen(words))
  end
  local all = {}
  for _, kind in ipairs(reference.check(cluster.server.registry:resolve_list(words))) do
    for _, object in ipairs(list_of(cluster, kind, options)) do all[#all + 1] = object end
  end
  return all
end

local function columns_of(cluster)
  return function(object)
    local kind = cluster.server.registry:find(object.apiVersion, object.kind)
    return kind and kind.columns
  end
end

local OUTPUTS = { selector = true, field = true, output = true, show_labels = true,
  label_columns = true, all_namespaces = true, no_headers = true, show_kind = true,
  sort_by = true }

-- Several kinds were asked for, though perhaps only one of them is there.
local function asks_for_several(words)
  return type(words) == "string" and (words:find "[,%s]" ~= nil or words:lower() == "all") or nil
end

-- Where nothing was found: in the namespace of verbs, unless the kind has none.
local function place_of_nothing(cluster, words, options)
  if options.namespace or options.all_namespaces or type(words) ~= "string" then
    return options.namespace
  end
  local kinds = cluster.server.registry:resolve_list(words) or {}
  for _, kind in ipairs(kinds) do
    if kind.namespaced then return cluster.namespace or "default" end
  end
end

-- Objects of several namespaces are told apart by a column.
local function need_namespaces(cluster, shown)
  local usual = cluster.namespace or "default"
  for _, object in ipairs(shown) do
    local namespace = object.metadata.namespace
    if namespace and namespace ~= usual then return true end
  end
  return false
end

--- Objects as `kubectl get` prints them.
-- @param cluster
-- @param words "deploy,rs,pods", "deploy/web", "all", or objects
-- @tparam ?table options selector, field, namespace; output (as kubectl's -o), show_labels,
--   label_columns, all_namespaces, no_headers, sort_by (a path)
-- @treturn string
function showing.text(cluster, words, options)
  options = reference.options("show", options, OUTPUTS)
  local shown = objects_of(cluster, words, options)
  return (reference.check(printer.get(shown, setmetatable({
    now = cluster:now(), columns_of = columns_of(cluster),
    single = type(words) == "string" and words:find "/" ~= nil and #shown == 1,
    namespace = #shown == 0 and place_of_nothing(cluster, words, options) or options.namespace,
    show_kind = options.show_kind or asks_for_several(words),
    all_namespaces = options.all_namespaces
      or not options.namespace and need_namespaces(cluster, shown),
  }, { __index = options }))))
end

--- Print objects as `kubectl get` does; the arguments are those of `text`.
function showing.show(cluster, words, options)
  io.write(showing.text(cluster, words or "all", options))
end

--- Print objects as `kubectl describe` does.
-- @param cluster
-- @param words "deploy/web", or all objects of kinds: "deploy,rs"
-- @tparam ?table options selector, field, namespace
function showing.describe(cluster, words, options)
  options = reference.options("describe", options, { selector = true, field = true })
  local describe = require "wl.describe"
  local from, texts = require("wl.describe.source").of(cluster), {}
  for i, object in ipairs(objects_of(cluster, words, options)) do
    local kind = cluster.server.registry:find(object.apiVersion, object.kind)
    texts[i] = describe.text(object, from, kind and kind.describe)
  end
  io.write(#texts > 0 and table.concat(texts, "\n\n")
    or printer.get({}, { namespace = place_of_nothing(cluster, words, options) }))
end

local function event_row(event, now)
  local age = duration.format(now - event.last)
  if event.count > 1 then
    age = ("%s (x%d over %s)"):format(age, event.count, duration.format(now - event.first))
  end
  return { age, event.type, event.reason, event.kind:lower() .. "/" .. event.name,
    event.message }
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
  options = reference.options("events", options, {})
  local rows = { { "LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE" } }
  for _, event in ipairs(showing.list_events(cluster, given, options)) do
    rows[#rows + 1] = event_row(event, cluster:now())
  end
  io.write(#rows > 1 and tabular.format(rows) or "No events found.\n")
end

return showing
