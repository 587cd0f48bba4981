-- SPDX-License-Identifier: MIT
--- Events: what controllers tell people, with Kubernetes' way of keeping them few.
--
-- How an object's events are kept few is the matter of wl.events.teller. Events are
-- kept for an hour. What is told about a batch of many objects is kept as one record
-- and spelled out when it is read.
-- Source: client-go tools/record/events_cache.go; apiserver --event-ttl.
local Teller = require "wl.events.teller"
local value = require "wl.value"

local Events = {}
Events.__index = Events

local TTL = 3600             -- seconds
local SPELLED_OUT = 64       -- objects of a batch that get records of their own
local MOST = 50000           -- records
local FEWEST = 1024          -- records before those that are too old are looked for

local LAST = Teller.LAST

--- @tparam function now returns seconds since the epoch
-- @treturn Events
function Events.new(now)
  return setmetatable({ now = now, records = {}, count = 0, tellers = {}, full = FEWEST,
    ttl = TTL }, Events)
end

-- A record is one of a teller's, or { batch = ... }: one for many.
local function times(record)
  if record.batch then return record.first, record.last end
  return Teller.times(record)
end

-- ---- forgetting ----

-- It is gone through again and again: when a record was told last is read in place.
local function is_old(self, record, i, horizon)
  return (record[LAST] or record.last) < horizon or self.count - i >= MOST
end

-- Keep those for which is_kept(record, i) is true.
local function sift(self, is_kept)
  local kept, n = {}, 0
  for i = 1, self.count do
    local record = self.records[i]
    if is_kept(record, i) then
      n = n + 1
      kept[n] = record
    elseif not record.batch then
      Teller.forget(self.tellers, record)
    end
  end
  self.records, self.count, self.full = kept, n, math.max(FEWEST, 2 * n)
end

local function tidy(self)
  local horizon = self.now() - self.ttl
  sift(self, function(record, i) return not is_old(self, record, i, horizon) end)
end

local function append(self, record)
  if self.count >= self.full or self.count >= 2 * MOST then tidy(self) end
  self.count = self.count + 1
  self.records[self.count] = record
  return record
end

-- Plain tables and what they refer to; batches are shared.
local function copied(x, known)
  if type(x) ~= "table" then return x end
  local copy = known[x]
  if copy then return copy end
  copy = setmetatable({}, getmetatable(x))
  known[x] = copy
  for key, item in pairs(x) do copy[key] = copied(item, known) end
  return copy
end

--- The events that there are, for a time of its own.
-- @tparam number seconds since the epoch: without those that came later
-- @tparam ?function now
-- @treturn Events
function Events:copy(seconds, now)
  local copy, known = Events.new(now or self.now), {}
  copy.count, copy.full = self.count, self.full
  copy.records, copy.tellers = copied(self.records, known), copied(self.tellers, known)
  sift(copy, function(record) return (times(record)) <= seconds end)
  return copy
end

-- ---- telling ----

--- Forget none for their age from now on.
function Events:keep_all() self.ttl = math.huge end

--- Call a function with each event as it is told.
-- @tparam function tell(event), the event as in `list`
function Events:listen(tell) self.tell = tell end

--- Tell something about one object.
-- @param object a view or table: apiVersion, kind, metadata
-- @tparam string type "Normal" or "Warning"
-- @tparam string reason a word: "FailedCreate"
-- @tparam string message
-- @tparam string source the component that tells it
function Events:record(object, type, reason, message, source)
  local now = self.now()
  local record, is_new = Teller.of(self.tellers, object, source):tell(type, reason, message, now,
    now - self.ttl)
  if is_new then append(self, record) end
  if record and self.tell then self.tell(Teller.event(record)) end
end

local function expand(format, object)
  return (format:gsub("{([^}]+)}", function(path)
    local found = value.get(object, path)
    return found == nil and "" or tostring(found)
  end))
end

-- One record for each object of a batch's.
local function spelled_out(record, list)
  for object in record.batch:each() do
    local metadata = object.metadata
    list[#list + 1] = {
      type = record.type, reason = record.reason, message = expand(record.format, object),
      source = record.source, api = object.apiVersion, kind = object.kind,
      namespace = metadata.namespace, name = metadata.name, uid = metadata.uid,
      count = record.count, first = record.first, last = record.last,
    }
  end
  return list
end

--- Tell the same about each of many objects.
-- @param batch of objects
-- @tparam string type
-- @tparam string reason
-- @tparam string format the message, with {field.path} for what differs
-- @param about the object that the events are about; nil: each object itself
-- @tparam string source
function Events:record_many(batch, type, reason, format, about, source)
  local n = #batch
  if about then
    for i = 1, math.min(n, Teller.BURST) do
      local object = batch[i]
      if object then self:record(about, type, reason, expand(format, object), source) end
    end
  elseif n <= SPELLED_OUT then
    for object in batch:each() do
      self:record(object, type, reason, expand(format, object), source)
    end
  else
    local record = append(self, { type = type, reason = reason, format = format, batch = batch,
      source = source, count = 1, first = self.now(), last = self.now() })
    if not self.tell then return end
    for _, event in ipairs(spelled_out(record, {})) do self.tell(event) end
  end
end

-- ---- reading ----

local function each_record(self, visit)
  local horizon = self.now() - self.ttl
  for i = 1, self.count do
    local record = self.records[i]
    if not is_old(self, record, i, horizon) then visit(record) end
  end
end

local function wanted_of(list, wanted)
  if not wanted then return list end
  local found = {}
  for _, event in ipairs(list) do
    if wanted(event) then found[#found + 1] = event end
  end
  return found
end

--- The events, oldest first.
-- @tparam ?function wanted(event) only those for which it is true
-- @treturn {event,...} type, reason, message, source, api, kind, namespace, name, uid, count,
--   first and last (seconds since the epoch)
function Events:list(wanted)
  local list = {}
  each_record(self, function(record)
    if record.batch then
      spelled_out(record, list)
    else
      list[#list + 1] = Teller.event(record)
    end
  end)
  return wanted_of(list, wanted)
end

--- The events about one object.
-- @param object with metadata.uid
-- @treturn {event,...}
function Events:about(object)
  local uid, list = object.metadata.uid, {}
  each_record(self, function(record)
    if record.batch then
      local about = wanted_of(spelled_out(record, {}), function(event) return event.uid == uid end)
      table.move(about, 1, #about, #list + 1, list)
    elseif Teller.is_about(record, uid) then
      list[#list + 1] = Teller.event(record)
    end
  end)
  return list
end

return Events
