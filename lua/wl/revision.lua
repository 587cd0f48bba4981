-- SPDX-License-Identifier: MIT
--- The revisions of a Deployment, kept in annotations of its ReplicaSets.
--
-- Each new template gets the next number; going back to an old template gives
-- its ReplicaSet the newest number and notes the old one in its history.
-- Source: pkg/controller/deployment/util.
local revision = {}

local PREFIX = "deployment.kubernetes.io/"

revision.NUMBER = PREFIX .. "revision"
revision.HISTORY = PREFIX .. "revision-history"
revision.DESIRED = PREFIX .. "desired-replicas"
revision.MAX = PREFIX .. "max-replicas"
revision.CHANGE_CAUSE = "kubernetes.io/change-cause"
revision.ROLLBACK_TO = "deprecated.deployment.rollback.to"

-- The most characters of history that a ReplicaSet keeps.
local HISTORY_LENGTH = 2000

-- What a Deployment and its ReplicaSets do not hand to each other.
local OWN = {
  ["kubectl.kubernetes.io/last-applied-configuration"] = true,
  [revision.NUMBER] = true,
  [revision.HISTORY] = true,
  [revision.DESIRED] = true,
  [revision.MAX] = true,
  [revision.ROLLBACK_TO] = true,
}

-- As Go's strconv.ParseInt reads a decimal of so many bits.
local function integer(text, bits)
  local number = type(text) == "string" and text:find "^[+-]?%d+$"
    and math.tointeger(tonumber(text))
  local limit = bits == 32 and 2 ^ 31 or 2 ^ 63
  return number and number >= -limit and number < limit and number or nil
end

--- A count kept in an annotation.
-- @param annotations or nil
-- @tparam string key
-- @treturn ?integer nil when there is none, or it is no count
function revision.count(annotations, key)
  local number = integer((annotations or {})[key], 32)
  return number and number >= 0 and number or nil
end

--- The revision that a text says.
-- @treturn ?integer
function revision.parse(text) return integer(text, 64) end

--- The revision of a ReplicaSet or Deployment: 0 when it has none yet, nil
-- when somebody wrote something else there.
-- @param object
-- @treturn ?integer
function revision.of(object)
  local text = (object.metadata.annotations or {})[revision.NUMBER]
  if text == nil then
    return 0
  end
  return integer(text, 64)
end

--- The highest revision of some ReplicaSets, and the one before it.
-- @tparam table objects array
-- @treturn integer 0: none
-- @treturn integer 0: none
function revision.highest(objects)
  local highest, second = 0, 0
  for _, object in ipairs(objects) do
    local number = revision.of(object) or 0
    if number >= highest then
      highest, second = number, highest
    elseif number > second then
      second = number
    end
  end
  return highest, second
end

--- Add a revision to a history, dropping the oldest when it grows too long.
-- @tparam ?string history such as "1,4"
-- @tparam string number
-- @tparam ?integer limit in characters
-- @treturn ?string the history; as it was when not even one number fits
function revision.remember(history, number, limit)
  limit = limit or HISTORY_LENGTH
  if (history or "") == "" then
    return number
  end
  local start = 1
  while #history - start + 1 + #number + 1 > limit do
    local comma = history:find(",", start, true)
    if not comma then
      return #number <= limit and number or history
    end
    start = comma + 1
  end
  return history:sub(start) .. "," .. number
end

-- A revision that somebody wrote over is left alone.
local function renew(annotations, number, limit)
  local before = annotations[revision.NUMBER] or ""
  local known = before == "" and 0 or integer(before, 64)
  if known == nil or known >= number then
    return
  end
  annotations[revision.NUMBER] = ("%d"):format(number)
  if before ~= "" then
    annotations[revision.HISTORY] = revision.remember(annotations[revision.HISTORY], before, limit)
  end
end

--- The annotations that the ReplicaSet of the current template should have:
-- those of the Deployment, and the revision, which only ever grows.
-- @param existing annotations of the ReplicaSet; nil: it is about to be made
-- @param given annotations of the Deployment, or nil
-- @tparam integer number one above the highest revision of the others
-- @tparam ?integer limit of the history, in characters
-- @treturn table
function revision.annotations(existing, given, number, limit)
  local annotations = {}
  for key, text in pairs(existing or {}) do
    annotations[key] = text
  end
  for key, text in pairs(given or {}) do
    if not OWN[key] then
      annotations[key] = text
    end
  end
  renew(annotations, number, limit)
  return annotations
end

--- Annotations with the size of the Deployment noted: what it wants, and the
-- most pods it may have. A later resize is told from these.
-- @param annotations or nil
-- @tparam integer desired
-- @tparam integer most
-- @treturn table
function revision.sized(annotations, desired, most)
  local copy = {}
  for key, text in pairs(annotations or {}) do
    copy[key] = text
  end
  copy[revision.DESIRED], copy[revision.MAX] = ("%d"):format(desired), ("%d"):format(most)
  return copy
end

--- Is that size noted already?
-- @treturn boolean
function revision.is_sized(annotations, desired, most)
  annotations = annotations or {}
  return annotations[revision.DESIRED] == ("%d"):format(desired)
    and annotations[revision.MAX] == ("%d"):format(most)
end

--- The annotations of a Deployment that goes back to an old ReplicaSet: its own
-- bookkeeping, and what users had said of that revision.
-- @param own annotations of the Deployment, or nil
-- @param old annotations of the ReplicaSet, or nil
-- @treturn table
function revision.restored(own, old)
  local annotations = {}
  for key, text in pairs(own or {}) do
    if OWN[key] then
      annotations[key] = text
    end
  end
  for key, text in pairs(old or {}) do
    if not OWN[key] then
      annotations[key] = text
    end
  end
  return annotations
end

return revision
