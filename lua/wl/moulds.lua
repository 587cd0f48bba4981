-- SPDX-License-Identifier: MIT
--- New objects that differ from earlier ones in a few texts only, as those of a
-- template do, are admitted alike without being looked at again.
--
-- From the first two that share all else the API server learns where names and
-- uids go; see wl.mould. A kind says in `varying` at which fields its rules do
-- nothing with a text but copy it, compare it with others, and ask for its letters
-- and its length:
--
--     varying = { { "metadata", "name" }, { "metadata", "labels" },
--       { "metadata", "annotations", "example.org/note", free = true } }
--
-- At a field that is `free` they do not ask for its letters either. What admission
-- makes of an object must come from that object alone: rules that look at others
-- (wl.server: admit) are asked each time.
local mould = require "wl.mould"
local value = require "wl.value"

local Moulds = {}
Moulds.__index = Moulds

local MOST = 10000  -- of them; then all are learned anew
local MOST_VAIN = 8 -- attempts to learn one

--- @treturn Moulds
function Moulds.new() return setmetatable({ by_kind = {}, count = 0, fields = {} }, Moulds) end

-- The fields of a kind, those that must stay plain and those that are free.
local function fields_of(self, kind)
  local fields = self.fields[kind]
  if fields then return fields end
  fields = { plain = value.list {}, free = value.list {} }
  for _, field in ipairs(kind.varying) do
    local list = field.free and fields.free or fields.plain
    list[#list + 1] = value.list { table.unpack(field) }
  end
  self.fields[kind] = fields
  return fields
end

local function entry_of(self, kind, source)
  local entries = self.by_kind[kind]
  if not entries or self.count > MOST then
    if entries then self.by_kind, self.count = {}, 0 end
    entries = {}
    self.by_kind[kind] = entries
  end
  local key = ("%d/%s"):format(value.hash(source.spec), source.metadata.namespace or "")
  local entry = entries[key]
  if not entry then
    entry = { vain = 0 }
    entries[key], self.count = entry, self.count + 1
  end
  return entry
end

local function learn(self, entry, kind, example)
  local before, fields = entry.example, fields_of(self, kind)
  local made = before and mould.learn(before, example, fields.plain, fields.free)
  entry.example = example
  if made then
    entry.mould = made
  elseif before then
    entry.vain = entry.vain + 1
    if entry.vain == MOST_VAIN then entry.example = nil end
  end
end

--- What admission makes of a new object.
-- @tparam kind kind
-- @param source a view of the object, with its name, namespace and uid
-- @tparam function admit() returns a table; or nil, message, code, causes
-- @return what `admit` returns, or a view that is equal
function Moulds:admit(kind, source, admit)
  if not kind.varying or source.spec == nil or source.apiVersion ~= kind.api then
    return admit()
  end
  local entry = entry_of(self, kind, source)
  local cast = entry.mould and entry.mould:cast(source)
  if cast then return cast end
  local draft, message, code, causes = admit()
  if draft and entry.vain < MOST_VAIN then
    learn(self, entry, kind, { source, value.of(draft) })
  end
  return draft, message, code, causes
end

return Moulds
