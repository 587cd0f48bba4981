-- SPDX-License-Identifier: MIT
--- Events: what controllers tell people, with Kubernetes' way of keeping them few.
--
-- The same event about the same object is counted, not repeated. More than ten
-- alike within ten minutes, differing in message only, become one "(combined
-- from similar events)". An object gets 25 at once, then one in five minutes.
-- Events are kept for an hour. What is told about a batch of many objects is
-- kept as one record and spelled out when it is read.
-- Source: client-go tools/record/events_cache.go; apiserver --event-ttl.
local value = require "wl.value"

local Events = {}
Events.__index = Events

local TTL = 3600             -- seconds
local SIMILAR = 10           -- events alike before they are combined
local SIMILAR_WITHIN = 600   -- seconds
local BURST = 25             -- events at once about one object from one source
local REFILL = 300           -- seconds for one more
local SPELLED_OUT = 64       -- objects of a batch that get records of their own
local MOST = 50000           -- records

--- @tparam function now returns seconds since the epoch
-- @treturn Events
function Events.new(now)
  return setmetatable({ now = now, records = {}, first = 1, last = 0,
    same = {}, similar = {}, buckets = {}, ttl = TTL }, Events)
end

local function copied(map)
  local copy = {}
  for key, x in pairs(map) do copy[key] = type(x) == "table" and copied(x) or x end
  return copy
end

local function fields_of(record)
  local copy = {}
  for name, x in pairs(record) do copy[name] = x end
  return copy
end

--- The events that there are, for a time of its own.
-- @tparam number seconds since the epoch: without those that came later
-- @tparam ?function now
-- @treturn Events
function Events:copy(seconds, now)
  local copy = Events.new(now or self.now)
  for i = self.first, self.last do
    local record = self.records[i]
    if record.first <= seconds then
      copy.last = copy.last + 1
      copy.records[copy.last] = fields_of(record)
      if record.same then copy.same[record.same] = copy.records[copy.last] end
    end
  end
  copy.similar, copy.buckets = copied(self.similar), copied(self.buckets)
  return copy
end

-- ---- forgetting ----

local function forget(self, record)
  if record.same and self.same[record.same] == record then self.same[record.same] = nil end
end

local function tidy(self)
  local horizon = self.now() - self.ttl
  while self.first <= self.last do
    local record = self.records[self.first]
    if record.last >= horizon and self.last - self.first < MOST then break end
    forget(self, record)
    self.records[self.first] = nil
    self.first = self.first + 1
  end
  if self.last - self.first < 0 then self.similar, self.buckets = {}, {} end
end

local function append(self, record)
  self.last = self.last + 1
  self.records[self.last] = record
  if self.last % 64 == 0 then tidy(self) end
  return record
end

-- ---- fewer ----

local function is_spam(self, subject)
  local bucket, now = self.buckets[subject], self.now()
  if not bucket then
    self.buckets[subject] = { tokens = BURST - 1, at = now }
    return false
  end
  bucket.tokens = math.min(BURST, bucket.tokens + (now - bucket.at) / REFILL)
  bucket.at = now
  if bucket.tokens < 1 then return true end
  bucket.tokens = bucket.tokens - 1
  return false
end

-- The message to show, and whether it stands for others too.
local function aggregate(self, group, message)
  local seen, now = self.similar[group], self.now()
  if not seen or now - seen.at > SIMILAR_WITHIN then
    seen = { messages = {}, count = 0 }
    self.similar[group] = seen
  end
  seen.at = now
  if not seen.messages[message] then
    seen.messages[message], seen.count = true, seen.count + 1
  end
  if seen.count < SIMILAR then return message, false end
  return "(combined from similar events): " .. message, true
end

-- ---- telling ----

--- Forget none for their age from now on.
function Events:keep_all() self.ttl = math.huge end

--- Call a function with each event as it is told.
-- @tparam function tell(event), the event as in `list`
function Events:listen(tell) self.tell = tell end

local function told(self, record)
  if self.tell then self.tell(record) end
end

--- Tell something about one object.
-- @param object a view or table: apiVersion, kind, metadata
-- @tparam string type "Normal" or "Warning"
-- @tparam string reason a word: "FailedCreate"
-- @tparam string message
-- @tparam string source the component that tells it
function Events:record(object, type, reason, message, source)
  local metadata = object.metadata
  local identity = metadata.uid
    or table.concat({ object.kind, metadata.namespace or "", metadata.name }, "/")
  local group = table.concat({ identity, source or "", type, reason }, "\0")
  local text, combined = aggregate(self, group, message)
  local same = combined and group or group .. "\0" .. text
  local record, now = self.same[same], self.now()
  if is_spam(self, identity .. "\0" .. (source or "")) then return end
  if record then
    record.count, record.last, record.message = record.count + 1, now, text
    return told(self, record)
  end
  record = append(self, {
    same = same, type = type, reason = reason, message = text, source = source,
    api = object.apiVersion, kind = object.kind, namespace = metadata.namespace,
    name = metadata.name, uid = metadata.uid, count = 1, first = now, last = now,
  })
  self.same[same] = record
  told(self, record)
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
    for i = 1, math.min(n, BURST) do
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

--- The events, oldest first.
-- @tparam ?function wanted(event) only those for which it is true
-- @treturn {event,...} type, reason, message, source, api, kind, namespace, name, uid, count,
--   first and last (seconds since the epoch)
function Events:list(wanted)
  tidy(self)
  local all, list = {}, {}
  for i = self.first, self.last do
    local record = self.records[i]
    if record.batch then spelled_out(record, all) else all[#all + 1] = record end
  end
  for _, event in ipairs(all) do
    if not wanted or wanted(event) then list[#list + 1] = event end
  end
  return list
end

--- The events about one object.
-- @param object with metadata.uid
-- @treturn {event,...}
function Events:about(object)
  local uid = object.metadata.uid
  return self:list(function(event) return event.uid == uid end)
end

return Events
