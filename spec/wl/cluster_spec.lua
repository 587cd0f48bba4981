-- SPDX-License-Identifier: MIT
-- A cluster's time, its controllers, and who may hold either up.
local Cluster = require "wl.cluster"
local kind = require "wl.kind"
local registry = require "wl.registry"

-- A cluster with a kind `Toy` that is reconciled by a function.
local function with_toy(reconcile, more)
  local declaration = { api = "example.org/v1", plural = "toys",
    spec = { size = kind.int { default = 1 } }, status = { seen = kind.int },
    reconcile = reconcile }
  for field, x in pairs(more or {}) do declaration[field] = x end
  local known = registry.new()
  known:add(kind "Toy"(declaration))
  return Cluster.new { registry = known }
end

local function toy(cluster, name)
  return assert(cluster:create { apiVersion = "example.org/v1", kind = "Toy",
    metadata = { name = name or "x" } })
end

describe("time", function()
  it("begins where it is told and stands still without work", function()
    local cluster = Cluster.new { start = "2026-03-28T22:00:00Z" }
    assert.equal("2026-03-28T22:00:00Z", cluster:timestamp())
    cluster:settle()
    assert.equal(cluster.started, cluster:now())
    cluster:run "90m"
    assert.equal("2026-03-28T23:30:00Z", cluster:timestamp())
  end)

  it("jumps to what is due, in order", function()
    local cluster, calls = Cluster.new {}, {}
    local function note(name)
      return function() calls[#calls + 1] = name .. cluster:timestamp() end
    end
    cluster:after("1h", note "c")
    cluster:after(0.5, note "a")
    cluster:after("1h", note "d")
    local taken_back = cluster:after("30m", note "x")
    assert.is_true(cluster:cancel(taken_back))
    assert.is_false(cluster:cancel(taken_back))
    cluster:run "2h"
    assert.same({ "a2024-01-01T00:00:00Z", "c2024-01-01T01:00:00Z", "d2024-01-01T01:00:00Z" },
      calls)
  end)

  it("is let pass until something is so", function()
    local cluster, done = Cluster.new {}, false
    cluster:after("10m", function() done = true end)
    assert.is_false(cluster:run_until("5m", function() return done end))
    assert.is_true(cluster:run_until("1h", function() return done end))
    assert.equal(600, cluster:now() - cluster.started)
  end)

  it("is let pass until nothing changes", function()
    local cluster = Cluster.new {}
    cluster:after("10m", function()
      cluster:create { apiVersion = "v1", kind = "ConfigMap", metadata = { name = "late" } }
    end)
    local quiet, since = cluster:run_until_quiet()
    assert.same({ true, 600 }, { quiet, since - cluster.started })
    local function again()
      cluster:after("1m", function()
        cluster:create { apiVersion = "v1", kind = "ConfigMap", metadata = { generateName = "a-" } }
        again()
      end)
    end
    again()
    quiet = cluster:run_until_quiet "30m"
    assert.same({ false, 2400 }, { quiet, cluster:now() - cluster.started })
  end)
end)

describe("a controller", function()
  it("is asked when its object changes, and when what it owns does", function()
    local asked = 0
    local cluster = with_toy(function() asked = asked + 1 end)
    local x = toy(cluster)
    cluster:settle()
    assert.equal(1, asked)
    cluster:update(x, function(draft) draft.spec.size = 2 end)
    cluster:settle()
    assert.equal(2, asked)
    cluster:create { apiVersion = "v1", kind = "Pod", metadata = { name = "p", ownerReferences = {
      { apiVersion = "example.org/v1", kind = "Toy", name = "x", uid = x.metadata.uid,
        controller = true } } },
      -- a scheduler that there is not says nothing to the pod
      spec = { schedulerName = "nobody", containers = { { name = "c", image = "i" } } } }
    cluster:settle()
    assert.equal(3, asked)
  end)

  it("comes back when it says so", function()
    local asked = {}
    local cluster = with_toy(function(ctx)
      asked[#asked + 1] = ctx.now
      return #asked < 3 and 60 or nil
    end)
    toy(cluster)
    cluster:run "1h"
    assert.same({ 0, 60, 120 }, { asked[1] - cluster.started, asked[2] - cluster.started,
      asked[3] - cluster.started })
  end)

  it("is asked again with back-off when it fails", function()
    local asked = {}
    local cluster = with_toy(function(ctx)
      asked[#asked + 1] = math.floor((ctx.now) * 1000 + 0.5)
      if #asked < 4 then return nil, "not yet" end
    end)
    toy(cluster)
    cluster:run "1m"
    assert.same({ 5, 10, 20 }, { asked[2] - asked[1], asked[3] - asked[2], asked[4] - asked[3] })
    assert.equal(4, #asked)
  end)

  it("that raises is told about with its place, and stops nobody else", function()
    local cluster = with_toy(function(_, object)
      if object.metadata.name == "bad" then return object.spec.nothing.here end
    end)
    local bad = toy(cluster, "bad")
    toy(cluster, "good")
    cluster:run "1s"
    assert.equal(1, #cluster.warnings)
    assert.matches("^toy%-controller on Toy default/bad: spec/wl/cluster_spec.lua:%d+: attempt to "
      .. "index", cluster.warnings[1])
    assert.equal("ReconcileError", cluster.events:about(bad)[1].reason)
  end)

  it("sees the objects that match, and is asked when they change", function()
    local counts = {}
    local cluster = with_toy(function(ctx)
      counts[#counts + 1] = #ctx:matching("ConfigMap", "default", { matchLabels = { a = "1" } })
    end)
    toy(cluster)
    cluster:settle()
    for _, label in ipairs { "1", "2", "1" } do
      cluster:create { apiVersion = "v1", kind = "ConfigMap",
        metadata = { generateName = "c-", labels = { a = label } } }
      cluster:settle()
    end
    assert.same({ 0, 1, 2 }, counts)
  end)

  it("watches what it says that it watches", function()
    local asked = 0
    local cluster = with_toy(function() asked = asked + 1 end, { watches = { {
      kind = "ConfigMap", map = function(_, config)
        return { { namespace = "default", name = config.metadata.name } }
      end } } })
    toy(cluster)
    cluster:settle()
    for _, name in ipairs { "x", "y" } do
      cluster:create { apiVersion = "v1", kind = "ConfigMap", metadata = { name = name } }
    end
    cluster:settle()
    assert.equal(2, asked)
  end)
end)

describe("what works for ever at one moment", function()
  local function stopped(cluster)
    cluster.most_steps = 1000
    local ok, problem = pcall(cluster.run, cluster, "1m")
    assert.is_false(ok)
    assert.equal("Timeout", problem.code)
    return tostring(problem)
  end

  it("is stopped and named: a controller, and the object", function()
    local cluster = with_toy(function(ctx, object)
      ctx:update_status(object, { seen = (object.status and object.status.seen or 0) + 1 })
    end)
    toy(cluster)
    assert.equal("time stands still: after 1000 steps at 2024-01-01T00:00:00Z (0s after the "
      .. "beginning) there is still work; the last was that of toy-controller on Toy default/x",
      stopped(cluster))
  end)

  it("is stopped and named: a timer", function()
    local cluster = Cluster.new {}
    local function again() cluster:after(0, again) end
    cluster:after("5s", again)
    assert.matches("%(5s after the beginning%) there is still work; the last was that of a timer$",
      stopped(cluster))
  end)

  it("may take long as long as time passes", function()
    local cluster = with_toy(function() return 0.001 end)
    toy(cluster)
    cluster.most_steps = 50
    cluster:run "1s"
  end)
end)

describe("an invariant", function()
  it("is verified after each thing that is done", function()
    local cluster, verified = with_toy(function() end), 0
    cluster:settle()
    cluster:always(function() verified = verified + 1 end)
    toy(cluster)
    cluster:settle()
    assert.equal(2, verified)
  end)

  it("is told once when it has failed, and does not keep others from being verified", function()
    local cluster, verified = Cluster.new {}, 0
    cluster:always(function()
      verified = verified + 1
      if verified > 1 then error("broken", 0) end
    end)
    local others = 0
    cluster:always(function() others = others + 1 end)
    assert.has_error(function() cluster:verify() end, "broken")
    cluster:verify()
    assert.same({ 2, 3 }, { verified, others })
  end)
end)

describe("policies", function()
  it("ship, and may be added", function()
    local cluster = Cluster.new {}
    assert.is_table(cluster:policy("rollout", "RollingUpdate"))
    assert.is_nil(cluster:policy("rollout", "NoSuchThing"))
    local mine = {}
    cluster:add_policy("rollout", "Mine", mine)
    assert.equal(mine, cluster:policy("rollout", "Mine"))
  end)
end)
