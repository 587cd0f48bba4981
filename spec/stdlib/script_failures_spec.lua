-- SPDX-License-Identifier: MIT
-- A script that goes wrong in mid-flight: the rollout holds, the object says why, and
-- when the script is mended it goes on where it was.
local scene = require "spec.support.scene"

local WORLD = [[
  cluster { seed = 7, nodes = 3 }
  behave("app=web", { start = "1s", ready = "2s" })
  function mine(second)
    define(strategy "Mine" { script = function(step, params)
      step.set_weight(20)
      step.pause "1m"
      second(step, params)
      step.set_weight(60)
      step.pause()
    end })
  end
  mine(function() end)
  local workload = { replicas = 10, image = "web:1" }
  workload[KIND == "Deployment" and "strategy" or "updateStrategy"] = { type = "Mine" }
  if KIND == "DaemonSet" then workload.replicas = nil end
  name = KIND:lower() .. "/web"
  _G[KIND] "web"(workload)
  wait(name, "rolled out")
  function condition()
    for _, one in ipairs(get(name).status.conditions or {}) do
      if one.type == "PolicyFailed" then return one end
    end
  end
  function new_pods()
    local count = 0
    for _, pod in ipairs(list("pods", "app=web")) do
      count = count + (pod.spec.containers[1].image == "web:2" and 1 or 0)
    end
    return count
  end
]]

local function play(kind, text) scene(WORLD .. text, 3, { KIND = kind }) end

local FAILURES = {
  ["an error"] = "function() error 'no' end",
  ["a nil index"] = "function(_, params) return params.nothing.at end",
  ["a wrong argument"] = "function(step) step.set_weight('much') end",
  ["an endless loop"] = "function() while true do end end",
  ["an endless allocation"] =
    "function() local t = {} while true do t[#t + 1] = ('x'):rep(1000) end end",
}

describe("a script that fails", function()
  for _, kind in ipairs { "Deployment", "StatefulSet", "DaemonSet" } do
    for what, text in pairs(FAILURES) do
      it(("holds the %s safely: %s"):format(kind, what), function()
        play(kind, ([[
          mine(%s)
          set_image(name, "web=web:2")
          run "5m"
          expect(condition().status).is "True"
          expect(condition().message).matches "play.lua:%%d+: "
          local before = new_pods()
          run "10m"
          expect(new_pods()).is(before)
          mine(function() end)
          run "5m"
          expect(condition()).is(nil)
          expect(get(name).status.rollout.phase).is "Paused"
          expect(get(name).status.rollout.step).is(4)
          rollout.promote(name)
          wait(name, "rolled out", "10m")
        ]]):format(text))
      end)
    end
  end

  it("has no more pods than the budget allows, whatever it asks for", function()
    play("Deployment", [[
      define(strategy "Mine" { budget = { maxSurge = 1, maxUnavailable = 0 },
        script = function(step) step.set_replicas("300%", "100%") step.pause() end })
      always("one more at most", function()
        local total = 0
        for _, set in ipairs(list "rs") do total = total + set.spec.replicas end
        return total <= 11
      end)
      set_image(name, "web=web:2")
      run "10m"
      expect(get(name).status.rollout.phase).is "Progressing"
      rollout.abort(name)
      run "2m"
      expect(new_pods()).is(0)
    ]])
  end)

  it("may ask in vain for a Service that is not there, until it is", function()
    play("Deployment", [[
      mine(function(step) step.switch_service("late", "new") end)
      set_image(name, "web=web:2")
      run "5m"
      expect(get(name).status.rollout.message).contains 'there is no Service "late"'
      Service "late" { selector = { app = "web" }, ports = { { port = 80 } } }
      run "1m"
      expect(get(name).status.rollout.phase).is "Paused"
      expect(get "svc/late".spec.selector["pod-template-hash"]).is_not(nil)
    ]])
  end)
end)
