-- SPDX-License-Identifier: MIT
--- The columns of events.
-- Source: kubernetes pkg/printers/internalversion printEvent.
local cells = require "wl.columns.cells"

local event = {}

-- The moments of the first and last occurrence, and how many there were.
local function occurrences(object)
  local first = object.firstTimestamp or object.eventTime
  local last = object.lastTimestamp or first
  local count = object.count or 0
  if object.series then
    last, count = object.series.lastObservedTime or last, object.series.count or count
  end
  return first, last, count > 0 and count or 1
end

--- "kubelet, node-1"
function event.source(object)
  local source = object.source or {}
  local component = cells.text(source.component, object.reportingComponent or "")
  local host = cells.text(source.host, object.reportingInstance or "")
  return host ~= "" and component .. ", " .. host or component
end

--- How long ago, as `kubectl describe` has it: "5s (x3 over 1m)".
function event.age(object, ctx)
  local first, last, count = occurrences(object)
  if count > 1 then
    return ("%s (x%d over %s)"):format(cells.since(last, ctx), count, cells.since(first, ctx))
  end
  return cells.since(first, ctx)
end

--- The message on one line of its own.
function event.message(object)
  return (object.message or ""):match "^%s*(.-)%s*$"
end

event.Event = {
  { "LAST SEEN", function(object, ctx)
    local _, last = occurrences(object)
    return cells.since(last, ctx)
  end },
  { "TYPE", function(object) return object.type or "" end },
  { "REASON", function(object) return object.reason or "" end },
  { "OBJECT", function(object)
    local about = object.involvedObject
    local kind = about.kind:lower()
    return cells.text(about.name, "") == "" and kind or kind .. "/" .. about.name
  end },
  { "SUBOBJECT", function(object) return object.involvedObject.fieldPath or "" end, wide = true },
  { "SOURCE", event.source, wide = true },
  { "MESSAGE", event.message },
  { "FIRST SEEN", function(object, ctx)
    return cells.since((occurrences(object)), ctx)
  end, wide = true },
  { "COUNT", function(object) return (select(3, occurrences(object))) end, wide = true },
  { "NAME", ".metadata.name", wide = true },
}

return event
