-- SPDX-License-Identifier: MIT
--- Writes in words: what a write did to an object, as one reads it.
--
--     changed ReplicaSet web-5f84: spec.replicas 3 -> 5
--     created Pod web-5f84-abcde
local conditions = require "wl.conditions"
local patch = require "wl.patch"
local value = require "wl.value"

local changes = {}

-- Paths that follow from other changes, or say only when.
local DULL = { ["metadata.resourceVersion"] = true, ["metadata.generation"] = true,
  ["status.observedGeneration"] = true }

local LONGEST = 60 -- characters of a value

local function is_dull(path)
  return DULL[path] or path:find "^metadata%.annotations%.kubectl" or path:find "[lL]ast.*Time$"
    or path:find "Hash$"
end

local function short(x)
  local text = x == value.null and "none" or tostring(x)
  if value.is_list(x) and not text:find "{" then text = text:gsub("[%[%]\"]", "") end
  return #text <= LONGEST and text or text:sub(1, LONGEST - 3) .. "..."
end

-- "Ready=True", for each condition that is not as it was.
local function conditions_of(old, new, parts)
  for _, one in ipairs(new or {}) do
    local before = conditions.find(old, one.type)
    if not before or before.status ~= one.status or before.reason ~= one.reason then
      parts[#parts + 1] = ("%s=%s%s"):format(one.type, one.status,
        one.reason and " (" .. one.reason .. ")" or "")
    end
  end
end

local collect

-- Lists of as many objects differ in what these differ in.
local function item_by_item(path, before, x, old, parts)
  if not value.is_list(before) or #before ~= #x then return false end
  for i, item in ipairs(x) do
    if not value.is_map(item) or not value.is_map(before[i]) then return false end
  end
  for i, item in ipairs(x) do
    collect(("%s[%d]"):format(path, i - 1), old, patch.diff(before[i], item), parts)
  end
  return true
end

local function leaf(path, old, x, parts)
  if is_dull(path) then return end
  local before = value.get(old, path)
  if value.is_list(x) and not path:find "onditions$" and item_by_item(path, before, x, old, parts)
  then
    return
  elseif path:find "onditions$" and value.is_list(x) then
    conditions_of(before, x, parts)
  elseif value.is_list(x) and #tostring(value.of(x)) > LONGEST then
    parts[#parts + 1] = ("%s (%d items)"):format(path, #x)
  elseif before == nil or value.is_map(before) or value.is_list(before) then
    parts[#parts + 1] = ("%s %s"):format(path, short(x))
  else
    parts[#parts + 1] = ("%s %s -> %s"):format(path, short(before), short(x))
  end
end

function collect(path, old, change, parts)
  for name, x in pairs(change) do
    local plain = name:find "^[%w_-]+$"
    local at = plain and (path and path .. "." .. name or name)
      or ("%s['%s']"):format(path or "", name)
    if value.is_map(x) then collect(at, old, x, parts) else leaf(at, old, x, parts) end
  end
end

--- What is different, most telling first.
-- @param old
-- @param now
-- @treturn {string,...} "spec.replicas 3 -> 5"
function changes.parts(old, now)
  local parts = {}
  collect(nil, old, patch.diff(old, now), parts)
  return parts
end

local DONE = { ADDED = "created", MODIFIED = "changed", DELETED = "removed" }

--- A write in words.
-- @tparam string type "ADDED", "MODIFIED" or "DELETED"
-- @param old
-- @param now
-- @tparam ?integer most parts of a change that are told (6)
-- @treturn string
function changes.text(type, old, now, most)
  local object = now or old
  local text = ("%s %s %s"):format(DONE[type], object.kind, object.metadata.name)
  if type ~= "MODIFIED" then return text end
  local parts = changes.parts(old, now)
  most = most or 6
  local more = #parts > most and (", and %d more"):format(#parts - most) or ""
  if #parts == 0 then return text end
  return ("%s: %s%s"):format(text, table.concat(parts, ", ", 1, math.min(#parts, most)), more)
end

--- Writes in words, where many alike are one line.
-- @tparam {table,...} writes type, old, now
-- @treturn {string,...}
function changes.lines(writes)
  local lines, counts, first = {}, {}, {}
  for _, write in ipairs(writes) do
    local key = write.type .. (write.now or write.old).kind
    counts[key] = (counts[key] or 0) + 1
    first[key] = first[key] or write
  end
  for _, write in ipairs(writes) do
    local key = write.type .. (write.now or write.old).kind
    if counts[key] <= 3 then
      lines[#lines + 1] = changes.text(write.type, write.old, write.now)
    elseif first[key] == write then
      lines[#lines + 1] = ("%s, and %d more alike"):format(
        changes.text(write.type, write.old, write.now), counts[key] - 1)
    end
  end
  return lines
end

--- What has been written after a revision.
-- @param cluster
-- @tparam integer revision
-- @treturn {table,...} revision, seconds, type, kind (number), id, old, now, writer; what is no
--   longer in the history is left out
function changes.since(cluster, revision)
  local list, store = {}, cluster.store
  local log = store:log(math.max(revision, store:oldest()))
  for at, ms, type, kind, id, old, now, writer in log do
    list[#list + 1] = { revision = at, seconds = ms / 1000, type = type, kind = kind, id = id,
      old = old, now = now, writer = writer }
  end
  return list
end

return changes
