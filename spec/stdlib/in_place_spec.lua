-- SPDX-License-Identifier: MIT
-- Strategies in steps for StatefulSets and DaemonSets.
local scene = require "spec.support.scene"

local function play(text) return scene(text, 5) end

local WORDS = [[
  cluster { seed = 7 }
  behave("app=db", { start = "2s", ready = "3s" })
  -- The versions of the pods in the order of their names, or of their nodes.
  function versions()
    local pods, found = list("pods", "app=db"), {}
    if kind == "ds" then
      table.sort(pods, function(a, b) return a.spec.nodeName < b.spec.nodeName end)
    end
    for i, pod in ipairs(pods) do found[i] = pod.spec.containers[1].image:sub(4) end
    return table.concat(found, " ")
  end
  function count(version) return select(2, versions():gsub(version, "")) end
  function kept() return get(kind .. "/db").status.rollout end
  function update(version, timeout)
    set_image(kind .. "/db", "db=db:" .. version)
    run(timeout or "2m")
  end
  steps = { { setWeight = 20 }, { pause = { duration = "10m" } }, { setWeight = 60 },
    { pause = {} } }
]]

local STATEFUL = WORDS .. [[
  kind = "sts"
  StatefulSet "db" { replicas = 5, image = "db:1",
    updateStrategy = { type = "Canary", canary = { steps = steps } } }
  wait("sts/db", "rolled out")
]]

local DAEMON = WORDS .. [[
  kind = "ds"
  DaemonSet "db" { image = "db:1",
    updateStrategy = { type = "Canary", canary = { steps = steps } } }
  wait("ds/db", "rolled out")
]]

describe("a StatefulSet in steps", function()
  it("updates the highest ordinals first, and stops there", function()
    play(STATEFUL .. [[
      update(2)
      expect(versions()).is "1 1 1 1 2"
      expect(get "sts/db".status.currentRevision).is_not(get "sts/db".status.updateRevision)
      run "10m"
      expect(versions()).is "1 1 2 2 2"
      rollout.promote "sts/db"
      wait("sts/db", "rolled out")
      expect(versions()).is "2 2 2 2 2"
      expect(get "sts/db".status.currentRevision).is(get "sts/db".status.updateRevision)
    ]])
  end)

  it("makes pods below the partition anew of the stable revision", function()
    play(STATEFUL .. [[
      update(2)
      delete "pod/db-0"
      delete "pod/db-4"
      run "1m"
      expect(versions()).is "1 1 1 1 2"
    ]])
  end)

  it("goes back when it is aborted, over a pod that never gets ready too", function()
    play(STATEFUL .. [[
      behave("app=db", { image = "db:2", never_ready = true })
      update(2, "10m")
      expect(versions()).is "1 1 1 1 2"
      expect(kept().phase).is "Progressing"
      rollout.abort "sts/db"
      run "2m"
      expect(versions()).is "1 1 1 1 1"
      expect(kept().phase).is "Aborted"
    ]])
  end)

  it("takes the next template over a pod that never gets ready", function()
    play(STATEFUL .. [[
      behave("app=db", { image = "db:2", never_ready = true })
      update(2)
      update(3)
      expect(versions()).is "1 1 1 1 3"
      rollout.undo("sts/db", 1)
      run "2m"
      expect(versions()).is "1 1 1 1 1"
      expect(kept().phase).is "Healthy"
    ]])
  end)

  it("keeps the order, one at a time", function()
    play(STATEFUL .. [[
      always("one at most is not ready", function()
        return (get "sts/db".status.readyReplicas or 0) >= 4
      end)
      update(2)
      rollout.promote("sts/db", { full = true })
      wait("sts/db", "rolled out", "5m")
    ]])
  end)

  it("refuses a strategy that is not there", function()
    local ok, refusal = pcall(play, WORDS .. [[
      StatefulSet "db" { image = "db:1", updateStrategy = { type = "Canari" } }
    ]])
    assert.is_false(ok)
    assert.matches("updateStrategy", tostring(refusal))
  end)
end)

describe("a DaemonSet in steps", function()
  it("updates as many nodes as it may", function()
    play(DAEMON .. [[
      update(2)
      expect(count(2)).is(1)
      expect(get "ds/db".status.updatedNumberScheduled).is(1)
      run "10m"
      expect(count(2)).is(3)
      rollout.promote "ds/db"
      wait("ds/db", "rolled out")
      expect(count(2)).is(5)
    ]])
  end)

  it("makes pods anew of the stable revision where the new one may not be", function()
    play(DAEMON .. [[
      update(2)
      local before = versions()
      for _, pod in ipairs(list("pods", "app=db")) do delete(pod) end
      run "1m"
      expect(count(2)).is(1)
      expect(count(1)).is(4)
    ]])
  end)

  it("goes back when it is aborted, and begins again when it is retried", function()
    play(DAEMON .. [[
      behave("app=db", { image = "db:2", never_ready = true })
      update(2, "10m")
      expect(count(2)).is(1)
      rollout.abort "ds/db"
      run "2m"
      expect(versions()).is "1 1 1 1 1"
      rollout.retry "ds/db"
      run "2m"
      expect(count(2)).is(1)
    ]])
  end)

  it("may surge", function()
    play(DAEMON .. [[
      patch("ds/db", { spec = { updateStrategy = { canary = { maxSurge = 2, maxUnavailable = 0,
        steps = { { setWeight = 40 }, { pause = {} } } } } } })
      always("all nodes are served", function() return get "ds/db".status.numberAvailable == 5 end)
      update(2)
      expect(count(2)).is(2)
      rollout.abort "ds/db"
      run "2m"
      expect(versions()).is "1 1 1 1 1"
      rollout.retry "ds/db"
      rollout.promote("ds/db", { full = true })
      wait("ds/db", "rolled out")
      expect(versions()).is "2 2 2 2 2"
    ]])
  end)

  it("lets nodes come and go", function()
    play(DAEMON .. [[
      update(2)
      node "node-1":delete()
      run "1m"
      expect(count(2)).at_most(1)
      expect(#list("pods", "app=db")).is(4)
    ]])
  end)
end)
