-- SPDX-License-Identifier: MIT
local kind = require "wl.kind"
local schema = require "wl.schema"
local meta = require "wl.api.meta"
local test = require "wl.test"

local function set(replicas)
  return { apiVersion = "apps/v1", kind = "ReplicaSet", metadata = { name = "web", uid = "set-1" },
    spec = { replicas = replicas, selector = { matchLabels = { app = "web" } },
      template = { metadata = { labels = { app = "web" } },
        spec = { containers = { { name = "web", image = "nginx" } } } } } }
end

local function pod(name, phase)
  return { apiVersion = "v1", kind = "Pod",
    metadata = { name = name, labels = { app = "web" }, creationTimestamp = "2023-12-31T00:00:00Z",
      ownerReferences = { { apiVersion = "apps/v1", kind = "ReplicaSet", name = "web",
        controller = true } } },
    spec = { containers = { { name = "web", image = "nginx" } } }, status = { phase = phase } }
end

local function reconcile(options)
  options.kind = options.kind or "ReplicaSet"
  options.key = options.key or "default/web"
  return test.reconcile(options)
end

local function names(list)
  local found = {}
  for i, object in ipairs(list) do found[i] = object.metadata.name end
  return found
end

describe("a reconcile without a cluster", function()
  it("tells what was created, and the status", function()
    local result = reconcile { objects = { set(3), pod("a", "Running") } }
    assert.equal(2, #result.created)
    assert.equal("web-", result.created[1].metadata.generateName)
    assert.equal("set-1", result.created[1].metadata.ownerReferences[1].uid)
    assert.equal(1, result.status.replicas)
    assert.same({ "SuccessfulCreate", "SuccessfulCreate" },
      { result.events[1].reason, result.events[2].reason })
    assert.is_nil(result.error)
  end)

  it("tells what was deleted, in order", function()
    local result = reconcile { objects = { set(0), pod("a", "Running"), pod("b", "Running") } }
    assert.same({ "a", "b" }, names(result.deleted))
  end)

  it("keeps uids and timestamps as they are given", function()
    local result = reconcile { objects = { set(1), pod("a", "Running") } }
    assert.equal("set-1", result.object.metadata.uid)
    assert.is_nil(result.object.metadata.creationTimestamp)
    assert.same({}, result.created)
  end)

  it("refuses the write that is to fail", function()
    local result = reconcile { objects = { set(7) }, fail = { create = 3 } }
    assert.equal(2, #result.created)
    assert.equal("create refused by the test", result.error)
    assert.equal("InternalError", result.code)
    result = reconcile { objects = { set(7) }, fail = { status = 1 } }
    assert.same({}, result.statuses)
    assert.equal("status refused by the test", result.error)
  end)

  it("runs a kind of one's own at a moment of one's own", function()
    local Alarm = kind "Alarm" {
      api = "example.com/v1",
      schema = meta.resource { spec = schema.object { at = schema.int64 },
        status = schema.object { rang = schema.bool } },
      reconcile = function(ctx, alarm)
        if ctx.now < alarm.spec.at then return alarm.spec.at - ctx.now end
        ctx:event(alarm, "Normal", "Rang", "It is time")
        ctx:update_status(alarm, { rang = true })
      end,
    }
    local function at(now)
      return reconcile { kind = Alarm, key = "default/wake", now = now, objects = { {
        apiVersion = "example.com/v1", kind = "Alarm", metadata = { name = "wake" },
        spec = { at = 1704067260 } } } }
    end
    assert.equal(60, at("2024-01-01T00:00:00Z").requeue_after)
    local late = at "2024-01-01T00:01:00Z"
    assert.same({ { rang = true } }, late.statuses)
    assert.same({ { type = "Normal", reason = "Rang", message = "It is time" } }, late.events)
  end)

  it("says what is wrong with the call", function()
    assert.error_matches(function() reconcile { objects = {} } end, "no ReplicaSet")
    assert.error_matches(function() reconcile { object = {} } end, 'unknown option "object"')
  end)
end)
