-- SPDX-License-Identifier: MIT
-- What a script's function may do to a store that calls it: fail, come back,
-- close things. The store stays as if the function had done nothing.
local facet = require "wl.facet"
local store = require "wl.store"
local value = require "wl.value"

local function opened(sum)
  local facets, sums = facet.compile({
    { "active", facet.absent "metadata.deletionTimestamp" },
    { "phase", facet.value "status.phase" },
    { "cpu", facet.sum("spec.cpu", sum or function(cpu) return cpu end) },
  }, 0)
  local s = store.open { seed = 1, history = 100 }
  local pod = s:kind { name = "Pod", resource = "pods", namespaced = true, facets = facets,
    sums = sums, indexed = value.list { "spec.nodeName" }, generation = value.list { "spec" } }
  return s, pod
end

local function pod_of(cpu)
  return { metadata = { generateName = "p-", namespace = "default", labels = { app = "web" } },
    spec = { cpu = cpu }, status = { phase = "Pending" } }
end

-- Whatever happened before, all of the store's answers agree.
local function assert_consistent(s, pod, n)
  local all, on = s:all(pod), s:indexed(pod, 1, "node")
  assert.equal(n, #all)
  assert.equal(n, #s:select(pod))
  assert.equal(n, all:count "active")
  assert.equal(n, all:count("phase", "Pending") + all:count("phase", "Running"))
  local found = 0
  for object in all:each() do
    assert.is_true(all:has(s:find(pod, "default", object.metadata.name)))
    if object.spec.nodeName == "node" then found = found + 1 end
  end
  assert.equal(found, #on)
end

local function boom() error("boom", 0) end

describe("a function that fails", function()
  it("as a listener: the write stands, and the error comes after it", function()
    local s, pod = opened()
    s:watch(pod)
    s:listen(boom)
    assert.error(function() s:create(pod, pod_of(1)) end, "boom")
    assert.error(function() s:create_many(pod, pod_of(1), 3) end, "boom")
    assert_consistent(s, pod, 4)
    local all = s:all(pod):batch()
    assert.error(function() s:update_many(all, { status = { phase = "Running" } },
      { ["spec.nodeName"] = { "node", "node", "other", "other" } }) end, "boom")
    assert.equal(2, #s:indexed(pod, 1, "node"))
    assert.error(function() s:change(all:id(1), function(d) d.spec.cpu = 9 end) end, "boom")
    assert.error(function() s:delete(all:id(1)) end, "boom")
    assert_consistent(s, pod, 3)
    assert.error(function() s:delete_many(all) end, "boom")
    s:listen(function() end)
    assert.is_nil(s:find_uid "none")
    assert_consistent(s, pod, 0)
    assert.equal(4 + 4 + 1 + 1 + 3, s:revision())
  end)

  it("as a sum: its object is not counted, and it is asked again", function()
    local broken = true
    local s, pod = opened(function(cpu) return broken and boom() or cpu end)
    assert.error(function() s:create_many(pod, pod_of(5), 2) end, "boom")
    assert_consistent(s, pod, 2)
    assert.equal(0, s:all(pod):sum "cpu")
    broken = false
    s:create_many(pod, pod_of(5), 2)
    assert.equal(10, s:all(pod):sum "cpu")
    local all = s:all(pod):batch()
    s:update_many(all, { spec = { cpu = 7 } })
    assert.equal(28, s:all(pod):sum "cpu")
    broken = true
    assert.error(function() s:update_many(all:slice(1, 2), { spec = { cpu = 8 } }) end, "boom")
    assert.equal(14, s:all(pod):sum "cpu")
    s:delete_many(all)
    assert.equal(0, s:all(pod):sum "cpu")
  end)

  it("as a sum that is no integer: it is told", function()
    local s, pod = opened(function() return "much" end)
    assert.error_matches(function() s:create(pod, pod_of(1)) end, "must return an integer")
    s, pod = opened(function() return nil end)
    s:create(pod, pod_of(1))
    assert.equal(0, s:all(pod):sum "cpu")
  end)

  it("as a draft's: nothing is written", function()
    local s, pod = opened()
    local _, id = s:create(pod, pod_of(1))
    local kept
    assert.error(function() s:change(id, function(d)
      d.spec.cpu = 2
      kept = d
      boom()
    end) end, "boom")
    assert.equal(1, s:get(id).spec.cpu)
    s:change(id, function(d) d.spec.cpu = 3 end)
    pcall(function() kept.spec.cpu = 4 end)
    assert.equal(3, s:get(id).spec.cpu)
    assert_consistent(s, pod, 1)
  end)
end)

describe("a function that comes back", function()
  it("may read, but not write in the middle of a write", function()
    local s, pod = opened()
    s:watch(pod)
    local writes = {
      function(id) s:delete(id) end,
      function(id) s:change(id, function(d) d.spec.cpu = 5 end) end,
      function(id) s:update(id, pod_of(1)) end,
      function() s:create(pod, pod_of(1)) end,
      function() s:restore(pod, { metadata = { name = "x" } }) end,
      function() s:create_many(pod, pod_of(1), 2) end,
      function() s:update_many(s:all(pod):batch(), { spec = { cpu = 1 } }) end,
      function() s:delete_many(s:all(pod):batch()) end,
      function() s:close() end,
    }
    for i, write in ipairs(writes) do
      s:listen(function(_, id) write(id) end)
      assert.error_matches(function() s:create(pod, pod_of(i)) end, "in the middle of a write")
      assert_consistent(s, pod, i)
    end
    local seen = 0
    s:listen(function(_, id) seen = seen + (s:get(id) and 1 or 0) end)
    s:create_many(pod, pod_of(1), 3)
    assert.equal(3, seen)
  end)

  it("from a sum, may not write either", function()
    local s, pod
    s, pod = opened(function(cpu)
      if cpu == 2 then s:delete(1) end
      return cpu
    end)
    s:create(pod, pod_of(1))
    assert.error_matches(function() s:create(pod, pod_of(2)) end, "in the middle of a write")
    assert_consistent(s, pod, 2)
  end)

  it("on another thread, which is gone at the next call", function()
    local s, pod = opened()
    s:watch(pod)
    local told = 0
    s:listen(function(_, id)
      told = told + 1
      coroutine.wrap(function() s:get(id) end)()
      collectgarbage()
    end)
    s:create_many(pod, pod_of(1), 5)
    assert.equal(5, told)
  end)

  it("may take and drop live sets and standing queries", function()
    local s, pod = opened()
    local selector = require("wl.selector").parse "app=web"
    s:watch(pod)
    local set
    s:listen(function()
      if set then set:close() end
      set = s:standing(pod, "default", selector)
      s:where(pod, "active")
      collectgarbage()
    end)
    local pods = s:create_many(pod, pod_of(1), 4)
    assert.equal(4, #set)
    s:update_many(pods, { metadata = { labels = { app = "db" } } })
    assert.equal(0, #set)
    assert.equal(4, #s:where(pod, "active"))
  end)

  it("may not change the batch that is being written", function()
    local s, pod = opened()
    s:watch(pod)
    local pods = s:create_many(pod, pod_of(1), 3)
    s:listen(function(_, id) pods:add(id) end)
    assert.error_matches(function() s:update_many(pods, { spec = { cpu = 2 } }) end,
      "being written")
    assert.equal(6, s:all(pod):sum "cpu")
    s:listen(function() end)
    assert.equal(6, #pods:add(pods))
    assert.error_matches(function() s:listen(function(_, id) pods:add(id) end)
      s:delete_many(pods) end, "being written")
    assert_consistent(s, pod, 0)
  end)

  it("from a draft, may delete the object or close the store", function()
    local s, pod = opened()
    local _, id = s:create(pod, pod_of(1))
    local done, _, code = s:change(id, function(d)
      d.spec.cpu = 2
      s:delete(id)
    end)
    assert.is_nil(done)
    assert.equal("NotFound", code)
    _, id = s:create(pod, pod_of(1))
    assert.error_matches(function() s:change(id, function(d)
      d.spec.cpu = 2
      s:close()
    end) end, "closed")
  end)
end)

describe("a closed store", function()
  it("closes its live sets and batches", function()
    local s, pod = opened()
    local pods = s:create_many(pod, pod_of(1), 3)
    local all, next_one = s:all(pod), s:all(pod):each()
    all:changes()
    s:close()
    s:close()
    for _, use in ipairs {
      function() return #all end, function() return all:count "active" end,
      function() return all:changes() end, function() return all:batch() end,
      function() all:subscribe(1, 1) end, function() return next_one() end,
      function() return pods[1] end, function() return s:get(1) end,
    } do
      assert.error_matches(use, "closed")
    end
    all:close()
    collectgarbage()
  end)
end)

describe("mistakes", function()
  it("are told: sources and facets there are not", function()
    local s, pod = opened()
    assert.error_matches(function() s:enqueue(1, 77) end, "not a source")
    assert.error_matches(function() s:retry(1, 77) end, "not a source")
    assert.error_matches(function() s:all(pod):subscribe(77, 1) end, "not a source")
    assert.error_matches(function() s:collects(77, 1) end, "not a source")
    assert.error_matches(function() s:all(pod):count "phase" end, 'facet "phase" is a value')
    assert.error_matches(function() s:update_many(s:select(pod), { 1 }) end, "a patch is a map")
  end)
end)
