-- SPDX-License-Identifier: MIT
--- What one component has told about one object, and how it is kept few.
--
-- The same event is counted, not repeated. Ten alike within ten minutes, differing in
-- message only, become one "(combined from similar events)". There are 25 at once,
-- then one in five minutes. Most objects have one or two events, so what is needed to
-- compare is made with the second of a reason.
-- Source: client-go tools/record/events_cache.go.
local Teller = {}
Teller.__index = Teller

local SIMILAR = 10           -- events alike before they are combined
local SIMILAR_WITHIN = 600   -- seconds
local BURST = 25             -- events at once
local REFILL = 300           -- seconds for one more

Teller.BURST = BURST

-- Fields are numbers: reasons are the other keys.
local UID, API, KIND, NAMESPACE, NAME, SOURCE, TOKENS, AT, LIVE, NEXT, IDENTITY =
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11

-- Fields of a record.
local TELLER, TYPE, REASON, MESSAGE, COUNT, FIRST, LAST = 1, 2, 3, 4, 5, 6, 7

--- The field of a record that says when its event was told last.
Teller.LAST = LAST

local function new(object, metadata, source, identity)
  return setmetatable({ metadata.uid, object.apiVersion, object.kind, metadata.namespace,
    metadata.name, source or false, BURST, 0, 0, false, identity }, Teller)
end

--- Who tells about an object.
-- @tparam table tellers identity of an object -> the first of its tellers
-- @param object
-- @tparam ?string source the component
-- @treturn Teller
function Teller.of(tellers, object, source)
  local metadata = object.metadata
  local identity = metadata.uid
    or table.concat({ object.kind, metadata.namespace or "", metadata.name }, "/")
  local first = tellers[identity]
  local one = first
  while one do
    if one[SOURCE] == (source or false) then return one end
    one = one[NEXT]
  end
  one = new(object, metadata, source, identity)
  one[NEXT], tellers[identity] = first or false, one
  return one
end

-- ---- not too many ----

local function is_spam(self, now)
  self[TOKENS] = math.min(BURST, self[TOKENS] + (now - self[AT]) / REFILL)
  self[AT] = now
  if self[TOKENS] < 1 then return true end
  self[TOKENS] = self[TOKENS] - 1
  return false
end

-- What is alike in type and reason: the messages of the last while, and the record
-- of each.
local function new_group(type, other)
  return { type = type, messages = {}, distinct = 0, same = {}, other = other }
end

local function note_message(group, message, now)
  if group.at and now - group.at > SIMILAR_WITHIN then group.messages, group.distinct = {}, 0 end
  group.at = now
  if not group.messages[message] then
    group.messages[message], group.distinct = true, group.distinct + 1
  end
  return group.distinct >= SIMILAR
end

local function group_of(self, type, reason)
  local known = self[reason]
  if known and known[TELLER] then -- the only record of its reason
    local group = new_group(known[TYPE])
    note_message(group, known[MESSAGE], known[LAST])
    group.same[known[MESSAGE]] = known
    known, self[reason] = group, group
  end
  local group = known
  while group and group.type ~= type do group = group.other end
  if not group then
    group = new_group(type, known)
    self[reason] = group
  end
  return group
end

local function new_record(self, type, reason, message, now)
  self[LIVE] = self[LIVE] + 1
  return { self, type, reason, message, 1, now, now }
end

local function tell_again(self, type, reason, message, now, horizon)
  local group = group_of(self, type, reason)
  local is_combined = note_message(group, message, now)
  if is_spam(self, now) then return nil end
  local text = is_combined and "(combined from similar events): " .. message or message
  local record = is_combined and group.combined or not is_combined and group.same[text]
  if record and record[LAST] >= horizon then
    record[COUNT], record[LAST], record[MESSAGE] = record[COUNT] + 1, now, text
    return record, false
  end
  record = new_record(self, type, reason, text, now)
  if is_combined then group.combined = record else group.same[text] = record end
  return record, true
end

--- Tell something.
-- @tparam string type
-- @tparam string reason
-- @tparam string message
-- @tparam number now
-- @tparam number horizon records that were told last before it are not counted on
-- @treturn ?table its record; nil: there are too many
-- @treturn boolean whether the record is a new one
function Teller:tell(type, reason, message, now, horizon)
  if self[reason] then return tell_again(self, type, reason, message, now, horizon) end
  if is_spam(self, now) then
    note_message(group_of(self, type, reason), message, now)
    return nil
  end
  local record = new_record(self, type, reason, message, now)
  self[reason] = record
  return record, true
end

-- ---- forgetting ----

local function forget_in(self, reason, record)
  local known = self[reason]
  if known == record then self[reason] = nil end
  if not known or known[TELLER] then return end
  while known and known.type ~= record[TYPE] do known = known.other end
  if not known then return end
  if known.combined == record then known.combined = nil end
  if known.same[record[MESSAGE]] == record then known.same[record[MESSAGE]] = nil end
end

local function unlink(tellers, self)
  local identity = self[IDENTITY]
  if tellers[identity] == self then
    tellers[identity] = self[NEXT] or nil
    return
  end
  local one = tellers[identity]
  while one and one[NEXT] ~= self do one = one[NEXT] end
  if one then one[NEXT] = self[NEXT] end
end

--- A record is no longer kept. With its last record a teller goes, too.
-- @tparam table tellers as for `of`
-- @tparam table record
function Teller.forget(tellers, record)
  local self = record[TELLER]
  forget_in(self, record[REASON], record)
  self[LIVE] = self[LIVE] - 1
  if self[LIVE] == 0 then unlink(tellers, self) end
end

-- ---- reading ----

--- When a record's event was told first, and last.
-- @treturn number seconds since the epoch
-- @treturn number
function Teller.times(record) return record[FIRST], record[LAST] end

--- Is a record about the object with this uid?
function Teller.is_about(record, uid) return record[TELLER][UID] == uid end

--- A record as people see it.
-- @treturn table see wl.events
function Teller.event(record)
  local self = record[TELLER]
  return { type = record[TYPE], reason = record[REASON], message = record[MESSAGE],
    source = self[SOURCE] or nil, api = self[API], kind = self[KIND], namespace = self[NAMESPACE],
    name = self[NAME], uid = self[UID], count = record[COUNT], first = record[FIRST],
    last = record[LAST] }
end

return Teller
