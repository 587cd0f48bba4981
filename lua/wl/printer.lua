-- SPDX-License-Identifier: MIT
--- Objects as `kubectl get` prints them.
--
--     printer.get(pods, { now = now })                        -- a table
--     printer.get(pods, { output = "wide", now = now, show_labels = true })
--     printer.get({ pod }, { output = "yaml", single = true })
--     printer.get(pods, { output = "jsonpath={.items[*].metadata.name}" })
--     printer.get(pods, { output = "custom-columns=NAME:.metadata.name" })
--
-- Source: k8s.io/kubectl/pkg/cmd/get, k8s.io/cli-runtime/pkg/printers.
local cells = require "wl.columns.cells"
local columns = require "wl.columns"
local json = require "wl.json"
local jsonpath = require "wl.jsonpath"
local sort = require "wl.printer.sort"
local suggest = require "wl.suggest"
local tabular = require "wl.table"
local value = require "wl.value"
local yaml = require "wl.yaml"

local printer = {}

-- ---- names ----

local function group_of(object)
  return (object.apiVersion or ""):match "^(.*)/" or ""
end

--- The kind in front of a name: "pod", "deployment.apps".
-- @param object view or table
-- @treturn string
function printer.kind_word(object)
  local group = group_of(object)
  return object.kind:lower() .. (group ~= "" and "." .. group or "")
end

--- "pod/web", "deployment.apps/web"
function printer.name(object)
  return printer.kind_word(object) .. "/" .. object.metadata.name
end

-- ---- tables ----

-- Neighbours of one kind, which share a table.
local function groups_of(objects)
  local groups = {}
  for _, object in ipairs(objects) do
    local last = groups[#groups]
    if not last or last.kind ~= object.kind or last.group ~= group_of(object) then
      last = { kind = object.kind, group = group_of(object), objects = {} }
      groups[#groups + 1] = last
    end
    last.objects[#last.objects + 1] = object
  end
  return groups
end

local function columns_of(group, options)
  local declared = options.columns_of and options.columns_of(group.objects[1])
  local shown = {}
  for _, column in ipairs(columns.of(group.kind, declared)) do
    if options.output == "wide" or not column.wide then
      shown[#shown + 1] = column
    end
  end
  return shown
end

local function label_column(key)
  return { key:match("[^/]*$"):upper(), function(object)
    return (object.metadata.labels or {})[key]
  end }
end

local NAMESPACE = { "NAMESPACE", ".metadata.namespace" }
local LABELS = { "LABELS", function(object) return cells.labels(object.metadata.labels) end }

local function with_extras(shown, group, options)
  local all = {}
  if options.all_namespaces and group.objects[1].metadata.namespace then
    all[1] = NAMESPACE
  end
  table.move(shown, 1, #shown, #all + 1, all)
  for _, key in ipairs(options.label_columns or {}) do
    all[#all + 1] = label_column(key)
  end
  if options.show_labels then
    all[#all + 1] = LABELS
  end
  return all
end

local function row_of(object, shown, options)
  local ctx = { now = options.now or 0, wide = options.output == "wide" }
  local row = {}
  for i, column in ipairs(shown) do
    local cell = columns.cell(column, object, ctx)
    if column[1] == "NAME" and options.show_kind then
      cell = printer.kind_word(object) .. "/" .. cell
    end
    row[i] = cell
  end
  return row
end

local function table_of(group, options)
  local shown = with_extras(columns_of(group, options), group, options)
  local rows = {}
  if not options.no_headers then
    rows[1] = {}
    for i, column in ipairs(shown) do
      rows[1][i] = column[1]
    end
  end
  for _, object in ipairs(group.objects) do
    rows[#rows + 1] = row_of(object, shown, options)
  end
  return tabular.format(rows)
end

local function nothing_found(options)
  if options.namespace then
    return ("No resources found in %s namespace.\n"):format(options.namespace)
  end
  return "No resources found\n"
end

local function tables(objects, options)
  local groups = groups_of(objects)
  if #groups == 0 then
    return nothing_found(options)
  end
  if #groups > 1 and options.show_kind == nil then
    options = setmetatable({ show_kind = true }, { __index = options })
  end
  local texts = {}
  for i, group in ipairs(groups) do
    texts[i] = table_of(group, options)
  end
  return table.concat(texts, options.no_headers and "" or "\n")
end

-- ---- other outputs ----

-- One object stands for itself; more, or a query, are a List.
local function document(objects, options)
  if options.single and #objects == 1 then
    return objects[1]
  end
  local items = {}
  for i, object in ipairs(objects) do
    items[i] = object
  end
  local metadata = { resourceVersion = "" }
  return value.of {
    apiVersion = "v1", kind = "List", items = value.list(items), metadata = metadata,
  }
end

local function names(objects)
  local lines = {}
  for i, object in ipairs(objects) do
    lines[i] = printer.name(object) .. "\n"
  end
  return table.concat(lines)
end

local function by_template(text, objects, options)
  if text == "" then
    return nil, "-o jsonpath= wants a template, such as {.items[*].metadata.name}", "BadRequest"
  end
  local template, message, code = jsonpath.parse(text)
  if not template then
    return nil, message, code
  end
  return template:format(document(objects, options))
end

local function read_columns(text)
  local list = {}
  for part in (text .. ","):gmatch "([^,]*)," do
    local title, path = part:match "^([^:]+):(.+)$"
    if not title then
      return nil, ("custom-columns: %q is not TITLE:path"):format(part), "BadRequest"
    end
    local template, message, code = jsonpath.parse_relaxed(path)
    if not template then
      return nil, message, code
    end
    list[#list + 1] = { title = title, path = template }
  end
  return list
end

local function custom_cell(column, object)
  local found = column.path:find(object)
  local texts = {}
  for i, x in ipairs(found) do
    texts[i] = x == value.null and "<none>" or jsonpath.text(x)
  end
  return #texts > 0 and table.concat(texts, ",") or "<none>"
end

local function by_columns(text, objects, options)
  local list, message, code = read_columns(text)
  if not list then
    return nil, message, code
  end
  local rows = {}
  if not options.no_headers then
    rows[1] = {}
    for i, column in ipairs(list) do
      rows[1][i] = column.title
    end
  end
  for _, object in ipairs(objects) do
    local row = {}
    for i, column in ipairs(list) do
      row[i] = custom_cell(column, object)
    end
    rows[#rows + 1] = row
  end
  return tabular.format(rows)
end

local PLAIN = {
  table = tables,
  wide = tables,
  name = names,
  yaml = function(objects, options)
    return yaml.format(document(objects, options), { sorted = true })
  end,
  json = function(objects, options)
    return json.format(document(objects, options), { sorted = true, pretty = true }) .. "\n"
  end,
}

local WITH_ARGUMENT = { ["jsonpath"] = by_template, ["custom-columns"] = by_columns }

local function unknown(output)
  local known = { "custom-columns=", "json", "jsonpath=", "name", "table", "wide", "yaml" }
  local message = ("output %q is not among %s%s"):format(output, table.concat(known, ", "),
    suggest.hint(output, known))
  return nil, message, "BadRequest"
end

--- Objects as text.
-- @param objects array of views or tables, or a view of a list
-- @tparam ?table options:
--   `output` "table" (the default), "wide", "yaml", "json", "name",
--   "jsonpath=TEMPLATE" or "custom-columns=TITLE:PATH,..."; `now` in seconds;
--   `single` (one object asked for by name: no List around it); `namespace`
--   (named when nothing is found), `all_namespaces`, `show_labels`,
--   `label_columns`, `show_kind`, `no_headers`; `sort_by`, a path; `columns_of` function(object)
--   -> the columns that its kind declares, or nil
-- @treturn ?string lines; or nil, message, "BadRequest"
function printer.get(objects, options)
  options = options or {}
  if options.sort_by then
    local sorted, message, code = sort(objects, options.sort_by)
    if not sorted then
      return nil, message, code
    end
    objects = sorted
  end
  local output = options.output or "table"
  local word, argument = output:match "^([%w-]+)=(.*)$"
  if word and WITH_ARGUMENT[word] then
    return WITH_ARGUMENT[word](argument, objects, options)
  elseif WITH_ARGUMENT[output] then
    return nil, ("-o %s wants an argument: %s=..."):format(output, output), "BadRequest"
  elseif not PLAIN[output] then
    return unknown(output)
  end
  return PLAIN[output](objects, options)
end

return printer
