-- SPDX-License-Identifier: MIT
local Events = require "wl.events"

local START = 1704067200

local now, events

local function object(name, kind)
  return { apiVersion = "v1", kind = kind or "Pod",
    metadata = { name = name, namespace = "default", uid = "uid-" .. name } }
end

local function record(name, message, reason)
  events:record(object(name), "Warning", reason or "Failed", message, "spec")
end

local function texts()
  local list = {}
  for i, event in ipairs(events:list()) do
    list[i] = ("%s %s x%d"):format(event.name, event.message, event.count)
  end
  return list
end

before_each(function()
  now = START
  events = Events.new(function() return now end)
end)

describe("events", function()
  it("have what Kubernetes' events have", function()
    record("a", "broken")
    local one = events:list()[1]
    assert.same({ "Warning", "Failed", "broken", "spec", "v1", "Pod", "default", "a", "uid-a", 1,
      START, START }, { one.type, one.reason, one.message, one.source, one.api, one.kind,
      one.namespace, one.name, one.uid, one.count, one.first, one.last })
  end)

  it("are counted where they are the same", function()
    record("a", "broken")
    now = now + 60
    record("a", "broken")
    record("b", "broken")
    record("a", "other")
    assert.same({ "a broken x2", "b broken x1", "a other x1" }, texts())
    local first = events:list()[1]
    assert.same({ START, START + 60 }, { first.first, first.last })
  end)

  it("become one when ten alike differ in message only", function()
    for i = 1, 12 do record("a", "try " .. i) end
    local list = texts()
    assert.equal(10, #list)
    assert.same({ "a try 9 x1", "a (combined from similar events): try 12 x3" },
      { list[9], list[10] })
  end)

  it("are not combined when they come seldom", function()
    for i = 1, 12 do
      record("a", "try " .. i)
      now = now + 601
    end
    for _, text in ipairs(texts()) do assert.is_nil(text:find("combined", 1, true)) end
  end)

  it("are few: 25 at once about one object, then one in five minutes", function()
    for i = 1, 30 do record("a", "same", "Reason" .. i) end
    assert.equal(25, #events:list())
    record("b", "another object")
    assert.equal(26, #events:list())
    now = now + 300
    record("a", "same", "Late")
    record("a", "same", "Later")
    assert.equal(27, #events:list())
  end)

  it("are kept for an hour", function()
    record("a", "old")
    now = now + 1800
    record("b", "young")
    now = now + 1801
    assert.same({ "b young x1" }, texts())
    now = now + 3600
    assert.same({}, texts())
  end)

  it("are forgotten one by one, whatever is still told", function()
    for i = 1, 40000 do
      record("old" .. i, "x")
      if i % 100 == 0 then record("busy", "still") end
      now = now + 1
    end
    assert.equal(3600 + 1, #events:list())
    local kept = 0
    for _ in pairs(events.tellers) do kept = kept + 1 end
    assert.is_true(kept < 10000)
    local busy = events:about(object "busy")[1]
    assert.same({ 25 + 132, START + 99 }, { busy.count, busy.first }) -- one in 300 seconds
  end)

  it("are told anew when they are old", function()
    record("a", "broken")
    now = now + 3601
    record("a", "broken")
    assert.same({ "a broken x1" }, texts())
    now = now + 3600
    record("a", "broken")
    assert.same({ "a broken x2" }, texts())
  end)

  it("of two types have one reason", function()
    record("a", "broken")
    events:record(object "a", "Normal", "Failed", "broken", "spec")
    events:record(object "a", "Normal", "Failed", "broken", "spec")
    record("a", "broken")
    assert.same({ "a broken x2", "a broken x2" }, texts())
  end)

  it("are copied up to a moment, and then go their own way", function()
    record("a", "one")
    now = now + 10
    record("a", "two")
    local copy = events:copy(START, function() return now end)
    assert.equal(1, #copy:list())
    copy:record(object "a", "Warning", "Failed", "one", "spec")
    copy:record(object "a", "Warning", "Failed", "two", "spec")
    assert.same({ 2, 1 }, { copy:list()[1].count, copy:list()[2].count })
    assert.same({ "a one x1", "a two x1" }, texts())
  end)

  it("can be asked for", function()
    record("a", "one")
    record("b", "two")
    assert.equal("two", events:about(object "b")[1].message)
    assert.equal(1, #events:list(function(event) return event.message == "one" end))
  end)
end)

describe("events about a batch", function()
  local cluster, batch

  before_each(function()
    cluster = require("wl.cluster").new {}
    events = cluster.events
  end)

  local function pods(n)
    batch = assert(cluster.server:create_many({ apiVersion = "v1", kind = "Pod",
      metadata = { generateName = "web-", namespace = "default" },
      spec = { containers = { { name = "c", image = "i" } } } }, n))
  end

  it("are spelled out with each object's fields", function()
    pods(3)
    events:record_many(batch, "Normal", "Made",
      "made {metadata.name} of {spec.containers[0].image}", nil, "spec")
    local list = events:list()
    assert.equal(3, #list)
    for i, event in ipairs(list) do
      assert.equal("made " .. batch[i].metadata.name .. " of i", event.message)
      assert.equal(batch[i].metadata.uid, event.uid)
    end
  end)

  it("may be about one object, which gets no more than it may", function()
    pods(100)
    events:record_many(batch, "Normal", "Made", "made {metadata.name}", batch[1], "spec")
    local list = events:list()
    assert.equal(10, #list)
    assert.matches("^%(combined from similar events%)", list[10].message)
  end)

  it("cost one record for many, and read the same", function()
    pods(1000)
    events:record_many(batch, "Normal", "Made", "made {metadata.name}", nil, "spec")
    assert.equal(1000, #events:list())
    assert.equal("made " .. batch[700].metadata.name, events:about(batch[700])[1].message)
  end)
end)
