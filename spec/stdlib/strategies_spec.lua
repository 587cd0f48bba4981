-- SPDX-License-Identifier: MIT
-- The library of strategies: what each does, for each kind that it is for.
local play = require "spec.support.scene"

local WORLD = [[
  cluster { seed = 3, nodes = 6 }
  behave("app=web", { start = "1s", ready = "2s" })
  function make(kind, strategy, fields)
    fields = fields or {}
    fields.image = "web:1"
    fields[kind == "Deployment" and "strategy" or "updateStrategy"] = strategy
    if kind ~= "DaemonSet" then fields.replicas = fields.replicas or 6 end
    name = kind:lower() .. "/web"
    _G[kind] "web"(fields)
    wait(name, "rolled out")
  end
  function update(image, time)
    set_image(name, "web=" .. image)
    run(time or "2m")
  end
  function new_pods()
    local status = get(name).status
    return status.updatedReplicas or status.updatedNumberScheduled or 0
  end
  function kept() return get(name).status.rollout end
]]

local function scene(text) play(WORLD .. text, 6) end

describe("Partition", function()
  for _, kind in ipairs { "Deployment", "StatefulSet", "DaemonSet" } do
    it(("of a %s keeps old pods until the number is lowered"):format(kind), function()
      scene(([[
        make("%s", { type = "Partition", partition = { partition = 4 } })
        update "web:2"
        expect(new_pods()).is(2)
        local field = name:find "^deployment" and "strategy" or "updateStrategy"
        patch(name, { spec = { [field] = { partition = { partition = "50%%" } } } })
        run "2m"
        expect(new_pods()).is(3)
        rollout.promote(name)
        wait(name, "rolled out")
        expect(new_pods()).is(6)
      ]]):format(kind))
    end)
  end
end)

describe("Batches", function()
  for _, kind in ipairs { "Deployment", "StatefulSet", "DaemonSet" } do
    it(("of a %s grow"):format(kind), function()
      scene(([[
        make("%s", { type = "Batches", batches = { first = 1, factor = 2, rest = "10m" } })
        update("web:2", "5m")
        expect(new_pods()).is(1)
        run "10m"
        expect(new_pods()).is(3)
        run "10m"
        expect(new_pods()).is(6)
        run "10m"
        expect(kept().phase).is "Healthy"
      ]]):format(kind))
    end)
  end

  it("may be given one by one", function()
    scene [[
      make("Deployment", { type = "Batches", batches = { sizes = { 2, "100%" }, rest = "10m" } })
      update("web:2", "5m")
      expect(new_pods()).is(2)
      run "11m"
      expect(new_pods()).is(6)
    ]]
  end)
end)

describe("BlueGreen", function()
  local BLUE_GREEN = [[
    Service "web" { selector = { app = "web" }, ports = { { port = 80 } } }
    Service "next" { selector = { app = "web" }, ports = { { port = 80 } } }
    function served(service)
      local hash = get("svc/" .. service).spec.selector["pod-template-hash"]
      for _, set in ipairs(list "rs") do
        if set.metadata.labels["pod-template-hash"] == hash then
          return set.spec.template.spec.containers[1].image
        end
      end
    end
    function blue_green(params)
      params.activeService, params.previewService = "web", "next"
      make("Deployment", { type = "BlueGreen", blueGreen = params })
    end
  ]]

  it("switches when somebody promotes, and keeps the old pods for a while", function()
    scene(BLUE_GREEN .. [[
      blue_green { autoPromotionEnabled = false, scaleDownDelaySeconds = 100 }
      update "web:2"
      expect(served "web").is "web:1"
      expect(served "next").is "web:2"
      expect(get(name).status.replicas).is(12)
      rollout.promote(name)
      run "90s"
      expect(served "web").is "web:2"
      expect(get(name).status.replicas).is(12)
      run "1m"
      expect(get(name).status.replicas).is(6)
    ]])
  end)

  it("switches by itself, also after some time", function()
    scene(BLUE_GREEN .. [[
      blue_green { autoPromotionSeconds = 300, previewReplicas = 2 }
      update "web:2"
      expect(served "web").is "web:1"
      expect(new_pods()).is(2)
      run "5m"
      expect(served "web").is "web:2"
    ]])
  end)

  it("does not switch when the analysis before it fails", function()
    scene(BLUE_GREEN .. [[
      metric("errors", 1)
      blue_green { prePromotionAnalysis = { metric = "errors", successCondition = "< 0.5" } }
      update "web:2"
      expect(served "web").is "web:1"
      expect(kept().phase).is "Degraded"
      expect(get(name).status.replicas).is(6)
    ]])
  end)

  it("switches back when the one after it fails, also when the old pods have gone", function()
    scene(BLUE_GREEN .. [[
      blue_green { postPromotionAnalysis = { metric = "errors", successCondition = "< 0.5",
        initialDelay = "1m" } }
      metric("errors", 1)
      update("web:2", "30s")
      expect(served "web").is "web:2"
      run "2m"
      expect(served "web").is "web:1"
      expect(new_pods()).is(0)
    ]])
  end)
end)

describe("SurgeFirst", function()
  it("has no available pod less than wanted", function()
    scene [[
      make("Deployment", { type = "SurgeFirst", surgeFirst = { maxSurge = 1, maxUnavailable = 3 } })
      always("six", function() return get(name).status.availableReplicas >= 6 end)
      update "web:2"
      wait(name, "rolled out")
    ]]
  end)

  it("spends what may be unavailable where there is no room to surge", function()
    scene [[
      make("Deployment", { type = "SurgeFirst", surgeFirst = { maxSurge = 0, maxUnavailable = 2 } })
      always("four", function() return get(name).status.availableReplicas >= 4 end)
      update "web:2"
      wait(name, "rolled out")
    ]]
  end)

  it("replaces pods that are not available, though the surge is used up", function()
    scene [[
      make("Deployment", { type = "SurgeFirst", surgeFirst = { maxSurge = 1, maxUnavailable = 1 } })
      behave("app=web", { image = "web:2", never_ready = true })
      update("web:2", "5m")
      expect(get(name).status.availableReplicas).at_least(5)
      update("web:3", "5m")
      wait(name, "rolled out")
    ]]
  end)
end)

describe("ByZone", function()
  local ZONES = [[
    for i = 1, 6 do
      node("node-" .. i):label { ["topology.kubernetes.io/zone"] = "z" .. (i - 1) // 2 }
    end
  ]]

  it("asks before each zone", function()
    scene(ZONES .. [[
      make("DaemonSet", { type = "ByZone", byZone = { ask = true } })
      update "web:2"
      expect(new_pods()).is(2)
      rollout.promote(name)
      run "2m"
      expect(new_pods()).is(4)
      rollout.abort(name)
      run "2m"
      expect(new_pods()).is(0)
    ]])
  end)

  it("needs no parameters", function()
    scene(ZONES .. [[
      make("DaemonSet", { type = "ByZone" })
      update "web:2"
      expect(new_pods()).is(6)
    ]])
  end)

  it("takes nodes without the label for a zone, and any label for zones", function()
    scene(ZONES .. [[
      node "node-1":label { rack = "a" }
      make("DaemonSet", { type = "ByZone", byZone = { topologyKey = "rack", ask = true } })
      update "web:2"
      expect(new_pods()).is(1)
      rollout.promote(name)
      wait(name, "rolled out")
    ]])
  end)
end)

describe("strategies", function()
  for _, case in ipairs { { "StatefulSet", "BlueGreen" }, { "Deployment", "ByZone" },
    { "Deployment", "OnDelete" }, { "DaemonSet", "SurgeFirst" } } do
    it(("%s has no %s"):format(case[1], case[2]), function()
      local ok, refusal = pcall(scene, ('make("%s", { type = "%s" })'):format(case[1], case[2]))
      assert.is_false(ok)
      assert.matches("[sS]trategy", tostring(refusal))
      assert.matches("is invalid", tostring(refusal))
    end)
  end

  it("tell what is wrong with their parameters", function()
    for text, strategy in pairs {
      ['did you mean "steps"'] = '{ type = "Canary", canary = { step = {} } }',
      ["canary.steps[0].setWeight"] =
        '{ type = "Canary", canary = { steps = { { setWeight = 120 } } } }',
      ["previewService"] = '{ type = "BlueGreen", blueGreen = { previewService = 5 } }',
    } do
      local ok, refusal = pcall(scene, ('make("Deployment", %s)'):format(strategy))
      assert.is_false(ok)
      assert.truthy(tostring(refusal):find(text, 1, true), tostring(refusal))
    end
  end)
end)
