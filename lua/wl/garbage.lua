-- SPDX-License-Identifier: MIT
--- The garbage collector: what belongs to nobody any more is deleted.
--
-- An object is kept while one of its owners is there: an object of the uid, kind
-- and name in the reference, in the same namespace or in none. When the last owner
-- goes it is deleted; when others stay it only loses the references to those that
-- went. An owner deleted in the foreground waits until the dependents that block
-- it are gone; one that orphans its dependents is taken out of their owners.
--
-- What has to be looked at is noted by the store (wl.store: departed, concerns),
-- and objects that share their owners are judged together.
-- Source: pkg/controller/garbagecollector.
local deletion = require "wl.deletion"
local value = require "wl.value"

local garbage = {}

local FOREGROUND, ORPHAN = deletion.FOREGROUND, deletion.ORPHAN

-- ---- what became of an owner ----

local INVALID_NAMESPACE = "ownerRef [%s/%s, namespace: %s, name: %s, uid: %s]"
  .. " does not exist in namespace %q"

local function tell_wrong_namespace(ctx, batch, namespace, reference)
  ctx:event_many(batch, "Warning", "OwnerRefInvalidNamespace", INVALID_NAMESPACE:format(
    reference.apiVersion, reference.kind, namespace, reference.name, reference.uid, namespace))
end

-- "solid", "gone", or "waiting": it is deleted in the foreground. "unknown": there
-- is no such kind, or objects outside of namespaces cannot have such an owner.
local function state_of(ctx, batch, namespace, reference)
  local kind = ctx.server.registry:find(reference.apiVersion, reference.kind)
  if not kind then return "unknown" end
  if kind.namespaced and not namespace then
    tell_wrong_namespace(ctx, batch, "", reference)
    return "unknown"
  end
  local owner = ctx:get(kind, kind.namespaced and namespace or nil, reference.name)
  if not owner or owner.metadata.uid ~= reference.uid then
    if ctx:by_uid(reference.uid) and kind.namespaced then
      tell_wrong_namespace(ctx, batch, namespace, reference)
    end
    return "gone"
  end
  return owner.metadata.deletionTimestamp and deletion.has(owner, FOREGROUND) and "waiting"
    or "solid"
end

-- How many owners are in each state, and the references to solid ones.
local function classify(ctx, batch, namespace, references)
  local count = { solid = 0, gone = 0, waiting = 0, unknown = 0 }
  local solid = value.list {}
  for _, reference in ipairs(references) do
    local state = state_of(ctx, batch, namespace, reference)
    count[state] = count[state] + 1
    if state == "solid" then solid[#solid + 1] = reference end
  end
  return count, solid
end

-- ---- what follows for the dependents ----

local function set_owners(ctx, batch, references)
  ctx:update_many(batch, { metadata = {
    ownerReferences = #references > 0 and references or value.null } })
end

local function unblocked(references)
  local list = value.table(references)
  for _, reference in ipairs(list) do reference.blockOwnerDeletion = false end
  return list
end

local function is_waiting(ctx, object)
  for _, set in ipairs(ctx.store:dependents(object.metadata.uid)) do
    local batch = set:batch "collecting"
    for dependent in batch:each() do
      if deletion.has(dependent, FOREGROUND) then return true end
    end
  end
  return false
end

-- Objects that wait for each other in a circle would wait for ever.
local function delete_in_foreground(ctx, batch, references)
  for object in batch:each() do
    if is_waiting(ctx, object) then
      object = ctx:update(object, function(draft)
        draft.metadata.ownerReferences = unblocked(references)
      end) or object
    end
    ctx:delete(object, { propagation = "Foreground" })
  end
end

local function delete_all(ctx, group, count)
  local batch, references, finalizers = group.batch, group[1], group[3]
  if count.waiting > 0 then
    local owning
    owning, batch = ctx.store:owning(batch)
    delete_in_foreground(ctx, owning, references)
  end
  local held = { metadata = { finalizers = finalizers } }
  ctx:delete_many(batch, { propagation = deletion.has(held, ORPHAN) and "Orphan"
    or deletion.has(held, FOREGROUND) and "Foreground" or "Background" })
end

-- Objects with the same owners in the same namespace, alike in their finalizers.
local function judge(ctx, group)
  local references, namespace = group[1], group[2]
  local count, solid = classify(ctx, group.batch, namespace, references or {})
  if not references or #references == 0 or count.unknown > 0 then return end
  if count.solid == 0 then
    delete_all(ctx, group, count)
  elseif count.gone + count.waiting > 0 then
    set_owners(ctx, group.batch, solid)
  end
end

local function judge_all(ctx, batch)
  for _, group in ipairs(batch:group_by("metadata.ownerReferences", "metadata.namespace",
    "metadata.finalizers")) do judge(ctx, group) end
end

-- ---- owners that are being deleted ----

local function without_owner(references, uid)
  local kept = value.list {}
  for _, reference in ipairs(references) do
    if reference.uid ~= uid then kept[#kept + 1] = reference end
  end
  return kept
end

local function orphan(ctx, owner)
  local uid = owner.metadata.uid
  for _, set in ipairs(ctx.store:dependents(uid)) do
    for _, group in ipairs(set:batch():group_by "metadata.ownerReferences") do
      set_owners(ctx, group.batch, without_owner(group[1], uid))
    end
  end
  deletion.remove_finalizer(ctx, owner, ORPHAN)
end

local function blocks(dependent, uid)
  for _, reference in ipairs(dependent.metadata.ownerReferences) do
    if reference.uid == uid and reference.blockOwnerDeletion then return true end
  end
  return false
end

local function is_blocked(ctx, uid)
  for _, set in ipairs(ctx.store:dependents(uid)) do
    for dependent in set:each() do
      if blocks(dependent, uid) then return true end
    end
  end
  return false
end

-- Dependents that do not block are deleted, but not waited for.
local function foreground(ctx, owner)
  local uid = owner.metadata.uid
  for _, set in ipairs(ctx.store:dependents(uid)) do
    if set:count "staying" > 0 then judge_all(ctx, set:batch "staying") end
  end
  if not is_blocked(ctx, uid) then deletion.remove_finalizer(ctx, owner, FOREGROUND) end
end

-- ---- the component ----

local function collect(ctx, owner)
  if deletion.has(owner, ORPHAN) then
    orphan(ctx, owner)
  elseif deletion.has(owner, FOREGROUND) then
    foreground(ctx, owner)
  end
end

local function look_at(ctx, batch)
  local staying, leaving = batch:split "staying"
  if #staying > 0 then judge_all(ctx, staying) end
  if #leaving == 0 then return end
  for owner in leaving:split "collecting":each() do collect(ctx, owner) end
end

local function look_at_dependents(ctx, uid)
  for _, set in ipairs(ctx.store:dependents(uid)) do
    if set:count "staying" > 0 then judge_all(ctx, set:batch "staying") end
  end
end

-- The store tells of each change once. When the server has refused something, the owners
-- that it was about are looked at again.
local function look_again(ctx)
  local again = ctx.again or {}
  ctx.again = nil
  for _, uid in ipairs(again) do
    local owner = ctx:by_uid(uid)
    if not owner then
      look_at_dependents(ctx, uid)
    elseif owner.metadata.deletionTimestamp then
      collect(ctx, owner)
    end
  end
  return again
end

local function note_owners(uids, batch)
  for object in batch:each() do
    uids[#uids + 1] = object.metadata.uid
    for _, reference in ipairs(object.metadata.ownerReferences or {}) do
      uids[#uids + 1] = reference.uid
    end
  end
end

local function run(ctx)
  local again, departed = look_again(ctx), ctx.store:departed()
  for _, uid in ipairs(departed) do look_at_dependents(ctx, uid) end
  local concerns = ctx.store:concerns()
  for number in ipairs(ctx.server.kinds) do
    if concerns[number] then look_at(ctx, concerns[number]) end
  end
  if not ctx.was_refused then return end
  ctx.again = table.move(departed, 1, #departed, #again + 1, again)
  for number in ipairs(ctx.server.kinds) do
    if concerns[number] then note_owners(ctx.again, concerns[number]) end
  end
end

--- The component.
garbage.component = { name = "garbage-collector", run = run }

return garbage
