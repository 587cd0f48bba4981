-- SPDX-License-Identifier: MIT
-- The API server: objects on their way into the store and out; and what a
-- controller may do with it.
local Cluster = require "wl.cluster"
local Ctx = require "wl.ctx"
local manifests = require "spec.support.manifests"
local yaml = require "wl.yaml"

local cluster, server

before_each(function()
  cluster = Cluster.new {}
  server = cluster.server
end)

local function web() return assert(yaml.parse(manifests.web())) end

local function pod(fields)
  local metadata = { name = "p", namespace = "default" }
  for name, x in pairs(fields or {}) do metadata[name] = x end
  return { apiVersion = "v1", kind = "Pod", metadata = metadata,
    spec = { containers = { { name = "c", image = "i" } } } }
end

describe("create", function()
  it("fills in defaults and what the server sets", function()
    local made = assert(server:create(web()))
    assert.same({ "default", 1, 10, "RollingUpdate", "25%" }, { made.metadata.namespace,
      made.metadata.generation, made.spec.revisionHistoryLimit, made.spec.strategy.type,
      made.spec.strategy.rollingUpdate.maxSurge })
  end)

  it("makes names", function()
    local object = pod { generateName = "p-" }
    object.metadata.name = nil
    local made = assert(server:create(object))
    assert.matches("^p%-%w%w%w%w%w$", made.metadata.name)
  end)

  it("refuses with a code and every cause", function()
    local object = pod { name = "P" }
    object.spec.containers[1].name = nil
    local made, message, code, causes = server:create(object)
    assert.same({ nil, "Invalid", 2 }, { made, code, #causes })
    assert.matches('^Pod "P" is invalid: %[', message)
    assert(server:create(pod()))
    made, message, code = server:create(pod())
    assert.same({ nil, 'pods "p" already exists', "AlreadyExists" }, { made, message, code })
    assert.equal("NotFound", (select(3, server:create(pod { namespace = "nowhere" }))))
    assert.equal("BadRequest", (select(3, server:create(5))))
    assert.equal("NotFound", (select(3, server:create { apiVersion = "v1", kind = "Pood" })))
  end)

  it("makes many that differ in name", function()
    local batch = assert(server:create_many({ apiVersion = "v1", kind = "Pod",
      metadata = { generateName = "p-", namespace = "default" }, spec = pod().spec }, 50))
    local seen = {}
    for object in batch:each() do seen[object.metadata.name] = true end
    local count = 0
    for _ in pairs(seen) do count = count + 1 end
    assert.equal(50, count)
  end)
end)

describe("update", function()
  it("conflicts when it is based on an old version", function()
    local first = assert(server:create(web()))
    assert(server:change(first, function(draft) draft.spec.replicas = 3 end))
    local updated, message, code = server:change(first, function(draft) draft.spec.replicas = 4 end)
    assert.same({ nil, "Conflict" }, { updated, code })
    assert.matches('^Operation cannot be fulfilled on deployments.apps "web": the object has been '
      .. "modified", message)
  end)

  it("writes nothing when nothing changes", function()
    local first = assert(server:create(web()))
    local before = server.store:revision()
    assert(server:change(first, function(draft) draft.spec.replicas = 2 end))
    assert.equal(before, server.store:revision())
  end)

  it("refuses what may not change", function()
    local first = assert(server:create(web()))
    local _, _, code, causes = server:change(first, function(draft)
      draft.spec.selector.matchLabels.app = "x"
      draft.spec.template.metadata.labels.app = "x"
    end)
    assert.same({ "Invalid", "spec.selector" }, { code, causes[1].field })
  end)

  it("leaves the status to update_status, and the rest to update", function()
    local first = assert(server:create(web()))
    local second = assert(server:update_status(first, { replicas = 7 }))
    assert.same({ 7, 1 }, { second.status.replicas, second.metadata.generation })
    local third = assert(server:change(second, function(draft) draft.status.replicas = 9 end))
    assert.equal(7, third.status.replicas)
  end)

  it("knows what is gone", function()
    local first = assert(server:create(pod()))
    server:delete(first, { grace = 0 })
    assert.equal("NotFound", (select(3, server:change(first, function(draft)
      draft.metadata.labels = { a = "b" }
    end))))
    assert.equal("NotFound", (select(3, server:delete(first))))
  end)
end)

-- k8s.io/apiserver/pkg/registry/rest/delete.go: BeforeDelete
describe("delete", function()
  local function again(object) return (server:by_uid(object.metadata.uid)) end

  local function marks(object)
    local m = again(object).metadata
    return { m.deletionTimestamp, m.deletionGracePeriodSeconds, m.generation }
  end

  it("marks what finalizers keep: at once, without grace, as a new generation", function()
    local object = assert(server:create(web()))
    assert(server:change(object, function(draft) draft.metadata.finalizers = { "a/b" } end))
    cluster:run(10)
    assert(server:delete(again(object)))
    assert.same({ "2024-01-01T00:00:10Z", 0, 2 }, marks(object))
    cluster:run(10)
    assert(server:delete(again(object)))
    assert.same({ "2024-01-01T00:00:10Z", 0, 2 }, marks(object))
  end)

  it("asked for again may only shorten the grace, counted from the first time", function()
    cluster = Cluster.new { nodes = 1 }
    server = cluster.server
    cluster.kubelet:behave("", { ignore_term = true })
    local object = pod()
    object.spec.nodeName, object.spec.terminationGracePeriodSeconds = "node-1", 60
    object = assert(server:create(object))
    cluster:run(5)
    assert(server:delete(object))
    assert.same({ "2024-01-01T00:01:05Z", 60, 2 }, marks(object))
    cluster:run(10)
    assert(server:delete(object, { grace = 100 }))
    assert(server:delete(object))
    assert.same({ "2024-01-01T00:01:05Z", 60, 2 }, marks(object))
    assert(server:delete(object, { grace = 30 }))
    assert.same({ "2024-01-01T00:00:35Z", 30, 2 }, marks(object))
  end)
end)

describe("list", function()
  it("sorts by namespace and name, and selects", function()
    assert(server:create { apiVersion = "v1", kind = "Namespace", metadata = { name = "a" } })
    for _, one in ipairs { { "z", "default" }, { "m", "a" }, { "b", "default" } } do
      assert(server:create(pod { name = one[1], namespace = one[2], labels = { n = one[1] } }))
    end
    local function names(options)
      local list = {}
      for i, object in ipairs(server:list("pods", options)) do list[i] = object.metadata.name end
      return table.concat(list, " ")
    end
    assert.same({ "m b z", "b z", "z", "b z" }, { names(), names { namespace = "default" },
      names { selector = "n=z" }, names { field = "metadata.namespace!=a" } })
  end)
end)

describe("a ctx", function()
  local ctx

  before_each(function() ctx = Ctx.new(cluster, "spec") end)

  it("adopts and releases", function()
    local owner = assert(ctx:create(web()))
    local object = assert(ctx:create(pod()))
    object = assert(ctx:adopt(owner, object))
    assert.same({ owner.metadata.uid, true, 1 }, { object.metadata.ownerReferences[1].uid,
      object.metadata.ownerReferences[1].controller, #ctx:owned(owner, "Pod") })
    object = assert(ctx:release(owner, object))
    assert.same({ nil, 0 }, { object.metadata.ownerReferences, #ctx:owned(owner, "Pod") })
  end)

  it("counts orphans apart", function()
    local owner = assert(ctx:create(web()))
    local object = assert(ctx:create(pod { labels = { app = "web" } }))
    local selector = { matchLabels = { app = "web" } }
    local orphans, all = ctx:orphans("Pod", "default", selector),
      ctx:matching("Pod", "default", selector)
    assert.same({ 1, 1 }, { #orphans, #all })
    ctx:adopt(owner, object)
    assert.same({ 0, 1 }, { #orphans, #all })
  end)

  it("has chance that does not depend on other chance", function()
    local other = Ctx.new(Cluster.new {}, "spec")
    other:rng("b"):integer(1, 1000)
    assert.equal(ctx:rng("a"):integer(1, 1000000), other:rng("a"):integer(1, 1000000))
  end)

  it("tells events in its name", function()
    local object = assert(ctx:create(pod()))
    ctx:event(object, "Normal", "Seen", "it is there")
    local event = cluster.events:about(object)[1]
    assert.same({ "Seen", "it is there", "spec" }, { event.reason, event.message, event.source })
  end)

  it("knows kinds, and says which it does not", function()
    assert.error_matches(function() ctx:all "Pood" end, 'there is no kind "Pood"')
    assert.is_nil((ctx:get("Pod", "default", "none")))
  end)
end)
