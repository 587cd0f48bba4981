-- SPDX-License-Identifier: MIT
-- Runs of the whole Deployment controller. Between two syncs each ReplicaSet
-- has the pods it wants, available at once unless their image never is.
local deployment_case = require "spec.support.deployment_case"
local fake_ctx = require "spec.support.fake_ctx"
local generated_names = require "wl.generated_names"
local hash = require "wl.hash"
local kind = require "stdlib.kinds.deployment"
local owner = require "wl.owner"
local revision = require "wl.revision"
local shared = require "spec.support.shared"
local value = require "wl.value"

local image_of, merge = deployment_case.image, deployment_case.merge

local MOST_SYNCS = 1000

-- ---- what users write ----

local function default(object)
  local spec = object.spec
  spec.replicas = spec.replicas or 1
  spec.strategy = spec.strategy or {}
  spec.strategy.type = spec.strategy.type or "RollingUpdate"
  if spec.strategy.type == "RollingUpdate" then
    local rolling = spec.strategy.rollingUpdate or {}
    rolling.maxSurge = rolling.maxSurge or "25%"
    rolling.maxUnavailable = rolling.maxUnavailable or "25%"
    spec.strategy.rollingUpdate = rolling
  end
  spec.revisionHistoryLimit = spec.revisionHistoryLimit or 10
  spec.progressDeadlineSeconds = spec.progressDeadlineSeconds or 600
end

-- ---- the world ----

local World = {}
World.__index = World

function World.new(input)
  local self = setmetatable({ ctx = fake_ctx.new(), names = {}, made = 0, bad = {} }, World)
  local object = value.table(input.deployment)
  object.metadata.uid = "uid-" .. object.metadata.name
  default(object)
  self.deployment = self.ctx:add(object)
  for _, set in ipairs(input.replicaSets or {}) do
    self:add_set(set)
  end
  return self
end

function World:add_set(set)
  local object = merge({ apiVersion = "apps/v1", kind = "ReplicaSet" }, set)
  object.spec.replicas = object.spec.replicas or 1
  self.names[object.metadata.name] = object.metadata.name
  return self.ctx:add(object)
end

function World:sets()
  local found = {}
  for _, object in ipairs(self.ctx.objects) do
    if object.kind == "ReplicaSet" then
      found[#found + 1] = object
    end
  end
  return found
end

function World:name(object)
  local name = object.metadata.name
  if not self.names[name] then
    self.made = self.made + 1
    self.names[name] = ("rs-%d"):format(self.made)
  end
  return self.names[name]
end

function World:is_ours(object) return owner.controls(self.deployment, object) end

-- Each set gets the pods that it wants; those of a set that was scaled down may
-- stay for some syncs.
function World:settle()
  for _, object in ipairs(self:sets()) do
    local size = object.spec.replicas
    local available = not self.bad[image_of(object)] and size or 0
    self.ctx:edit(object, function(draft)
      local some = available > 0 and available or nil
      draft.status = { replicas = size, readyReplicas = some, availableReplicas = some,
        fullyLabeledReplicas = size > 0 and size or nil, terminatingReplicas = 0,
        observedGeneration = draft.metadata.generation }
    end)
  end
  self.deployment = self.ctx:stored(self.deployment)
end

function World:let_linger(object, syncs)
  self.ctx:add { kind = "Pod", syncs = syncs, status = { phase = "Running" }, metadata = {
    name = "lingering", deletionTimestamp = self.ctx:timestamp(),
    ownerReferences = { owner.reference(object) } } }
end

function World:age_pods()
  for _, object in ipairs { table.unpack(self.ctx.objects) } do
    if object.kind == "Pod" then
      object.syncs = object.syncs - 1
      if object.syncs < 0 then
        self.ctx:delete(object)
      end
    end
  end
end

function World:total(field)
  local total = 0
  for _, object in ipairs(self:sets()) do
    if self:is_ours(object) then
      total = total + (field(object) or 0)
    end
  end
  return total
end

local function size_of(object) return object.spec.replicas end

local function available_of(object) return object.status and object.status.availableReplicas end

-- ---- phases ----

function World:find(word)
  for _, object in ipairs(self:sets()) do
    local annotations = object.metadata.annotations or {}
    if object.metadata.name == word or self.names[object.metadata.name] == word
      or annotations[revision.NUMBER] == word then
      return object
    end
  end
  error("no replica set " .. word)
end

function World:apply(patch)
  self.deployment = self.ctx:edit(self.deployment, function(draft)
    local spec, metadata = value.table(draft.spec), value.table(draft.metadata)
    merge(draft, patch)
    default(draft)
    local changed = not value.equal(spec, draft.spec)
      or not value.equal(metadata.annotations or {}, draft.metadata.annotations or {})
      or metadata.deletionTimestamp ~= draft.metadata.deletionTimestamp
    draft.metadata.generation = draft.metadata.generation + (changed and 1 or 0)
  end)
end

-- Take the names that the next new sets would get.
function World:collide(count)
  local deployment = self.deployment
  local taken = (deployment.status or {}).collisionCount
  for i = 1, count do
    local sum = hash.template(deployment.spec.template, taken)
    local name = generated_names.replica_set(deployment.metadata.name, sum)
    local object = self:add_set { metadata = { name = name, labels = { other = "x" } }, spec = {
      replicas = 1, selector = { matchLabels = { other = "x" } },
      template = { metadata = { labels = { other = "x" } }, spec = {} } } }
    self.names[object.metadata.name] = ("squatter-%d"):format(i)
    taken = (taken or 0) + 1
  end
end

function World:begin(phase)
  self.linger = phase.oldPodsLinger
  self.bad = {}
  for _, image in ipairs(phase.neverReady or {}) do
    self.bad[image] = true
  end
  if phase.apply then
    self:apply(phase.apply)
  end
  for word, patch in pairs(phase.replicaSetPatch or {}) do
    self.ctx:edit(self:find(word), function(draft) merge(draft, patch) end)
  end
  local gone = phase.replicaSetDelete or {}
  for _, word in ipairs(type(gone) == "string" and { gone } or gone) do
    self.ctx:delete(self:find(word))
  end
  local added = phase.replicaSetAdd or {}
  for _, set in ipairs(added.metadata and { added } or added) do
    self:add_set(set)
  end
  if phase.collide then
    self:collide(math.tointeger(phase.collide) or 1)
  end
  self.ctx.writes = {}
end

-- ---- syncs ----

function World:note_scales(first, result)
  for i = first, #self.ctx.writes do
    local write = self.ctx.writes[i]
    local size = write.kind == "ReplicaSet" and write.verb ~= "delete" and size_of(write.object)
    if size and (not write.before or size_of(write.before) ~= size) then
      result.scales[#result.scales + 1] = { self:name(write.object), size }
      if write.before and size < size_of(write.before) and self.linger then
        self:let_linger(write.object, self.linger)
      end
    end
  end
end

function World:sync(result)
  self:settle()
  result.minAvailable = math.min(result.minAvailable, self:total(available_of))
  result.maxTotal = math.max(result.maxTotal, self:total(size_of))
  self:age_pods()
  self.ctx.writes = {}
  local _, message = kind.reconcile(self.ctx, self.deployment)
  result.errors = result.errors + (message and 1 or 0)
  local writes = #self.ctx.writes
  self:note_scales(1, result)
  self.deployment = self.ctx:stored(self.deployment)
  result.maxTotal = math.max(result.maxTotal, self:total(size_of))
  return writes > 0 or message ~= nil
end

function World:run(phase)
  self:begin(phase)
  local result = { scales = {}, maxTotal = 0, minAvailable = math.huge, errors = 0 }
  local idle = 0
  for _ = 1, MOST_SYNCS do
    idle = self:sync(result) and 0 or idle + 1
    if idle == 2 then
      return result
    end
  end
  error "does not come to rest"
end

describe("The Deployment controller", function()
  shared.each("deployment_traces", nil, function(_, input, expected)
    local world = World.new(input)
    for i, phase in ipairs(input.phases) do
      local wanted, result = expected.phases[i], world:run(phase)
      assert.same(wanted.scales, result.scales)
      assert.same(wanted.deployment,
        deployment_case.describe_deployment(world.deployment, wanted.deployment))
      assert.equal(#wanted.replicaSets, #world:sets())
      for n, object in ipairs(world:sets()) do
        assert.same(wanted.replicaSets[n], deployment_case.describe_set(object,
          wanted.replicaSets[n], world:name(object), world:is_ours(object)))
      end
      assert.equal(wanted.maxTotal, result.maxTotal)
      assert.equal(wanted.minAvailable, result.minAvailable)
      assert.equal(wanted.errors or 0, result.errors)
    end
  end)
end)
