-- SPDX-License-Identifier: MIT
--- What stands in the cells of kubectl's tables, and the columns that most
-- kinds have. A column is { title, path or function(object, ctx) [, wide = true] };
-- `ctx.now` is the time in seconds. A cell that is nil prints as <none>.
-- Source: kubernetes pkg/printers/internalversion/printers.go.
local duration = require "wl.duration"
local selector = require "wl.selector"
local time = require "wl.time"
local value = require "wl.value"

local cells = {}

--- Keys of a map, sorted by bytes.
-- @param map view or table, or nil
-- @treturn {string,...}
function cells.keys(map)
  local keys = {}
  for key in pairs(map or {}) do
    keys[#keys + 1] = key
  end
  table.sort(keys)
  return keys
end

--- A map of texts on one line: "a=1,b=2".
-- @param labels view or table, or nil
-- @treturn string "<none>" when there are none
function cells.labels(labels)
  local parts = {}
  for i, key in ipairs(cells.keys(labels)) do
    parts[i] = key .. "=" .. tostring(labels[key])
  end
  return #parts > 0 and table.concat(parts, ",") or "<none>"
end

--- A label selector on one line.
-- @param labelSelector with matchLabels and matchExpressions, or nil
-- @treturn string
function cells.selector(labelSelector)
  local parsed = labelSelector and selector.from(labelSelector)
  local text = parsed and tostring(parsed) or ""
  if labelSelector and not parsed then
    return "<error>"
  end
  return text ~= "" and text or "<none>"
end

--- The time since a moment: "5m10s".
-- @tparam ?string timestamp RFC 3339
-- @tparam {now=number} ctx
-- @treturn string "<unknown>" when there is no moment
function cells.since(timestamp, ctx)
  local moment = timestamp and time.parse(timestamp)
  return moment and duration.format(ctx.now - moment) or "<unknown>"
end

--- One field of all items, joined by commas.
-- @param list view or table, or nil
-- @tparam string field
-- @treturn string
function cells.joined(list, field)
  local parts = {}
  for i, item in ipairs(list or {}) do
    parts[i] = tostring(item[field])
  end
  return table.concat(parts, ",")
end

--- Text for a boolean; "<unset>" when it is not set.
function cells.boolean(b)
  if b == nil then
    return "<unset>"
  end
  return b and "True" or "False"
end

--- Text that is there and not empty, else the other.
function cells.text(text, otherwise)
  if text == nil or text == value.null or text == "" then
    return otherwise or "<none>"
  end
  return text
end

--- A cell with the text at a path; nothing where that is empty.
function cells.at(path)
  return function(object)
    return cells.text(value.get(object, path))
  end
end

--- A cell with the number at a path, 0 when there is none.
function cells.count(path)
  return function(object)
    return value.get(object, path) or 0
  end
end

cells.NAME = { "NAME", ".metadata.name" }

cells.AGE = { "AGE", function(object, ctx)
  return cells.since(object.metadata.creationTimestamp, ctx)
end }

local function template_of(object)
  local spec = object.spec.jobTemplate and object.spec.jobTemplate.spec or object.spec
  return spec.template and spec.template.spec or {}
end

cells.CONTAINERS = { "CONTAINERS", function(object)
  return cells.joined(template_of(object).containers, "name")
end, wide = true }

cells.IMAGES = { "IMAGES", function(object)
  return cells.joined(template_of(object).containers, "image")
end, wide = true }

cells.SELECTOR = { "SELECTOR", function(object)
  return cells.selector(object.spec.selector)
end, wide = true }

--- The selector of the kinds that have a plain map.
cells.LABEL_MAP_SELECTOR = { "SELECTOR", function(object)
  return cells.labels(object.spec.selector)
end, wide = true }

return cells
