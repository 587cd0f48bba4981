-- SPDX-License-Identifier: MIT
--- The revisions of a DaemonSet: that of the present template, and the old ones.
--
-- Its pods carry the hash of their revision.
-- Source: pkg/controller/daemon `constructHistory`, `cleanupHistory`.
local controller_revision = require "wl.controller_revision"
local hash = require "wl.hash"
local history = require "wl.revision_history"

local revisions = {}

local LABEL = controller_revision.POD_LABEL

--- The hash of a revision.
-- @treturn string
function revisions.sum(revision) return (revision.metadata.labels or {})[LABEL] or "" end

local function labeled(ctx, revision)
  if (revision.metadata.labels or {})[LABEL] then
    return revision
  end
  return ctx:update(revision, function(draft)
    if draft.metadata.labels == nil then draft.metadata.labels = {} end
    draft.metadata.labels[LABEL] = draft.metadata.name
  end)
end

local function split(ctx, list, template)
  local is_equal, equal, old = {}, {}, {}
  for _, one in ipairs(history.equal(list, template)) do
    is_equal[one.metadata.name] = true
  end
  for _, one in ipairs(list) do
    local with_label, message, code = labeled(ctx, one)
    if not with_label then
      return nil, message, code
    end
    local to = is_equal[one.metadata.name] and equal or old
    to[#to + 1] = with_label
  end
  return equal, old
end

local function relabel(ctx, set, from, to)
  for pod in ctx:owned(set, "Pod"):batch():each() do
    if (pod.metadata.labels or {})[LABEL] == from then
      local written, message, code = ctx:update(pod, function(draft)
        draft.metadata.labels[LABEL] = to
      end)
      if not written and code ~= "NotFound" then
        return nil, message, code
      end
    end
  end
  return true
end

-- Of several of one template the newest stays, and the pods of the others are its.
local function only(ctx, set, equal)
  local kept = equal[#equal]
  for i = 1, #equal - 1 do
    local done, message, code = relabel(ctx, set, revisions.sum(equal[i]), revisions.sum(kept))
    if done then
      done, message, code = history.delete(ctx, { equal[i] })
    end
    if not done then
      return nil, message, code
    end
  end
  return kept
end

local function new(set, number)
  return function(collisions)
    local sum = hash.template(set.spec.template, collisions > 0 and collisions or nil)
    return history.new(set, number, set.metadata.name .. "-" .. sum, LABEL, sum)
  end
end

--- Find or make the revision of the present template.
-- @param ctx
-- @param set
-- @tparam table list all revisions, the oldest first
-- @return the revision; or nil, message, code
-- @treturn table the old ones
-- @treturn integer collisions
function revisions.find(ctx, set, list)
  local taken = (set.status or {}).collisionCount or 0
  local equal, old, code = split(ctx, list, set.spec.template)
  if not equal then
    return nil, old, code
  end
  local number = (#old > 0 and old[#old].revision or 0) + 1
  if #equal == 0 then
    local made, collisions, problem = history.create(ctx, set, new(set, number), taken)
    return made, made and old or collisions, made and collisions or problem
  end
  local kept, message
  kept, message, code = only(ctx, set, equal)
  if kept and kept.revision < number then
    kept, message, code = history.renumber(ctx, kept, number)
  end
  if not kept then
    return nil, message, code
  end
  return kept, old, taken
end

--- The old revisions that the history has no room for. Those of pods stay, and
-- take up room.
-- @tparam table old the oldest first
-- @tparam ?integer limit revisionHistoryLimit
-- @tparam function is_used called with a hash: has any pod it?
-- @treturn table array
function revisions.expired(old, limit, is_used)
  local expired, excess = {}, limit and #old - limit or 0
  for _, one in ipairs(old) do
    if #expired < excess and not is_used(revisions.sum(one)) then
      expired[#expired + 1] = one
    end
  end
  return expired
end

return revisions
