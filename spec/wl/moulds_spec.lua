-- SPDX-License-Identifier: MIT
--- Objects of a template are admitted as if each were looked at.
local Cluster = require "wl.cluster"
local Moulds = require "wl.moulds"
local value = require "wl.value"

local TEMPLATE = value.of { metadata = { labels = { app = "a" } }, spec = {
  restartPolicy = "Never", containers = { { name = "main", image = "busybox" } } } }

local function job(name, fields)
  local object = { apiVersion = "batch/v1", kind = "Job", metadata = { name = name },
    spec = { template = TEMPLATE } }
  for key, x in pairs(fields or {}) do object[key] = x end
  return object
end

local function pod(fields)
  local object = { apiVersion = "v1", kind = "Pod",
    metadata = { generateName = "web-", labels = { app = "a" } }, spec = TEMPLATE.spec }
  for key, x in pairs(fields or {}) do object[key] = x end
  return object
end

-- A cluster that counts how often an object is looked at.
local function cluster_of(looks)
  local cluster = Cluster.new { seed = 5, nodes = 0 }
  local moulds = cluster.server.moulds
  function moulds:admit(kind, source, admit)
    return Moulds.admit(self, kind, source, function()
      looks.count = looks.count + 1
      return admit()
    end)
  end
  return cluster
end

-- The same objects with and without moulds.
local function both(objects)
  local looks = { count = 0 }
  local quick, slow = cluster_of(looks), Cluster.new { seed = 5, nodes = 0 }
  slow.server.moulds.admit = function(_, _, _, admit) return admit() end
  local a, b = {}, {}
  for i, object in ipairs(objects) do
    a[i] = { quick:create(object) }
    b[i] = { slow:create(object) }
  end
  return a, b, looks.count
end

local function assert_same(objects, looks)
  local a, b, count = both(objects)
  for i in ipairs(objects) do
    assert.equal(tostring(b[i][1]), tostring(a[i][1]))
    assert.same({ b[i][2], b[i][3] }, { a[i][2], a[i][3] })
  end
  assert.equal(looks, count)
end

describe("objects of a template", function()
  it("are admitted alike", function()
    assert_same({ job "run-1", job "run-2", job "run-3", job "run-4" }, 2)
    assert_same({ pod(), pod(), pod(), pod() }, 2)
  end)

  it("are refused alike", function()
    assert_same({ job "run-1", job "run-2", job "run-", job "Run-3", job(("x"):rep(64)) }, 5)
  end)

  it("are told apart by what else they are", function()
    assert_same({ job "run-1", job "run-2",
      job("run-3", { spec = { template = TEMPLATE, completions = 3 } }),
      job("run-4", { metadata = { name = "run-4", namespace = "kube-system" } }),
      job("run-5", { metadata = { name = "run-5", labels = { job = "run-5" } } }) }, 5)
  end)

  it("are looked at when their length makes a difference", function()
    local spec = { template = TEMPLATE, completions = 20, completionMode = "Indexed" }
    assert_same({ job("run-1", { spec = spec }), job("run-2", { spec = spec }),
      job(("x"):rep(61), { spec = spec }), job("run-3", { spec = spec }) }, 3)
  end)

  it("still ask the rules that look at other objects", function()
    local looks = { count = 0 }
    local cluster = cluster_of(looks)
    for _ = 1, 3 do assert(cluster:create(pod())) end
    assert.equal(2, looks.count)
    assert(cluster:create { apiVersion = "v1", kind = "LimitRange", metadata = { name = "small" },
      spec = { limits = { { type = "Container", default = { cpu = "1" } } } } })
    assert(cluster:create { apiVersion = "scheduling.k8s.io/v1", kind = "PriorityClass",
      metadata = { name = "high" }, value = 7, globalDefault = true })
    looks.count = 0
    local made = assert(cluster:create(pod()))
    assert.equal(0, looks.count)
    assert.equal("1", made.spec.containers[1].resources.limits.cpu)
    assert.equal(7, made.spec.priority)
  end)

  it("gives up where nothing can be learned", function()
    local kind = { varying = {}, api = "v1" }
    local moulds, looks = Moulds.new(), 0
    for i = 1, 20 do
      local source = value.of { apiVersion = "v1", metadata = { name = "a" .. i }, spec = {} }
      assert(moulds:admit(kind, source, function()
        looks = looks + 1
        return { name = i }
      end))
    end
    assert.equal(20, looks)
  end)
end)
