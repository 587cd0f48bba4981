-- SPDX-License-Identifier: MIT
local value = require "wl.value"

local update = value.update

local function pod()
  return value.of {
    metadata = { name = "web", labels = { app = "web" } },
    spec = { containers = { { name = "a" }, { name = "b", ports = { 80, 81 } } } },
  }
end

local function fails(pattern, ...)
  local done, message = pcall(...)
  assert.is_false(done)
  assert.matches(pattern, message)
end

describe("a view", function()
  it("indexes like a table", function()
    local p = pod()
    assert.equal("web", p.metadata.name)
    assert.equal("b", p.spec.containers[2].name)
    assert.equal(81, p.spec.containers[2].ports[2])
    assert.is_nil(p.spec.containers[3])
    assert.is_nil(p.spec.containers[0])
    assert.is_nil(p.status)
    assert.is_nil(p[1])
    assert.is_nil(p.spec.containers.name)
    assert.is_nil(p[true])
    assert.equal(2, #p.spec.containers)
  end)

  it("keeps the types of scalars", function()
    local v = value.of { i = 3, d = 3.0, s = "3", t = true, f = false, n = value.null,
      min = math.mininteger, max = math.maxinteger, long = ("x"):rep(100) }
    assert.equal("integer", math.type(v.i))
    assert.equal("float", math.type(v.d))
    assert.equal("3", v.s)
    assert.is_true(v.t)
    assert.is_false(v.f)
    assert.equal(value.null, v.n)
    assert.equal(math.mininteger, v.min)
    assert.equal(math.maxinteger, v.max)
    assert.equal(("x"):rep(100), v.long)
  end)

  it("iterates in order", function()
    local keys = {}
    for key in pairs(value.of { b = 1, a = 2, c = 3 }) do
      keys[#keys + 1] = key
    end
    assert.same({ "a", "b", "c" }, keys)
    local items = {}
    for i, item in ipairs(value.of { 10, 20 }) do
      items[i] = item
    end
    assert.same({ 10, 20 }, items)
    items = {}
    for i, item in pairs(value.of { 10, 20 }) do
      items[i] = item
    end
    assert.same({ 10, 20 }, items)
  end)

  it("is equal by structure, whatever the order", function()
    assert.equal(pod(), pod())
    local a = update(value.of { a = 1 }, function(d) d.b = 2 end)
    local b = update(value.of { b = 2 }, function(d) d.a = 1 end)
    assert.equal(a, b)
    assert.equal(value.hash(a), value.hash(b))
    assert.not_equal(value.of { a = 1 }, value.of { a = 1.0 })
    assert.not_equal(value.of { a = 1 }, value.of { a = value.null })
    assert.is_true(value.equal({ a = { 1 } }, value.of { a = { 1 } }))
    assert.is_false(value.equal({}, value.list {}))
    assert.is_true(value.equal(nil, nil))
    assert.is_false(value.equal(nil, value.null))
  end)

  it("prints as JSON", function()
    assert.equal('{"a":[1,2.5,"x",null,true],"b":{},"c":[]}',
      tostring(value.of { a = { 1, 2.5, "x", value.null, true }, b = {}, c = value.list {} }))
    assert.equal("null", tostring(value.null))
  end)

  it("cannot be changed, and says what to write", function()
    fails("update%(object, function%(draft%) draft%.kind = ", function()
      pod().kind = "Pod"
    end)
    fails("immutable", function() pod()[1] = 2 end)
    assert.equal("wl.value", getmetatable(pod()))
    fails("wl.value", function() setmetatable(pod(), {}) end)
  end)

  it("refuses the metamethods of others", function()
    local index = debug.getmetatable(pod()).__index
    assert.is_nil(pod().__index)
    assert.is_nil(pod().__gc)
    fails("wl%.value expected", index, io.stdout, "x")
    fails("wl%.value expected", index, {}, "x")
    fails("wl%.value expected", index, value.null, "x")
    fails("wl%.value expected", debug.getmetatable(pod()).__gc, io.stdout)
  end)

  it("survives a second collection by hand", function()
    local p = pod()
    local gc = debug.getmetatable(p).__gc
    gc(p)
    gc(p)
    assert.is_nil(p.metadata)
  end)
end)

describe("value.of", function()
  it("takes tables, views inside them, and scalars", function()
    local p = pod()
    local list = value.of { p, p.spec }
    assert.equal(p, list[1])
    assert.equal(5, value.of(5))
    assert.equal("x", value.of "x")
    assert.equal(value.null, value.of(value.null))
    assert.is_nil(value.of(nil))
    assert.equal(p, value.of(p))
  end)

  for _, case in ipairs {
    { "a hole", { a = { 1, nil, 3 } }, "^a: .*hole" },
    { "items and fields", { a = { b = { 1, x = 2 } } }, "^a%.b: .*both items and named" },
    { "a number as a name", { a = { [80] = 1 } }, "^a: " },
    { "a boolean as a name", { a = { [true] = 1 } }, "^a: .*must be a string, found a boolean" },
    { "a function", { a = { { b = print } } }, "^a%[0%]%.b: a function" },
    { "a thread", { coroutine.create(print) }, "^%[0%]: a thread" },
    { "a foreign userdata", { a = io.stdout }, "^a: a FILE%* cannot" },
    { "NaN", { a = 0 / 0 }, "^a: not a finite number" },
    { "infinity", { a = { math.huge } }, "^a%[0%]: not a finite number" },
    { "a float beyond int64 as infinity", { a = -math.huge }, "not a finite" },
  } do
    it("refuses " .. case[1] .. " and says where", function()
      local done, message = pcall(value.of, case[2])
      assert.is_false(done)
      assert.matches(case[3], message)
    end)
  end

  it("refuses what contains itself, or nests too deeply", function()
    local cycle = { a = {} }
    cycle.a.b = cycle
    fails("a%.b: the table contains itself", value.of, cycle)
    local deep = {}
    for _ = 1, 1100 do
      deep = { deep }
    end
    fails("nested too deeply", value.of, deep)
    deep = value.of {}
    for _ = 2, 1000 do
      deep = value.of { deep }
    end
    assert.equal(deep, deep[1] and value.of { deep[1] })
    fails("nested too deeply", value.of, { deep })
    fails("nested too deeply", value.with, {}, "a", deep)
    fails("nested too deeply", update, value.of {}, function(d) d.a = deep end)
    fails("nested too deeply", update, deep, function(d) d[1][2] = { { deep } } end)
    fails("nested too deeply", update, deep, function(d) d[1][1] = d end)
    local shared = { 1 }
    assert.equal('{"a":[1],"b":[1]}', tostring(value.of { a = shared, b = shared }))
  end)

  it("leaves nothing behind when it refuses", function()
    local big = {}
    for i = 1, 1000 do
      big[i] = { name = "a long name, number " .. i }
    end
    big[1001] = print
    for _ = 1, 20 do
      assert.is_false((pcall(value.of, big)))
    end
  end)
end)

describe("value.table", function()
  it("copies to plain tables, and back", function()
    local source = { a = { 1, { b = "x" } }, c = value.null, d = value.list {}, e = {} }
    local copy = value.table(value.of(source))
    assert.same(source, copy)
    assert.equal("table", type(copy.a[2]))
    copy.a[2].b = "y"
    assert.equal("x", source.a[2].b)
    assert.equal(value.of(source), value.of(value.table(value.of(source))))
  end)
end)

describe("value.type", function()
  it("tells views, drafts and tables alike", function()
    local cases = {
      { "null", value.null }, { "boolean", true }, { "integer", 1 }, { "number", 1.5 },
      { "string", "" }, { "list", { 1 } }, { "list", value.list {} }, { "map", {} },
      { "map", { a = 1 } }, { "list", value.of { 1 } }, { "map", value.of {} },
      { "list", value.of(value.list {}) }, { "nil", nil }, { "function", print },
    }
    for _, case in ipairs(cases) do
      assert.equal(case[1], value.type(case[2]))
      assert.equal(case[1] == "list", value.is_list(case[2]))
      assert.equal(case[1] == "map", value.is_map(case[2]))
    end
    update(value.of { a = { 1 } }, function(d)
      assert.equal("map", value.type(d))
      assert.is_true(value.is_list(d.a))
    end)
  end)
end)

describe("a draft", function()
  local function changed(source, change)
    return tostring(update(value.of(source), change))
  end

  it("changes what is assigned and leaves the value alone", function()
    local p = pod()
    local new = update(p, function(d)
      d.spec.containers[2].ports[1] = 8080
      d.spec.nodeName = "n1"
      d.metadata.labels["app.kubernetes.io/name"] = "web"
    end)
    assert.equal(8080, new.spec.containers[2].ports[1])
    assert.equal("n1", new.spec.nodeName)
    assert.equal("web", new.metadata.labels["app.kubernetes.io/name"])
    assert.equal(pod(), p)
  end)

  it("reads like a view, and sees its own changes", function()
    update(pod(), function(d)
      d.spec.x = { y = 1 }
      assert.equal(1, d.spec.x.y)
      d.spec.x.y = 2
      assert.equal(2, d.spec.x.y)
      local spec = d.spec
      spec.x.y = 3
      assert.equal(3, d.spec.x.y)
      assert.equal('{"y":3}', tostring(d.spec.x))
      assert.equal(value.of { y = 3 }, value.of(d.spec.x))
      assert.is_true(d.spec.x == value.of { y = 3 })
      assert.equal(2, #d.spec.containers)
      local names = {}
      for _, c in ipairs(d.spec.containers) do
        names[#names + 1] = c.name
      end
      for key in pairs(d.metadata) do
        names[#names + 1] = key
      end
      assert.same({ "a", "b", "labels", "name" }, names)
      assert.is_nil(d.status)
    end)
  end)

  it("is the same value when nothing changed", function()
    local p = pod()
    local same = update(p, function(d)
      d.metadata.name = "web"
      d.spec.containers[1].name = "a"
      d.metadata.labels = { app = "web" }
    end)
    assert.is_true(rawequal(p, same))
  end)

  it("removes by nil", function()
    assert.equal('{"b":2}', changed({ a = 1, b = 2 }, function(d) d.a = nil end))
    assert.equal("[1,2]", changed({ 1, 2, 3 }, function(d) d[3] = nil end))
    assert.equal("[1,2,3]", changed({ 1, 2, 3 }, function(d) d[4] = nil end))
    fails("no holes: use table.remove%(list, 1%)", changed, { 1, 2, 3 }, function(d) d[1] = nil end)
  end)

  it("works with the table library", function()
    assert.equal('[{"n":1},{"n":3}]', changed({ { n = 1 }, { n = 2 }, { n = 3 } }, function(d)
      table.remove(d, 2)
    end))
    assert.equal('["x",1,2,"y"]', changed({ 1, 2 }, function(d)
      table.insert(d, 1, "x")
      table.insert(d, "y")
    end))
    assert.equal('[{"n":1},{"n":2},{"n":3},{"n":4}]',
      changed({ { n = 3 }, { n = 1 }, { n = 4 }, { n = 2 } }, function(d)
        table.sort(d, function(a, b) return a.n < b.n end)
      end))
    assert.equal('[{"n":"b"},{"n":"a"}]', changed({ { n = "a" }, { n = "b" } }, function(d)
      d[1], d[2] = d[2], d[1]
    end))
  end)

  it("follows an item that moves", function()
    assert.equal('[{"n":2,"x":1},{"n":3}]', changed({ { n = 1 }, { n = 2 }, { n = 3 } }, function(d)
      local second = d[2]
      table.remove(d, 1)
      second.x = 1
    end))
    assert.equal('{"a":{"x":1},"b":{"x":2}}', changed({ a = { x = 1 } }, function(d)
      d.b = d.a
      d.b.x = 2
    end))
    assert.equal('{"a":{"x":1,"a":{"x":1}}}', changed({ a = { x = 1 } }, function(d)
      d.a.a = d.a
    end))
    assert.equal('{"list":[{"k":{"x":1}}]}', changed({ k = { x = 1 } }, function(d)
      d.list = { { k = d.k } }
      d.k = nil
    end))
  end)

  it("forgets what is replaced", function()
    assert.equal('{"a":{"new":1}}', changed({ a = { b = { c = 1 } } }, function(d)
      local b = d.a.b
      d.a = { new = 1 }
      b.c = 2
    end))
    assert.equal('{"a":{"b":2}}', changed({ a = { b = 1 } }, function(d)
      local a = d.a
      a.b = 7
      d.a = nil
      d.a = { b = 2 }
    end))
  end)

  it("makes an empty map a list at its first item", function()
    assert.equal('{"a":[{"x":1},2]}', changed({}, function(d)
      d.a = {}
      d.a[1] = {}
      d.a[#d.a + 1] = 2
      d.a[1].x = 1
    end))
  end)

  it("refuses what does not fit", function()
    fails("this is a map: its fields have names, not a number", changed, { a = 1 }, function(d)
      d[1] = 1
    end)
    fails("this is a list: its items are numbered 1 to 2", changed, { 1, 2 }, function(d)
      d.x = 1
    end)
    fails("it has 2 items, and %[4%] would be set", changed, { 1, 2 }, function(d) d[4] = 1 end)
    fails("x%.y: a function", changed, { a = 1 }, function(d) d.b = { x = { y = print } } end)
    fails("a list or map expected", update, 5, print)
    fails("function expected", update, {}, 5)
  end)

  it("is over when the function has returned", function()
    local kept, below
    update(pod(), function(d)
      kept, below = d, d.spec
    end)
    fails("this draft is over", function() return kept.spec end)
    fails("this draft is over", function() below.x = 1 end)
    fails("this draft is over", function() return #kept end)
    fails("this draft is over", value.of, { kept })
    update(pod(), function()
      fails("this draft is over", function() return kept.spec end)
    end)
  end)

  it("goes through errors and nests", function()
    local p = pod()
    fails("oops", update, p, function(d)
      d.spec.x = 1
      error "oops"
    end)
    local new = update(p, function(d)
      local inner = update(p, function(e)
        e.metadata.name = "inner"
        e.spec = d.spec
      end)
      d.inner = inner.metadata
    end)
    assert.equal("inner", new.inner.name)
    assert.equal(pod(), p)
  end)

  it("works in a coroutine", function()
    local new = coroutine.wrap(function()
      return update(pod(), function(d) d.x = 1 end)
    end)()
    assert.equal(1, new.x)
  end)
end)

describe("value.get and value.with", function()
  it("follow field paths", function()
    local p = pod()
    assert.equal("b", value.get(p, "spec.containers[1].name"))
    assert.equal(80, value.get(p, "spec.containers[name=b].ports[0]"))
    assert.equal("web", value.get({ metadata = { name = "web" } }, ".metadata.name"))
    assert.is_nil(value.get(p, "status.phase"))
    assert.is_nil(value.get(nil, "status.phase"))
    assert.equal(p, value.get(p, ""))
  end)

  it("set, append and remove without changing the value", function()
    local p = pod()
    local new = value.with(p, "spec.containers[name=c].image", "nginx")
    assert.equal('[{"name":"a"},{"name":"b","ports":[80,81]},{"image":"nginx","name":"c"}]',
      tostring(new.spec.containers))
    assert.is_nil(value.with(new, "spec.containers", nil).spec.containers)
    assert.equal("y", value.with({ a = "x" }, "a", "y").a)
    assert.equal(pod(), p)
  end)

  it("tell what does not parse or fit", function()
    fails('path "a%.%.b": expected a field name at column 3', value.get, {}, "a..b")
    fails('"name" needs a map, found list', value.with, pod(), "spec.containers.name", 1)
    fails("index 9 is past the end of 2 items", value.with, pod(), "spec.containers[9]", 1)
  end)

  it("take more paths than are kept", function()
    for i = 1, 2500 do
      assert.equal(i, value.get({ ["k" .. i] = i }, "k" .. i))
    end
  end)
end)

describe("memory", function()
  it("is given back whatever the collector does", function()
    for _ = 1, 200 do
      local p = pod()
      for _ = 1, 20 do
        p = update(p, function(d) d.spec.containers[1].n = (d.spec.containers[1].n or 0) + 1 end)
      end
      assert.equal(20, p.spec.containers[1].n)
      collectgarbage "step"
    end
  end)
end)
