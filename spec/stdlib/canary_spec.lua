-- SPDX-License-Identifier: MIT
-- The canary on a cluster, as people use it.
local play = require "spec.support.scene"

local START = [[
  cluster { seed = 7 }
  behave("app=web", { start = "1s", ready = "2s" })
  Deployment "web" { replicas = 10, image = "web:1", strategy = { type = "Canary",
    canary = { maxSurge = 1, maxUnavailable = 0, steps = { { setWeight = 20 },
      { pause = { duration = "10m" } }, { setWeight = 60 }, { pause = {} } } } } }
  wait("deploy/web", "rolled out")
  function kept() return get "deploy/web".status.rollout end
  function sizes()
    local found = {}
    for _, set in ipairs(list "rs") do
      found[set.spec.template.spec.containers[1].image] = set.spec.replicas
    end
    return found
  end
  set_image("deploy/web", "web=web:2")
  run "1m"
]]

describe("Canary", function()
  it("goes by its steps, and to the end when it is promoted", function()
    play(START .. [[
      expect(kept().phase).is "Paused"
      expect(sizes()["web:2"]).is(2)
      run "10m"
      expect(sizes()["web:2"]).is(6)
      expect(kept().message).is "step 4, pause: until it is promoted"
      rollout.promote "deploy/web"
      wait("deploy/web", "rolled out")
      expect(sizes()["web:1"]).is(0)
      expect(kept().phase).is "Healthy"
    ]])
  end)

  it("lets no deadline run while it pauses, but while pods are missing", function()
    play(START .. [[
      patch("deploy/web", { spec = { progressDeadlineSeconds = 60 } })
      run "9m"
      expect(get "deploy/web".status.conditions[2].reason).is "RolloutPaused"
      behave("app=web", { never_ready = true })
      run "5m"
      expect(get "deploy/web".status.conditions[2].reason).is "ProgressDeadlineExceeded"
      expect(sizes()["web:1"]).is(8)
    ]])
  end)

  it("holds while the Deployment is paused, and goes on", function()
    play(START .. [[
      rollout.pause "deploy/web"
      run "20m"
      expect(sizes()["web:2"]).is(2)
      rollout.resume "deploy/web"
      run "1m"
      expect(sizes()["web:2"]).is(6)
    ]])
  end)

  it("keeps its weight when the Deployment is scaled", function()
    play(START .. [[
      scale("deploy/web", 20)
      run "1m"
      expect(sizes()["web:2"]).is(4)
      expect(sizes()["web:1"]).is(16)
      expect(kept().step).is(2)
    ]])
  end)

  it("begins again with a new template, and goes straight back to the stable one", function()
    play(START .. [[
      set_image("deploy/web", "web=web:3")
      run "1m"
      expect(sizes()["web:2"]).is(0)
      expect(sizes()["web:3"]).is(2)
      expect(sizes()["web:1"]).is(8)
      rollout.undo("deploy/web", 1)
      run "1m"
      expect(sizes()["web:1"]).is(10)
      expect(kept().phase).is "Healthy"
    ]])
  end)

  it("goes back when it is aborted, and begins again when it is retried", function()
    play(START .. [[
      rollout.abort "deploy/web"
      run "1m"
      expect(sizes()["web:1"]).is(10)
      expect(get "deploy/web".spec.template.spec.containers[1].image).is "web:2"
      local ok, refusal = pcall(rollout.promote, "deploy/web")
      expect(tostring(refusal)).contains "is aborted"
      rollout.retry "deploy/web"
      run "1m"
      expect(sizes()["web:2"]).is(2)
      expect(kept().step).is(2)
    ]])
  end)

  it("says what a verb would do, and does not do it", function()
    play(START .. [[
      expect(rollout.promote("deploy/web", { dry_run = true })).is(
        "deployment.apps/web promoted (dry run): step 2, pause 10m would be over")
      expect(rollout.abort("deploy/web", { dry_run = true })).contains "would go back"
      expect(rollout.promote("deploy/web", { full = true, dry_run = true }))
        .contains "all 10 pods would become revision"
      run "1m"
      expect(kept().phase).is "Paused"
      expect(kept().step).is(2)
    ]])
  end)

  it("refuses what a paused Deployment would not do", function()
    play(START .. [[
      rollout.pause "deploy/web"
      local ok, refusal = pcall(rollout.abort, "deploy/web")
      expect(tostring(refusal)).contains "resume it first"
    ]])
  end)

  it("goes back when what it measures in the background fails", function()
    play(START .. [[
      metric("errors", "deploy/web", function(t, version)
        return version.image == "web:3" and version.weight > 50 and 0.5 or 0
      end)
      patch("deploy/web", function(web)
        web.spec.strategy.canary.analysis = { metric = "errors", failureCondition = "> 10%" }
      end)
      rollout.promote("deploy/web", { full = true })
      wait("deploy/web", "rolled out")
      set_image("deploy/web", "web=web:3")
      run "9m"
      expect(kept().phase).is "Paused"
      run "5m"
      expect(kept().phase).is "Degraded"
      expect(sizes()["web:2"]).is(10)
    ]])
  end)

  it("follows a change of its steps in mid-flight", function()
    play(START .. [[
      patch("deploy/web", function(web)
        web.spec.strategy.canary.steps[2] = { pause = { duration = "1h" } }
        web.spec.strategy.canary.steps[1] = { setWeight = 40 }
      end)
      run "1m"
      expect(sizes()["web:2"]).is(4)
      expect(kept().step).is(2)
    ]])
  end)

  it("tells of it in events", function()
    local cluster = play(START .. [[ rollout.promote("deploy/web", { full = true }) run "1m" ]])
    local reasons = {}
    for _, event in ipairs(cluster.events:list()) do reasons[event.reason] = true end
    assert.is_true(reasons.RolloutPaused)
    assert.is_true(reasons.RolloutCompleted)
  end)
end)
