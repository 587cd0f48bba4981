-- SPDX-License-Identifier: MIT
--- One sync of a Deployment: its ReplicaSets as found, and the writes it makes.
--
-- A run has `ctx`, `deployment` (as last written), `strategy`, `new` (the set of
-- the current template, or nil), `old` (the others, oldest first), `replicas`,
-- `surge` and `unavailable`. What is done with it is in `wl.rollout.steps`,
-- `wl.rollout.new_set`, `wl.rollout.advance` and `wl.rollout.rollback`.
-- Source: pkg/controller/deployment.
local budget = require "wl.rollout.budget"
local revision = require "wl.revision"
local selector = require "wl.selector"
local sets = require "wl.rollout.sets"
local value = require "wl.value"

local Run = {}
Run.__index = Run

-- ReplicaSets are few: each is looked at.
local function owned(ctx, deployment)
  local kept, strays = {}, {}
  local ours = selector.from(deployment.spec.selector)
  for object in ctx:owned(deployment, "ReplicaSet"):each() do
    local list = ours:matches(object.metadata.labels or {}) and kept or strays
    list[#list + 1] = object
  end
  return kept, strays
end

local function orphans(ctx, deployment)
  local found = {}
  local space = deployment.metadata.namespace
  for object in ctx:orphans("ReplicaSet", space, deployment.spec.selector):each() do
    if object.metadata.deletionTimestamp == nil then
      found[#found + 1] = object
    end
  end
  return found
end

local function release(ctx, deployment, strays)
  for _, object in ipairs(strays) do
    local released, message, code = ctx:release(deployment, object)
    if not released and code ~= "NotFound" then
      return nil, message, code
    end
  end
  return true
end

local function adopt(ctx, deployment, kept)
  for _, object in ipairs(orphans(ctx, deployment)) do
    local adopted, message, code = ctx:adopt(deployment, object)
    if adopted then
      kept[#kept + 1] = value.is_map(adopted) and adopted or object
    elseif code ~= "NotFound" then
      return nil, message, code
    end
  end
  return kept
end

local function claimed(ctx, deployment)
  local kept, strays = owned(ctx, deployment)
  if deployment.metadata.deletionTimestamp ~= nil then
    return kept
  end
  local done, message, code = release(ctx, deployment, strays)
  if not done then
    return nil, message, code
  end
  return adopt(ctx, deployment, kept)
end

--- Begin a sync: adopt and release ReplicaSets, tell the new one from the old.
-- @param ctx
-- @param deployment
-- @tparam table strategy see `wl.strategy`
-- @treturn ?table the run; or nil, message, code
function Run.open(ctx, deployment, strategy)
  local objects, message, code = claimed(ctx, deployment)
  if not objects then
    return nil, message, code
  end
  local self = setmetatable({ ctx = ctx, deployment = deployment, strategy = strategy }, Run)
  self.new, self.old = sets.split(objects, deployment.spec.template)
  self.replicas = deployment.spec.replicas or 1
  self.surge, self.unavailable = budget.of(deployment, strategy)
  return self
end

--- All sets, the new one last.
function Run:all() return sets.all(self.new, self.old) end

--- Do one step after the other, until one fails.
-- @tparam function ... steps: each takes the run and returns true, or nil,
--   message, code
-- @treturn ?boolean true; or nil, message, code
function Run:perform(...)
  for _, step in ipairs { ... } do
    local done, message, code = step(self)
    if not done then
      return nil, message, code
    end
  end
  return true
end

--- Write the deployment's status.
-- @param change a table, or a function that changes a draft of the status and,
--   its second argument, of the object's annotations
-- @treturn ?boolean true; or nil, message, code
function Run:write_status(change)
  local written, message, code = self.ctx:update_status(self.deployment, change)
  if not written then
    return nil, message, code
  end
  self.deployment = written
  return true
end

--- The conditions in the deployment's status.
function Run:conditions() return (self.deployment.status or {}).conditions end

--- Write a ReplicaSet.
-- @tparam table set brought up to date
-- @tparam function change of a draft
-- @treturn ?boolean true; or nil, message, code
function Run:update(set, change)
  local written, message, code = self.ctx:update(set.object, change)
  if not written then
    return nil, message, code
  end
  for field, x in pairs(sets.read(written)) do
    set[field] = x
  end
  return true
end

--- Size a ReplicaSet and note for how many pods in all that was.
-- @tparam table set
-- @tparam integer size
-- @treturn ?boolean true; or nil, message, code
function Run:scale(set, size)
  local before, most = set.replicas, self.replicas + self.surge
  local annotations = revision.sized(set.object.metadata.annotations, self.replicas, most)
  local done, message, code = self:update(set, function(draft)
    draft.spec.replicas = size
    draft.metadata.annotations = annotations
  end)
  if done and before ~= size then
    self.scaled = true
    self.ctx:event(self.deployment, "Normal", "ScalingReplicaSet",
      ("Scaled %s replica set %s from %d to %d")
        :format(before < size and "up" or "down", set.name, before, size))
  end
  return done, message, code
end

--- Size a ReplicaSet that has another size.
-- @tparam table set
-- @tparam integer size
-- @treturn ?boolean true; or nil, message, code
function Run:scale_to(set, size)
  if set.replicas == size then
    return true
  end
  return self:scale(set, size)
end

return Run
