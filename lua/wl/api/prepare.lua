-- SPDX-License-Identifier: MIT
--- What the API server sets and resets when an object is written.
--
-- Three functions a kind: `create(draft)` for a new object that has its
-- defaults, name and uid; `update(draft, old)` for a new version of it;
-- `status(draft, old)` for a new version of its status only. Drafts are changed
-- in place; `old` is what is stored.
--
--     local prepare = require("wl.api.prepare").standard(apps.ReplicaSet)
--     return kind "ReplicaSet" {
--       prepare_create = prepare.create, prepare_update = prepare.update,
--       prepare_status = prepare.status, ...
--
-- Source: the strategy.go of each kind below pkg/registry; apiserver
-- pkg/registry/rest create.go and update.go.
local schema = require "wl.schema"
local value = require "wl.value"

local prepare = {}

-- Every field but metadata, status and what names the kind.
local function desired_fields(t)
  local names = {}
  for _, name in ipairs(t.names) do
    if name ~= "metadata" and name ~= "status" and name ~= "apiVersion" and name ~= "kind" then
      names[#names + 1] = name
    end
  end
  return names
end

--- Has any of these fields changed?
-- @param new
-- @param old
-- @tparam {string,...} names
-- @treturn boolean
function prepare.differs(new, old, names)
  for _, name in ipairs(names) do
    if not value.equal(new[name], old[name]) then return true end
  end
  return false
end

local function fresh_status(t)
  local status = {}
  schema.default(t.fields.status, status)
  return status
end

--- The rules that most kinds follow: a status that only a status update can
-- write, and a generation that moves with the specification.
-- @tparam type t the kind's type
-- @tparam ?table options
--   generation  false: there is none; function(new, old): does it move?
--   keeps_status  true: who creates the object says its status
--   create      function(draft): more to do on creation
--   update      function(draft, old): more to do on an update, before the generation moves
--   status      function(draft, old): more to do on a status update
-- @treturn {create=function,update=function,status=function}
function prepare.standard(t, options)
  options = options or {}
  local names = desired_fields(t)
  local moves = options.generation
  if moves == nil then
    moves = function(new, old) return prepare.differs(new, old, names) end
  end
  local rules = {}

  function rules.create(draft)
    if t.fields.status and not options.keeps_status then draft.status = fresh_status(t) end
    draft.metadata.generation = moves and 1 or nil
    if options.create then options.create(draft) end
  end

  function rules.update(draft, old)
    draft.status = old.status
    draft.metadata.generation = old.metadata.generation
    if options.update then options.update(draft, old) end
    if moves and moves(draft, old) then
      draft.metadata.generation = (old.metadata.generation or 0) + 1
    end
  end

  function rules.status(draft, old)
    for _, name in ipairs(names) do draft[name] = old[name] end
    draft.metadata.generation = old.metadata.generation
    if options.status then options.status(draft, old) end
  end

  return rules
end

--- The rules for kinds that users define: as for custom resources, a status
-- update changes nothing but the status.
-- @tparam type t
-- @treturn {create=function,update=function,status=function}
function prepare.custom(t)
  return prepare.standard(t, {
    status = function(draft, old)
      local version = draft.metadata.resourceVersion
      draft.metadata = value.table(old.metadata)
      draft.metadata.resourceVersion = version
    end,
  })
end

-- metadata, alike for all kinds

local ASSIGNED = {
  "deletionTimestamp", "deletionGracePeriodSeconds", "resourceVersion", "selfLink",
  "managedFields",
}

--- Reset what a client may not choose for a new object. Its uid and
-- creationTimestamp are the caller's to set.
-- @param metadata a draft
function prepare.new_metadata(metadata)
  for _, name in ipairs(ASSIGNED) do
    if metadata[name] ~= nil then metadata[name] = nil end
  end
end

local KEPT = { "creationTimestamp", "generation", "selfLink", "managedFields" }

--- Keep what an update cannot change.
-- @param metadata a draft
-- @param old the stored metadata
function prepare.updated_metadata(metadata, old)
  for _, name in ipairs(KEPT) do
    if metadata[name] ~= old[name] then metadata[name] = old[name] end
  end
  if metadata.uid == nil then metadata.uid = old.uid end
  if old.deletionTimestamp ~= nil then
    metadata.deletionTimestamp = old.deletionTimestamp
    if metadata.deletionGracePeriodSeconds == nil then
      metadata.deletionGracePeriodSeconds = old.deletionGracePeriodSeconds
    end
  elseif metadata.deletionTimestamp ~= nil then
    metadata.deletionTimestamp, metadata.deletionGracePeriodSeconds = nil, nil
  end
end

return prepare
