-- SPDX-License-Identifier: MIT
--- The garbage collector: what belongs to nobody any more is deleted.
--
-- An owner reference counts by uid. When an owner goes, its dependents follow;
-- when it is deleted in the foreground, they go first; when it orphans them,
-- they only lose the reference.
-- Source: pkg/controller/garbagecollector.
local garbage = {}

local function each_dependents(ctx, uid, visit)
  for number, kind in ipairs(ctx.server.kinds) do
    local set = ctx.store:owned(number, uid)
    if #set > 0 then visit(set, kind) end
  end
end

local function without_finalizer(ctx, object, finalizer)
  return ctx.store:change(ctx.server:id(object), function(draft)
    local kept = {}
    for _, one in ipairs(object.metadata.finalizers) do
      if one ~= finalizer then kept[#kept + 1] = one end
    end
    draft.metadata.finalizers = #kept > 0 and kept or nil
  end)
end

local function collect(ctx, uid)
  each_dependents(ctx, uid, function(set) ctx:delete_many(set:batch()) end)
end

local function orphan(ctx, owner)
  each_dependents(ctx, owner.metadata.uid, function(set)
    for dependent in set:batch():each() do ctx:release(owner, dependent) end
  end)
  without_finalizer(ctx, owner, "orphan")
end

-- Dependents that do not block are deleted, but not waited for.
local function blocks(owner, dependent)
  for _, reference in ipairs(dependent.metadata.ownerReferences or {}) do
    if reference.uid == owner.metadata.uid then return reference.blockOwnerDeletion == true end
  end
  return false
end

-- Returns whether dependents that block are still there.
local function foreground(ctx, owner)
  local waits = false
  each_dependents(ctx, owner.metadata.uid, function(set)
    for dependent in set:batch():each() do
      waits = waits or blocks(owner, dependent)
      if dependent.metadata.deletionTimestamp == nil then
        ctx:delete(dependent, { propagation = "Foreground" })
      end
    end
  end)
  if waits then return true end
  without_finalizer(ctx, owner, "foregroundDeletion")
  return false
end

local function has(object, finalizer)
  for _, one in ipairs(object.metadata.finalizers or {}) do
    if one == finalizer then return true end
  end
  return false
end

-- Owners that are being deleted and still have to see to their dependents.
local function see_to(ctx, owner)
  if has(owner, "orphan") then
    orphan(ctx, owner)
  elseif has(owner, "foregroundDeletion") then
    foreground(ctx, owner)
  end
end

local function deleting(ctx)
  local owners = {}
  for number in ipairs(ctx.server.kinds) do
    local set = ctx.store:where(number, "collecting")
    for object in set:batch():each() do owners[#owners + 1] = object end
  end
  return owners
end

--- The component.
garbage.component = {
  name = "garbage-collector",
  run = function(ctx)
    for _, uid in ipairs(ctx.store:ownerless()) do
      if not ctx:by_uid(uid) then collect(ctx, uid) end
    end
    for _, owner in ipairs(deleting(ctx)) do see_to(ctx, owner) end
  end,
}

return garbage
