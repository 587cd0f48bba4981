-- SPDX-License-Identifier: MIT
-- The store's ranking against the reference in wl.deletion_order.
local cluster = require "wl.cluster"
local order = require "stdlib.deletion.kubernetes"
local time = require "wl.time"
local value = require "wl.value"

local NODES = { "n1", "n2", "n3", "n4" }
local PHASES = { "Pending", "Running", "Running", "Running", "Unknown" }
local AGES = { 0, 1, 2, 5, 30, 60, 100, 900, 3600, 7200, 86400, 90000 }
local COSTS = { "-5", "10", "x", "007" }

local function some(random, list) return list[random:integer(1, #list)] end

-- No two moments are the same: pods of one age class, two of them of one age, can
-- go in a circle, and then there is more than one order.
local function moment(world, random)
  local at
  repeat
    at = world:now() - some(random, AGES) - random:integer(0, 3)
  until not world.used[at]
  world.used[at] = true
  return time.format(at)
end

local function maybe(random, x) return random:integer(1, 4) == 1 and x or nil end

local function random_pod(random, world, i)
  local ready = random:integer(1, 3) > 1
  return {
    apiVersion = "v1", kind = "Pod",
    metadata = { name = "p" .. i, namespace = "default", annotations = {
      ["controller.kubernetes.io/pod-deletion-cost"] = maybe(random, some(random, COSTS)) } },
    spec = { nodeName = random:integer(1, 5) > 1 and some(random, NODES) or nil,
      containers = value.list { { name = "c", image = "i" } },
      initContainers = value.list { { name = "side", restartPolicy = "Always" },
        { name = "init" } } },
    status = {
      phase = some(random, PHASES),
      conditions = value.list { { type = "Ready", status = ready and "True" or "False",
        lastTransitionTime = random:integer(1, 5) > 1 and moment(world, random) or nil } },
      containerStatuses = value.list { { name = "c", restartCount = random:integer(0, 2) } },
      initContainerStatuses = value.list { { name = "init", restartCount = 9 },
        { name = "side", restartCount = random:integer(0, 1) } },
    },
  }
end

-- A cluster with random pods of random ages.
local function random_world(seed, n)
  local world = cluster.new { seed = seed }
  world.used = {}
  local random = world:rng "pods"
  local number = world.server:number(assert(world.server:kind "Pod"))
  for i = 1, n do
    assert(world.store:create(number, value.of(random_pod(random, world, i))))
    world:run(1 + some(random, AGES))
  end
  return world, number
end

-- An object as its controller sees it: only active pods are ranked.
local function holds(pod, facet)
  local ready = pod.status.conditions[1].status == "True"
  if facet == "assigned" then
    return pod.spec.nodeName ~= nil
  end
  return facet == "active" or ready
end

local function reference(objects, context, now)
  return order:sort(objects, {
    now = now, holds = holds,
    count = function(pod, path, facet)
      local n = 0
      for _, other in ipairs(context) do
        local counts = holds(other, facet) and value.get(other, path) == value.get(pod, path)
        n = n + (counts and value.get(pod, path) and 1 or 0)
      end
      return n
    end,
  })
end

local function names(batch, n)
  local found = {}
  for i = 1, n do
    found[i] = batch[i].metadata.name
  end
  return found
end

local function all(batch)
  local objects = {}
  for object in batch:each() do
    objects[#objects + 1] = object
  end
  return objects
end

local function assert_in_order(sorted, context, now)
  for i = 2, #sorted do
    local pair = { sorted[i - 1], sorted[i] }
    reference(pair, context, now)
    assert.equal(sorted[i - 1].metadata.name, pair[1].metadata.name)
  end
end

local function compiled(world, number) return world.store:order(number, order:description()) end

describe("ranking in the store", function()
  for seed = 1, 20 do
    it("finds the order of the reference, seed " .. seed, function()
      local world, number = random_world(seed, 40)
      local batch = world.store:all(number):batch()
      local objects = all(batch)
      local ranked = world.store:rank(compiled(world, number), batch, nil)
      assert.equal(#objects, #ranked)
      assert_in_order(all(ranked), objects, world:now())
    end)
  end

  it("finds only so many", function()
    local world, number = random_world(3, 60)
    local compiled_order = compiled(world, number)
    local set = world.store:all(number)
    local whole = world.store:rank(compiled_order, set:batch(), nil)
    local first = world.store:rank(compiled_order, set:batch(), nil, 7)
    assert.equal(7, #first)
    assert.same(names(whole, 7), names(first, 7))
  end)

  it("counts nobody in an empty context", function()
    local world, number = random_world(4, 30)
    local set = world.store:all(number)
    local ranked = world.store:rank(compiled(world, number), set:batch(), set:batch(nil, 0))
    assert_in_order(all(ranked), {}, world:now())
  end)

  it("finds in rounds what asking again and again finds", function()
    local world, number = random_world(5, 60)
    local compiled_order = compiled(world, number)
    local set = world.store:all(number)
    local rounds = world.store:rank(compiled_order, set:batch(), nil, 30, 6)
    local found = {}
    for _ = 1, 5 do
      local picked = world.store:rank(compiled_order, set:batch(), nil, 6)
      for _, name in ipairs(names(picked, 6)) do
        found[#found + 1] = name
      end
      world.store:delete_many(picked, 0)
    end
    world = random_world(5, 60)
    assert.same(found, (function()
      local again = world.store:all(number):batch()
      return names(world.store:rank(compiled(world, number), again, nil, 30, 6), 30)
    end)())
    assert.equal(30, #rounds)
  end)
end)
