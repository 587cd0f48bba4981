-- SPDX-License-Identifier: MIT
--- The parts that the descriptions of many kinds share.
-- Source: k8s.io/kubectl/pkg/describe/describe.go.
local cells = require "wl.columns.cells"
local event = require "wl.columns.event"
local quantity = require "wl.quantity"
local time = require "wl.time"

local parts = {}

local LONGEST = 140 -- of an annotation on one line
local HIDDEN = { ["kubectl.kubernetes.io/last-applied-configuration"] = true }
local DAYS = { [0] = "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" }
local MONTHS = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov",
  "Dec" }

--- A moment as in mail: "Mon, 01 Jan 2024 00:00:00 +0000".
-- @tparam ?string timestamp RFC 3339
-- @treturn string
function parts.moment(timestamp)
  local seconds = timestamp and time.parse(timestamp)
  if not seconds then
    return "<unset>"
  end
  local t = time.civil(seconds)
  return ("%s, %02d %s %04d %02d:%02d:%02d +0000"):format(DAYS[t.weekday], t.day,
    MONTHS[t.month], t.year, t.hour, t.minute, math.floor(t.second))
end

--- A quantity in its canonical form.
function parts.quantity(text)
  local read = quantity.parse(tostring(text))
  return read and tostring(read) or tostring(text)
end

--- "key=value" lines under a title.
function parts.labels(w, title, labels)
  local texts = {}
  for i, key in ipairs(cells.keys(labels)) do
    texts[i] = key .. "=" .. tostring(labels[key])
  end
  w:lines_of(title, texts)
end

local function lines_in(text)
  local lines = {}
  for line in (text .. "\n"):gmatch "([^\n]*)\n" do
    lines[#lines + 1] = line
  end
  return lines
end
parts.lines_in = lines_in

local function add_annotation(texts, key, text)
  text = text:gsub("\n$", "")
  if #key + #text + 2 <= LONGEST and not text:find "\n" then
    texts[#texts + 1] = key .. ": " .. text
    return
  end
  texts[#texts + 1] = key .. ":"
  for _, line in ipairs(lines_in(text)) do
    if #line > LONGEST - 2 then
      line = line:sub(1, LONGEST - 2) .. "..."
    end
    texts[#texts + 1] = "  " .. line
  end
end

--- "key: value" lines under a title; what kubectl itself wrote is left out.
function parts.annotations(w, title, annotations)
  local texts = {}
  for _, key in ipairs(cells.keys(annotations)) do
    if not HIDDEN[key] then
      add_annotation(texts, key, tostring(annotations[key]))
    end
  end
  w:lines_of(title, texts)
end

--- Name and, for what has one, namespace.
function parts.name(w, object)
  w:line(0, "Name:\t" .. object.metadata.name)
  if object.metadata.namespace then
    w:line(0, "Namespace:\t" .. object.metadata.namespace)
  end
end

--- Labels and annotations.
function parts.labels_and_annotations(w, object)
  parts.labels(w, "Labels", object.metadata.labels)
  parts.annotations(w, "Annotations", object.metadata.annotations)
end

--- The controller that owns the object, on a line, if there is one.
function parts.controlled_by(w, object)
  for _, owner in ipairs(object.metadata.ownerReferences or {}) do
    if owner.controller then
      w:line(0, ("Controlled By:\t%s/%s"):format(owner.kind, owner.name))
    end
  end
end

--- The table of conditions, if there are any.
-- @tparam {string,...} fields after type and status, such as "reason"
-- @tparam ?string pad what follows each type: a blank, as kubectl mostly has it
function parts.conditions(w, list, fields, pad)
  if #(list or {}) == 0 then
    return
  end
  local titles, rules = { "  Type", "Status" }, { "  ----", "------" }
  for _, field in ipairs(fields) do
    local title = field:gsub("^%l", string.upper)
    titles[#titles + 1] = title
    rules[#rules + 1] = ("-"):rep(#title)
  end
  w:line(0, "Conditions:")
  w:line(0, table.concat(titles, "\t"))
  w:line(0, table.concat(rules, "\t"))
  for _, condition in ipairs(list) do
    local row = { condition.type .. (pad or " "), condition.status }
    for _, field in ipairs(fields) do
      row[#row + 1] = condition[field] or ""
    end
    w:line(1, table.concat(row, "\t"))
  end
end

--- Go's way to print a list of texts: [a b].
function parts.bracketed(list)
  local texts = {}
  for i, item in ipairs(list or {}) do
    texts[i] = tostring(item)
  end
  return "[" .. table.concat(texts, " ") .. "]"
end

local function last_seen(object)
  local last = object.series and object.series.lastObservedTime or object.lastTimestamp
    or object.firstTimestamp or object.eventTime
  return last and time.parse(last) or 0
end

-- Oldest first; those of one moment in the order they came.
local function in_order(events)
  local entries = {}
  for i, object in ipairs(events) do
    entries[i] = { at = last_seen(object), place = i, event = object }
  end
  table.sort(entries, function(a, b)
    if a.at ~= b.at then
      return a.at < b.at
    end
    return a.place < b.place
  end)
  return entries
end

local function is_about(object, about)
  local metadata = object.metadata
  if about.uid and metadata.uid then
    return about.uid == metadata.uid
  end
  return about.kind == object.kind and about.name == metadata.name
    and (about.namespace or "") == (metadata.namespace or "")
end

local function events_of(object, ctx)
  local found = {}
  for _, candidate in ipairs(ctx:list("Event", { namespace = object.metadata.namespace })) do
    if is_about(object, candidate.involvedObject) then
      found[#found + 1] = candidate
    end
  end
  return found
end

--- The events of an object, oldest first.
-- @param ctx `ctx:events_of(object)` gives them, or else they are looked for
--   among `ctx:list "Event"`
function parts.events(w, object, ctx)
  local events = ctx.events_of and ctx:events_of(object) or events_of(object, ctx)
  if #events == 0 then
    w:line(0, "Events:\t<none>")
    return
  end
  w:flush()
  w:line(0, "Events:")
  w:line(1, "Type\tReason\tAge\tFrom\tMessage")
  w:line(1, "----\t------\t----\t----\t-------")
  for _, entry in ipairs(in_order(events)) do
    local e = entry.event
    local from = cells.text((e.source or {}).component, e.reportingComponent or "")
    w:line(1, table.concat({ e.type or "", e.reason or "", event.age(e, ctx), from,
      event.message(e) }, "\t"))
  end
end

return parts
