-- SPDX-License-Identifier: MIT
-- The same runs with all controllers, on a cluster: what is left must be the
-- same, and on the way there must be no more pods and no fewer available ones.
local budget = require "wl.rollout.budget"
local cluster = require "wl.cluster"
local deployment_case = require "spec.support.deployment_case"
local generated_names = require "wl.generated_names"
local hash = require "wl.hash"
local owner = require "wl.owner"
local revision = require "wl.revision"
local shared = require "spec.support.shared"
local small_kubelet = require "spec.support.small_kubelet"
local value = require "wl.value"

local World = {}
World.__index = World

local function plain(object, fields)
  return deployment_case.merge(value.table(object), fields)
end

function World.new(input)
  local self = setmetatable({ cluster = cluster.new {}, names = {}, made = 0, bad = {} }, World)
  assert(self.cluster.server:create(plain(input.deployment, {})))
  self.name = input.deployment.metadata.name
  for _, set in ipairs(input.replicaSets or {}) do
    self:add_set(set)
  end
  return self
end

function World:deployment()
  return (self.cluster.server:get("Deployment", "default", self.name))
end

-- An owner by the name of the deployment is meant to be it.
function World:add_set(set, name)
  local object = plain(set, { apiVersion = "apps/v1", kind = "ReplicaSet" })
  for _, reference in ipairs(object.metadata.ownerReferences or {}) do
    if reference.uid == "uid-" .. self.name then
      reference.uid = self:deployment().metadata.uid
    end
  end
  self.names[object.metadata.name] = name or object.metadata.name
  assert(self.cluster.server:create(object))
end

-- In order of creation.
function World:sets()
  local number = self.cluster.server:number(assert(self.cluster.server:kind "ReplicaSet"))
  local found = {}
  for object in self.cluster.store:all(number):each() do
    found[#found + 1] = object
  end
  return found
end

function World:set_name(object)
  local name = object.metadata.name
  if not self.names[name] then
    self.made = self.made + 1
    self.names[name] = ("rs-%d"):format(self.made)
  end
  return self.names[name]
end

function World:find(word)
  for _, object in ipairs(self:sets()) do
    local annotations = object.metadata.annotations or {}
    if self.names[object.metadata.name] == word or object.metadata.name == word
      or annotations[revision.NUMBER] == word then
      return object
    end
  end
  error("no replica set " .. word)
end

function World:write(object, patch)
  local merged = deployment_case.merge(value.table(object), patch)
  assert(self.cluster.server:update(merged))
end

function World:collide(count)
  local deployment = self:deployment()
  local taken = deployment.status.collisionCount
  for i = 1, count do
    local sum = hash.template(deployment.spec.template, taken)
    self:add_set({ metadata = { name = generated_names.replica_set(self.name, sum),
      labels = { other = "x" } }, spec = { replicas = 1,
      selector = { matchLabels = { other = "x" } }, template = {
        metadata = { labels = { other = "x" } },
        spec = { containers = { { name = "c", image = "squatter" } } } } } },
      ("squatter-%d"):format(i))
    taken = (taken or 0) + 1
  end
end

function World:begin(phase)
  self.bad = {}
  for _, image in ipairs(phase.neverReady or {}) do
    self.bad[image] = true
  end
  if phase.apply then
    self:write(self:deployment(), phase.apply)
  end
  for word, patch in pairs(phase.replicaSetPatch or {}) do
    self:write(self:find(word), patch)
  end
  local gone = phase.replicaSetDelete or {}
  for _, word in ipairs(type(gone) == "string" and { gone } or gone) do
    assert(self.cluster.server:delete(self:find(word), { grace = 0 }))
  end
  local added = phase.replicaSetAdd or {}
  for _, set in ipairs(added.metadata and { added } or added) do
    self:add_set(set)
  end
  if phase.collide then
    self:collide(math.tointeger(phase.collide) or 1)
  end
end

function World:total(field)
  local total = 0
  for _, object in ipairs(self:sets()) do
    if owner.controls(self:deployment(), object) then
      self:set_name(object)
      total = total + (value.get(object, field) or 0)
    end
  end
  return total
end

-- Here pods need a moment to become available; the cases' do not. So there may
-- be fewer than there, but not fewer than the budget allows, or than there were.
function World:least(wanted)
  local deployment = self:deployment()
  local _, unavailable = budget.of(deployment)
  return math.min(wanted.minAvailable, deployment.spec.replicas - unavailable, self.at_first)
end

function World:check(wanted)
  local total, available = self:total "spec.replicas", self:total "status.availableReplicas"
  assert.is_true(total <= wanted.maxTotal, ("%d pods wanted"):format(total))
  assert.is_true(available >= self:least(wanted), ("%d pods available"):format(available))
end

function World:run(phase, wanted)
  self.at_first = self:total "status.availableReplicas"
  self:begin(phase)
  small_kubelet.run(self.cluster,
    function(pod) return not self.bad[pod.spec.containers[1].image] end,
    function() self:check(wanted) end)
end

-- The controller itself writes the template that a rollback annotation asks for:
-- one more generation, which the cases' fixture does not count.
local function same_generation(object, wanted)
  if wanted.templateImage then
    object.status.observedGeneration = wanted.status.observedGeneration
  end
  return object
end

-- A budget of nothing at all is for the API server to refuse.
local function is_refused(input)
  local rolling = value.get(input.deployment, "spec.strategy.rollingUpdate") or {}
  return rolling.maxSurge == 0 and rolling.maxUnavailable == 0
end

describe("The Deployment controller on a cluster", function()
  shared.each("deployment_traces", nil, function(_, input, expected)
    if is_refused(input) then
      local _, message = cluster.new({}).server:create(input.deployment)
      assert.truthy(message:find "may not be 0 when `maxSurge` is 0")
      return
    end
    local world = World.new(input)
    for i, phase in ipairs(input.phases) do
      local wanted = expected.phases[i]
      world:run(phase, wanted)
      local found = deployment_case.describe_deployment(world:deployment(), wanted.deployment)
      assert.same(wanted.deployment, same_generation(found, wanted.deployment))
      assert.equal(#wanted.replicaSets, #world:sets())
      for n, object in ipairs(world:sets()) do
        local set = wanted.replicaSets[n]
        local described = deployment_case.describe_set(object, set, world:set_name(object),
          owner.controls(world:deployment(), object))
        described.image = set.image and described.image
        assert.same(set, described)
      end
    end
    assert.same({}, world.cluster.warnings)
  end)
end)
