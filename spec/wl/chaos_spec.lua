-- SPDX-License-Identifier: MIT
--- Faults: read, drawn from streams of their own, and done and undone.
local chaos = require "wl.chaos"
local scenario = require "wl.scenario"
local spell = require "wl.chaos.spell"

local function play(given, options)
  options = options or {}
  local played = scenario.new()
  local words = played:environment()
  words.cluster { nodes = 4, seed = options.seed or 1 }
  local cluster = played:default()
  for number in pairs(options.mute or {}) do cluster.chaos_mute[number] = true end
  words.Deployment("web", { replicas = 6, image = "nginx:1" })
  words.StatefulSet("db", { replicas = 2, image = "db:1" })
  words.wait "deploy/web"
  words.chaos(given)
  words.run(options.length or "1h")
  return cluster, words
end

-- What struck: "moment fault target" of each, of one fault if wanted.
local function log_of(cluster, fault)
  local lines = {}
  for _, entry in ipairs(cluster.chaos_log) do
    if not fault or entry.fault == fault then
      lines[#lines + 1] = ("%.3f %s %s"):format(entry.at, entry.fault, entry.target or "-")
    end
  end
  return lines
end

describe("how often", function()
  it("is read", function()
    assert.same({ count = 2, every = 600, last = 300 }, spell.parse("x", "2 every 10m for 5m"))
    assert.same({ count = 1, every = 5 }, spell.parse("x", "1 every 5s"))
    assert.same({ at = 90, last = 30 }, spell.parse("x", "once at 1m30s for 30s"))
    assert.same({ chance = 0.25 }, spell.parse("x", 0.25))
  end)

  it("is refused with what to write", function()
    for _, given in ipairs { "often", "0 every 5m", "1 every", "1 every soon", "once", 2, true,
      "1 every 5m for ever" } do
      local read, message = spell.parse("node_crash", given)
      assert.is_nil(read)
      assert.matches("chaos: node_crash: write how often", message)
    end
  end)
end)

describe("chaos", function()
  it("teaches what there is", function()
    local _, message = chaos.read { node_crsh = "1 every 5m" }
    assert.matches('there is no fault "node_crsh"; did you mean "node_crash"?', message)
    _, message = chaos.read { api_error = "1 every 5m" }
    assert.matches("a chance expected", message)
    _, message = chaos.read { pod_crash = 0.5 }
    assert.matches("write how often", message)
    _, message = chaos.read { pod_crash = "1 every 5m", from = "soon" }
    assert.matches("from", message)
  end)

  it("a change is late once: where all are, work is still done", function()
    local cluster, words = play({ watch_delay = 1 }, { length = "0s" })
    words.scale("deploy/web", 9)
    words.run "1m"
    assert.equal(9, cluster.server:get("Deployment", "default", "web").status.readyReplicas)
  end)

  for _, name in ipairs(chaos.names()) do
    it(name .. " strikes", function()
      local by_chance = name:find "^api_" or name == "watch_delay"
      local given = { [name] = by_chance and 0.3 or "2 every 10m for 1m" }
      if by_chance then given.pod_crash = "2 every 5m" end
      local cluster = play(given)
      if by_chance then
        assert.is_true(#cluster.chaos_log > 0)
        return
      end
      assert.is_true(#cluster.chaos_log >= 10)
      for _, entry in ipairs(cluster.chaos_log) do
        assert.equal(name, entry.fault)
        assert.is_string(entry.text)
      end
    end)
  end

  it("is over in the end, and then all is well again", function()
    local given = { to = "20m", watch_delay = 0.2, api_error = 0.1, api_conflict = 0.1 }
    for _, name in ipairs(chaos.names()) do
      given[name] = given[name] or "1 every 5m for 1m"
    end
    local _, words = play(given, { length = "1h" })
    assert.equal(6, words.get "deploy/web".status.availableReplicas)
    assert.equal(2, words.get "sts/db".status.readyReplicas)
  end)

  it("is the same for the same seed, and another for another", function()
    local given = { pod_crash = "3 every 10m", node_crash = "1 every 15m for 5m", api_error = 0.05 }
    local one, same = log_of((play(given))), log_of((play(given)))
    local other = log_of((play(given, { seed = 2 })))
    assert.same(one, same)
    assert.is_not.same(one, other)
  end)

  it("draws each fault from a stream of its own", function()
    local function moments(given)
      local list = {}
      for i, line in ipairs(log_of((play(given)), "pause")) do list[i] = line:match "^%S+" end
      return list
    end
    local alone = moments { pause = "2 every 10m for 1s" }
    assert.same(alone, moments { pause = "2 every 10m for 1s", pod_delete = "1 every 2m" })
  end)

  it("can be repeated without some of what struck", function()
    local cluster = play({ pod_delete = "2 every 10m" }, { mute = { [1] = true, [3] = true } })
    assert.is_true(cluster.chaos_log[1].muted)
    assert.is_nil(cluster.chaos_log[1].text)
    assert.is_string(cluster.chaos_log[2].text)
  end)

  it("refuses what controllers write, not what people do", function()
    local cluster, words = play({ api_error = 1 }, { length = "10s" })
    words.scale("deploy/web", 9)
    words.run "1m"
    assert.equal(6, #words.list("pods", "app=web"))
    cluster.refusals = nil
    words.run "20m"
    assert.equal(9, #words.list("pods", "app=web"))
  end)
end)

-- What exploration has found; each was lost for ever once the API had refused it.
describe("what the API refuses once", function()
  -- A world whose API refuses the first write of a controller to a kind.
  local function world(writer, verb, kind)
    local words = scenario.new({ seed = 1 }):environment()
    local handle = words.cluster { nodes = 2 }
    local cluster, left = rawget(handle, "cluster"), 0
    local apierror = require "wl.apierror"
    cluster.refusals = { function(asked, object)
      if asked ~= verb or left == 0 or not object or object.kind ~= kind then return nil end
      if cluster.controllers.last_writer ~= writer then return nil end
      left = left - 1
      return apierror.new("InternalError", "etcdserver: request timed out")
    end }
    return words, function() left = 1 end, function() return left end
  end

  it("is done later: a volume for a claim", function()
    local words, refuse, left = world("persistentvolume-controller", "create", "PersistentVolume")
    refuse()
    words.StatefulSet "db" { image = "x", serviceName = "db",
      volumeClaimTemplates = { data = "1Gi" } }
    words.run "1m"
    assert.equal(0, left())
    assert.equal(1, words.get "sts/db".status.readyReplicas)
  end)

  it("is done later: what goes with its namespace", function()
    local words, refuse, left = world("namespace-controller", "delete", "ResourceQuota")
    words.Namespace "shop" {}
    words.ResourceQuota "all" { namespace = "shop", hard = { pods = "3" } }
    words.run "1m"
    refuse()
    words.delete "ns/shop"
    words.run "5m"
    assert.equal(0, left())
    assert.is_false(words.exists "ns/shop")
  end)

  it("is done later: what the collector deletes", function()
    local words, refuse, left = world("garbage-collector", "delete", "ReplicaSet")
    words.Deployment "web" { image = "x" }
    words.run "1m"
    refuse()
    words.delete "deploy/web"
    words.run "1m"
    assert.equal(0, left())
    assert.equal(0, #words.list "rs")
  end)
end)
