-- SPDX-License-Identifier: MIT
local scene = require "spec.support.scene"

local WORLD = [[
  cluster { seed = 3, nodes = 4 }
  behave("app=web", { start = "2s", ready = "8s", terminate = "5s" })
  Deployment "web" { replicas = 6, image = "web:1", strategy = %s }
  PodDisruptionBudget "web" { minAvailable = 6, selector = { matchLabels = { app = "web" } } }
  wait("deploy/web", "rolled out")
  function there(name) return #list("pods", { field = "spec.nodeName=" .. name }) end
  function up()
    always("six are available", function()
      return (get "deploy/web".status.availableReplicas or 0) >= 6
    end)
  end
]]

local function play(strategy, text) scene(WORLD:format(strategy) .. text) end

local SURGE = "{ surgeBeforeDrain = true, rollingUpdate = { maxSurge = 1, maxUnavailable = 0 } }"

describe("surgeBeforeDrain", function()
  it("lets a node be emptied without one pod less at any moment", function()
    play(SURGE, [[
      up()
      node "node-1":drain()
      run "5m"
      expect(there "node-1").is(0)
      expect(get "deploy/web".status.replicas).is(6)
      expect(get "deploy/web".status.conditions[2].reason).is "NewReplicaSetAvailable"
    ]])
  end)

  it("has no more pods than the surge allows, and none when the node is back", function()
    play(SURGE, [[
      always("seven at most", function()
        local total = 0
        for _, set in ipairs(list "rs") do total = total + set.spec.replicas end
        return total <= 7
      end)
      node "node-1":cordon()
      node "node-2":cordon()
      run "1m"
      expect(get "deploy/web".status.replicas).is(7)
      node "node-1":uncordon()
      node "node-2":uncordon()
      run "1m"
      expect(get "deploy/web".status.replicas).is(6)
    ]])
  end)

  it("leaves the surge to a rollout", function()
    play(SURGE, [[
      up()
      node "node-1":cordon()
      set_image("deploy/web", "web=web:2")
      run "10m"
      expect(get "deploy/web".status.updatedReplicas).is(6)
      expect(there "node-1").is(0)
    ]])
  end)

  it("is what Kubernetes does not do: such a budget holds a drain for ever", function()
    play("{ rollingUpdate = { maxSurge = 1, maxUnavailable = 0 } }", [[
      local before = there "node-1"
      node "node-1":drain()
      run "10m"
      expect(there "node-1").is(before)
    ]])
  end)
end)
