-- SPDX-License-Identifier: MIT
--- The ControllerRevisions of a StatefulSet or DaemonSet: which there are, the
-- one of the present template, and which may go.
--
-- Source: pkg/controller/history.
local claim = require "wl.claim"
local controller_revision = require "wl.controller_revision"
local owner = require "wl.owner"
local pod_template = require "wl.pod_template"
local value = require "wl.value"

local revision_history = {}

local function before(a, b)
  if a.revision ~= b.revision then
    return a.revision < b.revision
  end
  local x, y = a.metadata, b.metadata
  if x.creationTimestamp ~= y.creationTimestamp then
    return (x.creationTimestamp or "") < (y.creationTimestamp or "")
  end
  return x.name < y.name
end

--- Bring them in order: by revision, then by age, then by name.
-- @tparam table revisions array, changed
-- @treturn table it
function revision_history.sort(revisions)
  table.sort(revisions, before)
  return revisions
end

--- Those that an object controls, the newest last.
-- @param cluster anything with `owned`
-- @param object a StatefulSet or DaemonSet
-- @treturn table array
function revision_history.owned(cluster, object)
  local found = {}
  for one in cluster:owned(object, "ControllerRevision"):each() do
    found[#found + 1] = one
  end
  return revision_history.sort(found)
end

--- The same, after orphans that match were adopted.
-- @treturn ?table nil, message, code when one could not be
function revision_history.claimed(ctx, object)
  local done, message, code =
    claim.sync(ctx, object, "ControllerRevision", object.spec.selector)
  if not done then
    return nil, message, code
  end
  return revision_history.owned(ctx, object)
end

-- What was stored of this template shares its parts: told apart at a glance.
local function shares(revision, template)
  local stored = value.get(revision.data, "spec.template")
  return stored ~= nil and value.equal(stored.metadata, template.metadata)
    and value.equal(stored.spec, template.spec)
end

--- Does a revision hold this template?
-- @param revision
-- @param template of pods
-- @tparam function data returns controller_revision.data(template)
-- @treturn boolean
function revision_history.holds(revision, template, data)
  return shares(revision, template) or controller_revision.text(revision.data) == data()
end

--- The revisions that hold a template, in the order of the list.
-- @tparam table revisions
-- @param template
-- @treturn table array
function revision_history.equal(revisions, template)
  local text, found = nil, {}
  local function data()
    text = text or controller_revision.data(template)
    return text
  end
  for _, one in ipairs(revisions) do
    if revision_history.holds(one, template, data) then
      found[#found + 1] = one
    end
  end
  return found
end

--- The template that a revision holds.
-- @param revision
-- @return a view
function revision_history.template(revision)
  return value.update(value.of(revision.data.spec.template), function(draft)
    draft["$patch"] = nil
  end)
end

--- A revision of an object's template, to be created.
-- @param object a StatefulSet or DaemonSet
-- @tparam integer number
-- @tparam string name
-- @tparam string label that holds the hash
-- @tparam string sum the hash
-- @treturn table
function revision_history.new(object, number, name, label, sum)
  local template = object.spec.template
  return {
    apiVersion = "apps/v1",
    kind = "ControllerRevision",
    metadata = {
      name = name,
      namespace = object.metadata.namespace,
      labels = pod_template.with_label(template.metadata and template.metadata.labels, label, sum),
      annotations = object.metadata.annotations,
      ownerReferences = { owner.reference(object) },
    },
    data = controller_revision.value(template),
    revision = number,
  }
end

--- Create a revision under the first name that is free. A revision of that name
-- that holds the same is the one.
-- @param ctx
-- @param object
-- @tparam function make called as make(collisions); returns a revision
-- @tparam integer collisions so far
-- @return the revision; or nil, message, code
-- @treturn integer collisions, one more for each name that was taken
function revision_history.create(ctx, object, make, collisions)
  while true do
    local wanted = make(collisions)
    local created, message, code = ctx:create(wanted)
    if created then
      return created, collisions
    elseif code ~= "AlreadyExists" then
      return nil, message, code
    end
    local there = ctx:get("ControllerRevision", object.metadata.namespace, wanted.metadata.name)
    if there and controller_revision.text(there.data) == controller_revision.text(wanted.data) then
      return there, collisions
    end
    collisions = collisions + 1
  end
end

--- Give a revision a number.
-- @return the revision; or nil, message, code
function revision_history.renumber(ctx, revision, number)
  if revision.revision == number then
    return revision
  end
  return ctx:update(revision, function(draft) draft.revision = number end)
end

--- Delete revisions.
-- @tparam table revisions array
-- @treturn ?boolean true; or nil, message, code
function revision_history.delete(ctx, revisions)
  for _, one in ipairs(revisions) do
    local deleted, message, code = ctx:delete(one)
    if not deleted and code ~= "NotFound" then
      return nil, message, code
    end
  end
  return true
end

return revision_history
