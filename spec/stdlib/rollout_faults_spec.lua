-- SPDX-License-Identifier: MIT
-- Every strategy, while pods crash and nodes fail: at no write of the controller is
-- there more or less than its budget allows, and in the end all pods are new.
local rollout_watch = require "spec.support.rollout_watch"
local scenario = require "wl.scenario"

local SEEDS = { 1, 2, 3 }

-- Pods that crash now and then, are slow, and end slowly; nodes that come and go.
local WORLD = [[
  cluster { seed = %d, nodes = 6 }
  for i = 1, 6 do
    node("node-" .. i):label { ["topology.kubernetes.io/zone"] = "zone-" .. (i + 1) // 2 }
  end
  metric("errors", 0.01)
  behave("app=web", { start = { "1s", "4s" }, ready = { "2s", "20s" }, crash = 0.1,
    terminate = { "1s", "20s" } })
  %s
  run "3m"
]]

local FAULTS = [[
  set_image(name, "web=web:2")
  after("20s", function() node "node-2":fail() end)
  after("70s", function() for _, pod in ipairs(list "pods") do delete(pod) break end end)
  after("3m", function() node "node-5":fail() end)
  after("8m", function() node "node-2":recover() end)
  after("10m", function() node "node-5":recover() end)
  run "20m"
  behave("app=web", { start = "1s", ready = "2s" })
  wait(name, function(object)
    local status = object.status
    local wanted = status.desiredNumberScheduled or object.spec.replicas
    return (status.updatedReplicas or status.updatedNumberScheduled or 0) == wanted
      and (status.availableReplicas or status.numberAvailable or 0) == wanted
      and (status.replicas or wanted) == wanted
      and (not status.rollout or status.rollout.phase == "Healthy")
  end, "2h")
]]

local function deployment(strategy)
  return ([[ name = "deploy/web"
    Deployment "web" { replicas = 8, image = "web:1", strategy = %s } ]]):format(strategy)
end

local CASES = {
  { "RollingUpdate", deployment [[{ rollingUpdate = { maxSurge = 2, maxUnavailable = 1 } }]],
    { surge = 2, unavailable = 1 } },
  { "SurgeFirst", deployment [[{ type = "SurgeFirst", surgeFirst = { maxSurge = 2,
      maxUnavailable = 1, countTerminating = true } }]], { surge = 2, unavailable = 1 } },
  { "Canary", deployment [[{ type = "Canary", canary = { maxSurge = 2, maxUnavailable = 1,
      steps = { { setWeight = 20 }, { pause = { duration = "2m" } }, { analysis = {
      metric = "errors", successCondition = "< 0.1", count = 2 } }, { setWeight = 60 },
      { pause = { duration = 30 } } }, scaleDownDelay = "20s" } }]],
    { surge = 2, unavailable = 1 } },
  { "Batches", deployment [[{ type = "Batches", batches = { maxSurge = 1, maxUnavailable = 1,
      rest = "30s" } }]], { surge = 1, unavailable = 1 } },
  { "Partition", deployment [[{ type = "Partition", partition = { maxSurge = 0,
      maxUnavailable = 2 } }]], { surge = 0, unavailable = 2 } },
  { "BlueGreen", [[ Service "web" { selector = { app = "web" }, ports = { { port = 80 } } } ]]
    .. deployment [[{ type = "BlueGreen", blueGreen = { activeService = "web",
      scaleDownDelaySeconds = 60, autoPromotionSeconds = 60,
      prePromotionAnalysis = { metric = "errors", failureCondition = "> 0.1" } } }]],
    { surge = 8, unavailable = 0 } },
}

local function play(text, seed, prepare)
  local run = scenario.new {}
  local cluster
  local world = WORLD:format(seed, text)
  assert(load(world, "=world", "t", run:environment()))()
  cluster = run.current
  local wrong = prepare(cluster)
  assert(load(FAULTS, "=faults", "t", run:environment()))()
  run:finish()
  return wrong, cluster
end

local function assert_clean(wrong)
  assert.is_true(wrong.writes > 0)
  assert.equal("", table.concat(wrong, "\n"))
end

describe("under faults", function()
  for _, case in ipairs(CASES) do
    for _, seed in ipairs(SEEDS) do
      it(("%s of a Deployment keeps its budget, seed %d"):format(case[1], seed), function()
        assert_clean(play(case[2], seed, function(cluster)
          case[3].replicas = 8
          return rollout_watch.deployment(cluster, case[3])
        end))
      end)
    end
  end

  local function blue_green(seed)
    return play(CASES[#CASES][2], seed, function(cluster)
      return rollout_watch.switches(cluster, { replicas = 8, unavailable = 1 })
    end)
  end

  for _, seed in ipairs(SEEDS) do
    it(("BlueGreen switches when all new pods are there, seed %d"):format(seed), function()
      assert_clean(blue_green(seed))
    end)

    it(("Recreate never has both versions, seed %d"):format(seed), function()
      assert_clean(play(deployment [[{ type = "Recreate" }]], seed, rollout_watch.never_both))
    end)

    it(("Canary of a StatefulSet keeps its order, seed %d"):format(seed), function()
      assert_clean(play([[ name = "sts/web"
        StatefulSet "web" { replicas = 5, image = "web:1", updateStrategy = { type = "Canary",
          canary = { steps = { { setWeight = 40 }, { pause = { duration = "1m" } } } } } } ]],
        seed, function(cluster)
          return rollout_watch.pods(cluster, "statefulset-controller",
            { replicas = 5, unavailable = 1 })
        end))
    end)

    it(("ByZone of a DaemonSet goes zone by zone, seed %d"):format(seed), function()
      local budget
      assert_clean(play([[ name = "ds/web"
        DaemonSet "web" { image = "web:1", updateStrategy = { type = "ByZone",
          byZone = { maxUnavailable = 2, rest = "1m" } } } ]], seed, function(cluster)
          budget = rollout_watch.pods(cluster, "daemonset-controller",
            { replicas = 6, unavailable = 2 })
          return rollout_watch.zone_by_zone(cluster, "web:2")
        end))
      assert_clean(budget)
    end)
  end
end)
