-- SPDX-License-Identifier: MIT
-- What Kubernetes' end-to-end tests of Deployments, ReplicaSets and
-- ReplicationControllers observe. Some steps and checks of the cases are told in
-- words: those that no word below stands for leave their case pending.
local cluster = require "wl.cluster"
local deployment_case = require "spec.support.deployment_case"
local conditions = require "wl.conditions"
local owner = require "wl.owner"
local rollout = require "wl.rollout"
local shared = require "spec.support.shared"
local small_kubelet = require "spec.support.small_kubelet"
local value = require "wl.value"

local APIS = { Deployment = "apps/v1", ReplicaSet = "apps/v1", ReplicationController = "v1",
  Pod = "v1" }

local NOT_TOLD = {}

-- The case says something that is not understood here.
local function words(what) error(setmetatable({ what = what }, NOT_TOLD)) end

local World = {}
World.__index = World

local function new_world(input)
  local self = setmetatable({ cluster = cluster.new {}, images = input.pods or {},
    writes = {} }, World)
  self.server = self.cluster.server
  for _, behaviour in pairs(self.images) do
    if behaviour ~= "run" and behaviour ~= "notReady" then
      words(behaviour)
    end
  end
  return self
end

function World:objects(kind) return self.server:list(kind) end

function World:find(kind, name)
  for _, object in ipairs(self:objects(kind)) do
    if not name or object.metadata.name == name then
      return object
    end
  end
end

function World:rest(look)
  small_kubelet.run(self.cluster, function(pod)
    return self.images[pod.spec.containers[1].image] ~= "notReady"
  end, look)
end

-- ---- steps ----

local function manifest(step)
  local object = { apiVersion = APIS[step.kind], kind = step.kind,
    metadata = deployment_case.merge(step.metadata and value.table(step.metadata) or {},
      { name = step.name }), spec = value.table(step.spec or {}) }
  local containers = { { name = "c", image = step.image or "img" } }
  if step.kind == "Pod" then
    object.spec.containers = containers
    return object
  end
  local labels = { app = step.name }
  if step.kind == "ReplicationController" then
    labels = object.spec.selector or labels
  elseif object.spec.selector then
    labels = object.spec.selector.matchLabels or words "a selector of another form"
  else
    object.spec.selector = { matchLabels = labels }
  end
  object.spec.template = object.spec.template
    or { metadata = { labels = labels }, spec = { containers = containers } }
  return object
end

local change = {}

function change.image(draft, image) draft.spec.template.spec.containers[1].image = image end

function change.replicas(draft, replicas) draft.spec.replicas = replicas end

function change.paused(draft, paused) draft.spec.paused = paused end

local function set_fields(draft, fields, round)
  for field, x in pairs(fields) do
    local label = field:match "^template label (%w+)$"
    if label then
      draft.spec.template.metadata.labels[label] = "round-" .. (round or 1)
    elseif change[field] and type(x) ~= "table" then
      change[field](draft, x)
    else
      words(field)
    end
  end
end

local steps = {}

function steps.create(world, step)
  if not APIS[step.kind] then
    words(step.kind)
  end
  world.subject = { step.kind, step.name }
  assert(world.server:create(manifest(step)))
end

-- "one more: type X, status True"
local function one_more(text)
  local type, status = tostring(text):match "^one more: type (%w+), status (%w+)$"
  return type and { type = type, status = status } or words(text)
end

local function update_status(world, step)
  local more = one_more((step.set or {}).conditions)
  local object = world:find(step.kind or world.subject[1], step.name or world.subject[2])
  assert(world.server:update_status(object, function(status)
    local list = status.conditions and value.table(status.conditions) or {}
    list[#list + 1] = more
    status.conditions = list
  end))
end

function steps.update(world, step, round)
  if type(step.set) ~= "table" then
    words "a change"
  elseif step.subresource == "status" then
    return update_status(world, step)
  end
  local object = world:find(step.kind or world.subject[1], step.name or world.subject[2])
  assert(world.server:change(object, function(draft) set_fields(draft, step.set, round) end))
end

steps["repeat"] = function(world, step)
  for round = 1, step.times do
    steps[step.step["do"]](world, step.step, round)
    world:rest(world.look)
  end
end

function steps.scale(world, step)
  steps.update(world, { kind = step.kind, name = step.name, set = {
    replicas = step.replicas or (step.spec or {}).replicas or words "a size" } })
end

function steps.delete(world, step)
  if not step.name then
    words "something to delete"
  end
  local propagation = step.propagation ~= value.null and step.propagation or nil
  assert(world.server:delete(world:find(step.kind, step.name), { propagation = propagation }))
end

function steps.patch(world, step)
  if not step.body or step.type == "json" then
    words "a patch"
  end
  local object = world:find(step.kind or world.subject[1], step.name or world.subject[2])
  local patched = deployment_case.merge(value.table(object), step.body)
  if step.subresource == "status" then
    assert(world.server:update_status(object, patched.status))
  else
    assert(world.server:update(patched))
  end
end

function steps.get() end

-- ---- checks ----

local checks = {}

local function subject(world, check)
  return world:find(check.kind or world.subject[1], check.name or world.subject[2])
end

function checks.count(world, check) assert.equal(check.count, #world:objects(check.kind)) end

function checks.exists(world, check)
  assert.equal(check.exists, world:find(check.kind, check.name) ~= nil)
end

function checks.names(world, check)
  local found = {}
  for i, object in ipairs(world:objects(check.kind)) do
    found[i] = object.metadata.name
  end
  assert.same(check.names, found)
end

function checks.revision(world, check)
  local annotations = subject(world, check).metadata.annotations
  assert.equal(check.revision, annotations["deployment.kubernetes.io/revision"])
end

function checks.complete(world, check)
  assert.equal(check.complete, select(2, rollout.status(subject(world, check))))
end

function checks.pods(world, check)
  local running = check.pods.running or words "what pods"
  local found = 0
  for _, pod in ipairs(world:objects "Pod") do
    found = found + (pod.status.phase == "Running" and 1 or 0)
  end
  assert.equal(running, found)
end

function checks.controller(world, check)
  local reference = owner.controller(world:find("Pod", check.pod))
  assert.equal(check.controller ~= value.null and check.controller or nil,
    reference and reference.name)
end

-- "MODIFIED that has the condition X": among the writes since the step began.
function checks.watch(world, check)
  local type, wanted = check.watch:match "^(%u+) that has the condition (%w+)$"
  if not type then
    words(check.watch)
  end
  local seen = false
  for _, write in ipairs(world.writes) do
    seen = seen or write.type == type and write.now
      and conditions.find((write.now.status or {}).conditions, wanted) ~= nil
  end
  assert.is_true(seen)
end

-- "pods <= 4 and available >= 3": of pods that are there to stay.
function checks.limits(world, check)
  local most = math.tointeger(check.limits:match "pods <= (%d+)")
  local least = math.tointeger(check.limits:match "available >= (%d+)")
  if not most or not least then
    words(check.limits)
  end
  local pods, available = 0, 0
  for _, pod in ipairs(world:objects "Pod") do
    local stays = not pod.metadata.deletionTimestamp
    local ready = conditions.find(pod.status.conditions, "Ready")
    pods = pods + (stays and 1 or 0)
    available = available + (stays and ready and ready.status == "True" and 1 or 0)
  end
  assert.is_true(pods <= most)
  assert.is_true(available >= least)
end

local QUALIFIERS = { after = true, throughout = true, stable = true, kind = true, name = true,
  pod = true, note = true }

local function verify(world, check)
  for what in pairs(check) do
    if checks[what] then
      checks[what](world, check)
    elseif not QUALIFIERS[what] then
      words(what)
    end
  end
end

local function run(input, expected)
  local world = new_world(input)
  world.cluster:on_each_write(function(write) table.insert(world.writes, write) end)
  for number, step in ipairs(input.steps) do
    world.look = function()
      for _, check in ipairs(expected.checks) do
        local span = check.throughout
        if span and number >= span[1] and number <= span[2] then
          verify(world, check)
        end
      end
    end
    world.writes = {}
    local take = steps[step["do"]] or words
    take(world, step)
    world:rest(world.look)
    for _, check in ipairs(expected.checks) do
      if check.after == number then
        verify(world, check)
      end
    end
  end
end

local FILES = { deployment = true, replica_set = true, rc = true }

describe("End to end", function()
  for _, case in ipairs(shared.cases "e2e_behaviours" or {}) do
    local tested = case.source.file:match "^test/e2e/apps/([%w_]+)%.go$"
    if FILES[tested] then
      it(case.id .. ": " .. tostring(case.note), function()
        local ok, problem = pcall(run, case.input, case.expected)
        if not ok and getmetatable(problem) == NOT_TOLD then
          pending("told in words: " .. tostring(problem.what))
        elseif not ok then
          error(problem, 0)
        end
      end)
    end
  end
end)
