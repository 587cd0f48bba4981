-- SPDX-License-Identifier: MIT
-- The store from Lua: objects and conflicts, live sets, batches, history.
local facet = require "wl.facet"
local selector = require "wl.selector"
local store = require "wl.store"

local START = 1704067200000 -- 2024-01-01T00:00:00Z

local FACETS = {
  { "active", facet.all { facet.absent "metadata.deletionTimestamp",
                          facet.none_of("status.phase", "Succeeded", "Failed") } },
  { "ready", facet.all { "active",
                         facet.equals("status.conditions[type=Ready].status", "True") } },
  { "phase", facet.value "status.phase" },
  { "readySince", facet.time("status.conditions[type=Ready].lastTransitionTime", "ready") },
  { "cpu", facet.sum("spec.cpu", function(cpu) return cpu or 0 end) },
}

local function open(options)
  local s = store.open { seed = 1, history = options and options.history or 1000 }
  s:set_now(START)
  s:set_writer "spec"
  local facets, sums = facet.compile(FACETS, 0)
  return s, s:kind { name = "Pod", resource = "pods", namespaced = true, facets = facets,
    sums = sums, indexed = { "spec.nodeName" }, generation = { "spec" } }
end

local function pod(name, fields)
  local object = { metadata = { name = name, namespace = "default" }, spec = {}, status = {} }
  for field, x in pairs(fields or {}) do object[field] = x end
  return object
end

local function owned(name, uid)
  local object = pod(name)
  object.metadata.ownerReferences = { { apiVersion = "apps/v1", kind = "ReplicaSet", name = "rs",
    uid = uid, controller = true } }
  return object
end

local function labelled(name, labels)
  local object = pod(name)
  object.metadata.labels = labels
  return object
end

local function be_ready(s, id, at)
  return s:change(id, function(draft)
    draft.status.conditions = { { type = "Ready", status = "True", lastTransitionTime = at } }
  end)
end

local function names(iterator, ...)
  local list = {}
  for object in iterator, ... do list[#list + 1] = object.metadata.name end
  return table.concat(list, " ")
end

describe("objects", function()
  it("get what the API server sets", function()
    local s, pods = open()
    local made, id = s:create(pods, pod "a")
    assert.matches("^%x+%-%x+%-%x+%-%x+%-%x+$", made.metadata.uid)
    assert.equal("2024-01-01T00:00:00Z", made.metadata.creationTimestamp)
    assert.equal("1", made.metadata.resourceVersion)
    assert.same({ id, id, pods }, { s:find(pods, "default", "a"), s:find_uid(made.metadata.uid),
      s:kind_of(id) })
    assert.is_nil(s:find(pods, "default", "b"))
  end)

  it("are refused when there is one of the name", function()
    local s, pods = open()
    s:create(pods, pod "a")
    local made, message, code = s:create(pods, pod "a")
    assert.same({ nil, 'pods "a" already exists', "AlreadyExists" }, { made, message, code })
    assert.equal(1, s:revision())
  end)

  it("conflict when they are based on an old version", function()
    local s, pods = open()
    local first, id = s:create(pods, pod "a")
    local changed = s:change(id, function(draft) draft.spec.cpu = 5 end)
    assert.equal("2", changed.metadata.resourceVersion)
    local updated, message, code = s:update(id, first)
    assert.is_nil(updated)
    assert.equal("Conflict", code)
    assert.matches("^Operation cannot be fulfilled on pods \"a\": the object has been modified",
      message)
    assert.equal(5, s:get(id).spec.cpu)
    assert.is_truthy(s:update(id, changed))
  end)

  it("have generations that move with their specs", function()
    local s, pods = open()
    local made, id = s:create(pods, pod "a")
    assert.equal(1, made.metadata.generation)
    assert.equal(1, s:change(id, function(draft) draft.status.phase = "Running" end)
      .metadata.generation)
    assert.equal(2, s:change(id, function(draft) draft.spec.cpu = 1 end).metadata.generation)
  end)

  it("are not written when nothing changes", function()
    local s, pods = open()
    local _, id = s:create(pods, pod "a")
    s:change(id, function(draft) draft.status.phase = nil end)
    assert.equal(1, s:revision())
  end)

  it("wait for their finalizers", function()
    local s, pods = open()
    local object = pod "a"
    object.metadata.finalizers = { "x/y" }
    local _, id = s:create(pods, object)
    assert.is_true(s:delete(id, -1))
    assert.equal("2024-01-01T00:00:00Z", s:get(id).metadata.deletionTimestamp)
    s:change(id, function(draft) draft.metadata.finalizers = nil end)
    assert.is_nil(s:find(pods, "default", "a"))
  end)

  it("are told to a listener", function()
    local s, pods = open()
    local told = {}
    s:listen(function(_, _, type, old, now, revision, writer)
      told[#told + 1] = ("%s %s %s %d %s"):format(type, tostring(old ~= nil), tostring(now ~= nil),
        revision, writer)
    end)
    s:watch(pods)
    local _, id = s:create(pods, pod "a")
    s:set_writer "other"
    s:change(id, function(draft) draft.spec.cpu = 1 end)
    s:delete(id, -1)
    assert.same({ "ADDED false true 1 spec", "MODIFIED true true 2 other",
      "DELETED true false 3 other" }, told)
  end)
end)

describe("live sets", function()
  it("count by facets as objects change", function()
    local s, pods = open()
    local all = s:all(pods)
    local _, a = s:create(pods, pod("a", { spec = { cpu = 3 }, status = { phase = "Pending" } }))
    local _, b = s:create(pods, pod("b", { spec = { cpu = 4 }, status = { phase = "Running" } }))
    assert.same({ 2, 2, 0, 1, 7 }, { #all, all:count "active", all:count "ready",
      all:count("phase", "Pending"), all:sum "cpu" })
    be_ready(s, b, "2024-01-01T00:00:10Z")
    s:change(a, function(draft) draft.status.phase = "Failed" end)
    assert.same({ 2, 1, 1, 0, 7 }, { #all, all:count "active", all:count "ready",
      all:count("phase", "Pending"), all:sum "cpu" })
    s:delete(b, -1)
    assert.same({ 1, 0, 0, 3 }, { #all, all:count "active", all:count "ready", all:sum "cpu" })
  end)

  it("count times", function()
    local s, pods = open()
    local all = s:all(pods)
    for i, at in ipairs { 10, 20, 20, 40 } do
      local _, id = s:create(pods, pod("p" .. i))
      be_ready(s, id, ("2024-01-01T00:00:%02dZ"):format(at))
    end
    local epoch = START // 1000
    assert.same({ 0, 3, 4 }, { all:count_before("readySince", epoch + 9),
      all:count_before("readySince", epoch + 20), all:count_before("readySince", epoch + 99) })
    assert.equal(epoch + 40, all:next_time("readySince", epoch + 20))
    assert.is_nil(all:next_time("readySince", epoch + 40))
  end)

  it("are of an owner, of a node, of a selector", function()
    local s, pods = open()
    local mine = s:owned(pods, "uid-1")
    local here = s:indexed(pods, 1, "node-1")
    local web = s:standing(pods, "default", selector.parse "app in (web,db),!old", false)
    local free = s:standing(pods, "default", selector.parse "app=web", true)
    local _, a = s:create(pods, owned("a", "uid-1"))
    s:create(pods, owned("b", "uid-2"))
    s:create(pods, labelled("c", { app = "web" }))
    s:create(pods, labelled("d", { app = "web", old = "1" }))
    assert.same({ 1, 0, 1, 2 }, { #mine, #here, #web, #free })
    s:change(a, function(draft)
      draft.spec.nodeName = "node-1"
      draft.metadata.labels = { app = "db" }
    end)
    assert.equal("a c", names(web:each()))
    assert.equal("a", names(here:each()))
    s:delete(a, -1)
    assert.same({ 0, 0, 1, 2 }, { #mine, #here, #web, #free })
  end)

  it("pass tests of their own", function()
    local s, pods = open()
    local ready = s:where(pods, "ready")
    local _, a = s:create(pods, pod "a")
    assert.equal(0, #ready)
    be_ready(s, a, "2024-01-01T00:00:00Z")
    assert.is_true(ready:has(a))
    assert.has_error(function() s:where(pods, "redy") end)
  end)
end)

describe("batches", function()
  it("hold objects, also those that are gone", function()
    local s, pods = open()
    local batch = s:create_many(pods, { metadata = { generateName = "w-", namespace = "default",
      labels = { app = "web" } }, spec = { cpu = 1 }, status = {} }, 100)
    assert.equal(100, #batch)
    assert.equal(100, #s:all(pods))
    assert.matches("^w%-%w%w%w%w%w$", batch[1].metadata.name)
    s:delete(batch:id(1), -1)
    assert.is_nil(batch[1])
    assert.equal(3, #batch:slice(2, 4))
    assert.equal(batch[4].metadata.name, batch:slice(2, 4)[3].metadata.name)
  end)

  it("are changed at once, each member its own way", function()
    local s, pods = open()
    local batch = s:create_many(pods, { metadata = { generateName = "w-", namespace = "default" },
      spec = { cpu = 1 }, status = {} }, 3)
    assert.equal(3, s:update_many(batch, { status = { phase = "Running" } },
      { ["spec.nodeName"] = { "n1", "n2", "n1" } }))
    assert.same({ "n1", "n2", "n1" }, { batch[1].spec.nodeName, batch[2].spec.nodeName,
      batch[3].spec.nodeName })
    assert.same({ 3, 2 }, { s:all(pods):count("phase", "Running"), #s:indexed(pods, 1, "n1") })
    local groups = batch:group_by "spec.nodeName"
    assert.same({ 2, "n1", 2, "n2", 1 }, { #groups, groups[1][1], #groups[1].batch, groups[2][1],
      #groups[2].batch })
    assert.equal(2, s:delete_many(groups[1].batch, -1))
    assert.equal(1, #s:all(pods))
  end)

  it("are grouped by what is equal, shared or not", function()
    local s, pods = open()
    local function made(spec) return s:create_many(pods, {
      metadata = { generateName = "w-", namespace = "default" }, spec = spec, status = {} }, 2) end
    local function containers(image, port)
      return { { name = "a", image = image, args = { tostring(math.random()) },
        ports = { { port = port } } } }
    end
    local batch = made { cpu = 1, containers = containers("x", 1) }
    batch:add(made { cpu = 1, containers = containers("y", 1) })
    batch:add(made { cpu = 1, containers = containers("x", 1) })
    batch:add(made { cpu = 1, containers = {} })
    batch:add(made { cpu = 1 })
    batch:add(made { cpu = 1, containers = { one = { image = "x" } } })
    local function sizes(...)
      local list = {}
      for i, group in ipairs(batch:group_by(...)) do list[i] = #group.batch end
      return list
    end
    assert.same({ 12 }, sizes "spec.cpu")
    assert.same({ 2, 2, 2, 2, 2, 2 }, sizes "spec.containers")
    assert.same({ 4, 2, 2, 2, 2 }, sizes "spec.containers[*].image")
    assert.same({ 6, 2, 2, 2 }, sizes "spec.containers[*].ports")
    assert.same({ 4, 2, 2, 2, 2 }, sizes("spec.containers[*].ports", "spec.containers[*].image",
      "metadata.namespace", "status.phase", "kind", "apiVersion"))
    assert.equal("x", batch:group_by("spec.cpu", "spec.containers[*].image")[1][2][1].image)
  end)

  it("hold each member once when told to", function()
    local s, pods = open()
    local batch = s:create_many(pods, { metadata = { generateName = "w-", namespace = "default" },
      spec = { cpu = 1 }, status = {} }, 3)
    local twice = batch:slice(2, 3):add(batch)
    assert.equal(5, #twice)
    assert.equal(names(batch:each()), names(twice:distinct():each()))
    assert.equal(0, #batch:slice(1, 0):distinct())
  end)

  it("come from a query and split by a test", function()
    local s, pods = open()
    for i = 1, 6 do
      s:create(pods, labelled("p" .. i, { app = i % 2 == 0 and "web" or "db", n = tostring(i) }))
    end
    local found = s:select(pods, "default", selector.parse "app=web,n!=4")
    assert.equal("p2 p6", names(found:each()))
    be_ready(s, found:id(2), "2024-01-01T00:00:00Z")
    local ready, rest = found:split "ready"
    assert.same({ "p6", "p2" }, { names(ready:each()), names(rest:each()) })
    assert.equal(6, #s:select(pods, nil, nil))
    assert.equal(0, #s:select(pods, "other", nil))
  end)
end)

describe("history", function()
  local function with_history()
    local s, pods = open()
    local _, id = s:create(pods, pod("a", { spec = { cpu = 1 } }))
    s:set_now(START + 5000)
    s:change(id, function(draft) draft.spec.cpu = 2 end)
    s:set_now(START + 9000)
    s:create(pods, pod "b")
    s:delete(id, -1)
    return s, pods, id
  end

  it("is read back as it was", function()
    local s, pods, id = with_history()
    assert.same({ 1, 2 }, { s:value_at(id, 1).spec.cpu, s:value_at(id, 2).spec.cpu })
    assert.is_nil((s:value_at(id, 4)))
    assert.equal("a", s:list_at(pods, 2)[1].metadata.name)
    assert.same({ 1, 2, 1 }, { #s:list_at(pods, 1), #s:list_at(pods, 3), #s:list_at(pods, 4) })
  end)

  it("is found by time", function()
    local s = with_history()
    assert.same({ 1, 1, 2, 4, 4 }, { s:revision(START), s:revision(START + 4999),
      s:revision(START + 5000), s:revision(START + 99999), s:revision() })
  end)

  it("is a log", function()
    local s, lines = with_history(), {}
    for revision, ms, type, _, _, old, now, writer in s:log(0) do
      lines[#lines + 1] = ("%d %d %s %s %s %s"):format(revision, ms - START, type,
        tostring(old ~= nil), tostring(now ~= nil), writer)
    end
    assert.same({ "1 0 ADDED false true spec", "2 5000 MODIFIED true true spec",
      "3 9000 ADDED false true spec", "4 9000 DELETED true false spec" }, lines)
  end)

  it("tells what each write made, from any revision on", function()
    local s, _, id = with_history()
    local made = {}
    for revision, _, _, _, at, _, now in s:log(1) do
      made[#made + 1] = ("%d %s %s"):format(revision, at == id, now and now.spec.cpu or "-")
    end
    assert.same({ "2 true 2", "3 false -", "4 true -" }, made)
  end)

  it("is read no further once the store is written to", function()
    local s, pods = with_history()
    local log = s:log(0)
    log()
    s:create(pods, pod "c")
    assert.is_nil((log()))
    assert.is_nil((s:log(99)))
  end)

  it("is kept up to a limit", function()
    local s, pods = open { history = 10 }
    local _, id = s:create(pods, pod("a", { spec = { cpu = 0 } }))
    for i = 1, 100 do s:change(id, function(draft) draft.spec.cpu = i end) end
    assert.is_true(s:oldest() > 80)
    assert.equal(99, s:value_at(id, 100).spec.cpu)
    local old, _, code = s:value_at(id, 5)
    assert.same({ nil, "Expired" }, { old, code })
  end)
end)

describe("a store", function()
  it("is closed once and for all", function()
    local s, pods = open()
    local all = s:all(pods)
    s:create(pods, pod "a")
    s:close()
    s:close()
    assert.error_matches(function() s:revision() end, "this store is closed")
    assert.error_matches(function() return #all end, "this live set is closed")
    all:close()
  end)

  it("does not share with another", function()
    local a, pods = open()
    local b = open()
    a:create(pods, pod "x")
    assert.same({ 1, 0 }, { a:revision(), b:revision() })
  end)
end)
