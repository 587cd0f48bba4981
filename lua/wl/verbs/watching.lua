-- SPDX-License-Identifier: MIT
--- The verb `watch`: a row of the table at each change, as `kubectl get --watch`.
--
-- The virtual time since the beginning comes first. Each kind has its header
-- once; its columns keep the widths that they needed so far. A change that no
-- column but AGE shows is left out.
local columns = require "wl.columns"
local duration = require "wl.duration"
local printer = require "wl.printer"
local reference = require "wl.verbs.reference"

local watching = {}

local PADDING = 3
-- Least widths: names where several kinds are watched, and what a pod's status needs.
local NAMES, STATUS = 34, 20

-- ---- rows ----

local function cells_of(kind, object, now, show_kind)
  local cells, shown = {}, {}
  for _, column in ipairs(columns.of(kind.name, kind.columns)) do
    if not column.wide then
      local text = columns.cell(column, object, { now = now })
      if column[1] == "NAME" and show_kind then text = printer.kind_word(object) .. "/" .. text end
      cells[#cells + 1] = text
      if column[1] ~= "AGE" then shown[#shown + 1] = text end
    end
  end
  return cells, table.concat(shown, "\t")
end

local function titles_of(kind)
  local titles = {}
  for _, column in ipairs(columns.of(kind.name, kind.columns)) do
    if not column.wide then titles[#titles + 1] = column[1] end
  end
  return titles
end

local function line_of(cells, widths)
  local parts = {}
  for i, cell in ipairs(cells) do
    local wide = utf8.len(cell) or #cell
    widths[i] = math.max(widths[i] or 0, wide + PADDING)
    parts[i] = i < #cells and cell .. (" "):rep(widths[i] - wide) or cell
  end
  return table.concat(parts)
end

local Watch = {}
Watch.__index = Watch

function Watch:header(kind)
  local titles = titles_of(kind)
  local widths = { self.show_kind and NAMES or nil }
  for i, title in ipairs(titles) do
    if title == "STATUS" then widths[i] = STATUS end
  end
  self.widths[kind] = widths
  return line_of(titles, widths)
end

function Watch:write(kind, object, is_gone)
  local now = self.cluster:now()
  local cells, shown = cells_of(kind, object, now, self.show_kind)
  local uid = object.metadata.uid
  if not is_gone and self.last[uid] == shown then return end
  self.last[uid] = not is_gone and shown or nil
  if not self.widths[kind] then io.write(("%6s   %s\n"):format("TIME", self:header(kind))) end
  io.write(("%6s   %s%s\n"):format(duration.format(now - self.cluster.started),
    line_of(cells, self.widths[kind]), is_gone and "   (deleted)" or ""))
end

-- ---- the verb ----

local function kinds_of(cluster, words)
  if type(words) ~= "string" then
    reference.misuse('watch: kinds or an object expected, as in "deploy,rs" or "deploy/web"; '
      .. "got %s", reference.seen(words))
  elseif words:find "/" then
    local kind, namespace, name = reference.parse(cluster, words)
    return { kind }, function(metadata)
      return metadata.name == name
        and (not kind.namespaced or metadata.namespace == (namespace or "default"))
    end
  end
  return reference.check(cluster.server.registry:resolve_list(words)), function() return true end
end

--- Print a row at each change, from now on.
-- @param cluster
-- @tparam string words "deploy,rs" or "deploy/web"
-- @tparam ?string|table options a label selector; or selector, namespace
-- @return a handle with stop()
function watching.watch(cluster, words, options)
  if type(options) == "string" then options = { selector = options } end
  options = reference.options("watch", options, { selector = true })
  local kinds, is_named = kinds_of(cluster, words)
  local wanted = reference.selector("watch", options.selector)
  local watch = setmetatable({ cluster = cluster, last = {}, widths = {}, show_kind = #kinds > 1,
    running = true }, Watch)
  local by_number = {}
  for _, kind in ipairs(kinds) do by_number[cluster.server:number(kind)] = kind end
  cluster:on_each_write(function(change)
    local kind, object = by_number[change.number], change.now or change.old
    if not watch.running or not kind or not is_named(object.metadata) then return end
    local namespace = options.namespace
    if namespace and object.metadata.namespace ~= namespace then return end
    if wanted and not wanted:matches(object.metadata.labels or {}) then return end
    watch:write(kind, object, change.now == nil)
  end)
  return { stop = function() watch.running = false end }
end

return watching
