-- SPDX-License-Identifier: MIT
-- A rollout that makes no progress goes back by itself, under every strategy.
local scene = require "spec.support.scene"

local function play(text, ...) return scene(text:format(...), 4) end

local WORDS = [[
  cluster { seed = 7 }
  behave("app=web", { start = "2s", ready = "3s" })
  behave("app=web", { image = "web:2", never_ready = true })
  function images()
    local found, seen = {}, {}
    for _, pod in ipairs(list("pods", "app=web")) do
      local image = pod.spec.containers[1].image
      if not seen[image] and not pod.metadata.deletionTimestamp then
        found[#found + 1], seen[image] = image, true
      end
    end
    table.sort(found)
    return table.concat(found, " ")
  end
]]

local CASES = {
  { "Deployment", "RollingUpdate", [[Deployment "web" { replicas = 4, image = "web:1",
      progressDeadlineSeconds = 120,
      strategy = { type = "RollingUpdate", autoRollback = true } }]] },
  { "Deployment", "Recreate", [[Deployment "web" { replicas = 4, image = "web:1",
      progressDeadlineSeconds = 120, strategy = { type = "Recreate", autoRollback = true } }]] },
  { "StatefulSet", "RollingUpdate", [[StatefulSet "web" { replicas = 4, image = "web:1",
      updateStrategy = { type = "RollingUpdate", autoRollback = true,
        progressDeadlineSeconds = 120 } }]] },
  { "DaemonSet", "RollingUpdate", [[DaemonSet "web" { image = "web:1",
      updateStrategy = { type = "RollingUpdate", autoRollback = true,
        progressDeadlineSeconds = 120 } }]] },
}

local IN_STEPS = {
  { "Deployment", [[progressDeadlineSeconds = 120, replicas = 4, strategy = { autoRollback = true,
      type = "Canary", canary = { steps = { { setWeight = 25 }, { pause = {} } } } }]] },
  { "StatefulSet", [[replicas = 4, updateStrategy = { autoRollback = true, type = "Canary",
      progressDeadlineSeconds = 120, canary = { steps = { { setWeight = 25 } } } }]] },
  { "DaemonSet", [[updateStrategy = { autoRollback = true, type = "Canary",
      progressDeadlineSeconds = 120, canary = { steps = { { setWeight = 25 } } } }]] },
}

describe("a retry after a rollback", function()
  it("has the whole time again", function()
    require "spec.support.scene" [[
      cluster { nodes = 3 }
      behave("app=web", { ready = "2s" })
      behave("app=web", { image = "web:2", never_ready = true })
      Deployment "web" { replicas = 4, image = "web:1", progressDeadlineSeconds = 30, strategy = {
        type = "Canary", autoRollback = true, canary = { steps = { { setWeight = 25 } } } } }
      wait("deploy/web", "rolled out", "5m")
      set_image("deploy/web", "web=web:2")
      run "2m"
      expect(get "deploy/web".status.rollout.phase).is "Degraded"
      rollout.retry "deploy/web"
      run "20s"
      expect(get "deploy/web".status.rollout.phase).is "Progressing"
      run "1m"
      expect(get "deploy/web".status.rollout.phase).is "Degraded"
    ]]
  end)
end)

describe("autoRollback", function()
  for _, case in ipairs(CASES) do
    it(("of a %s under %s puts the last healthy template back"):format(case[1], case[2]), function()
      local cluster = play(WORDS .. case[3] .. [[
        local name = "%s/web"
        wait(name, "rolled out")
        expect(get(name).status.rollout.phase).is "Healthy"
        set_image(name, "web=web:2")
        run "110s"
        expect(images()).contains "web:2"
        run "3m"
        expect(get(name).spec.template.spec.containers[1].image).is "web:1"
        expect(images()).is "web:1"
        expect(get(name).status.rollout.phase).is "Healthy"
        -- And the next one may come.
        set_image(name, "web=web:3")
        wait(name, "rolled out")
        expect(images()).is "web:3"
      ]], case[1])
      local reasons = {}
      for _, event in ipairs(cluster.events:list()) do reasons[event.reason] = true end
      assert.is_true(reasons.RolloutRolledBack)
    end)
  end

  for _, case in ipairs(IN_STEPS) do
    it(("of a %s in steps goes back to the stable revision"):format(case[1]), function()
      play(WORDS .. case[1] .. [[ "web" { image = "web:1", ]] .. case[2] .. [[ }
        local name = "%s/web"
        wait(name, "rolled out")
        set_image(name, "web=web:2")
        run "110s"
        expect(get(name).status.rollout.phase).is "Progressing"
        run "3m"
        expect(get(name).status.rollout.phase).is "Degraded"
        expect(get(name).status.rollout.message).contains "no progress for 2m"
        expect(images()).is "web:1"
      ]], case[1])
    end)
  end

  it("does nothing while there is progress, however slow", function()
    play(WORDS .. [[
      behave("app=web", { image = "web:3", ready = "100s" })
      Deployment "web" { replicas = 4, image = "web:1", progressDeadlineSeconds = 120,
        strategy = { type = "RollingUpdate", autoRollback = true,
          rollingUpdate = { maxSurge = 1, maxUnavailable = 0 } } }
      wait("deploy/web", "rolled out")
      set_image("deploy/web", "web=web:3")
      run "10m"
      expect(images()).is "web:3"
    ]])
  end)

  it("has nowhere to go from the first revision", function()
    play(WORDS .. [[
      Deployment "web" { replicas = 4, image = "web:2", progressDeadlineSeconds = 120,
        strategy = { type = "RollingUpdate", autoRollback = true } }
      run "10m"
      expect(images()).is "web:2"
      set_image("deploy/web", "web=web:3")
      wait("deploy/web", "rolled out")
    ]])
  end)

  it("is nothing that a workload without it has", function()
    play(WORDS .. [[
      Deployment "web" { replicas = 1, image = "web:1" }
      wait("deploy/web", "rolled out")
      expect(get "deploy/web".status.rollout).is(nil)
    ]])
  end)
end)
