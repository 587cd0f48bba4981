-- SPDX-License-Identifier: MIT
local play = require "spec.support.scene"

local START = [[
  cluster { seed = 2 }
  behave("tier=shop", { start = "1s", ready = "2s" })
  local function labels(name) return { app = name, tier = "shop" } end
  for _, name in ipairs { "a", "b", "c" } do
    Deployment(name) { replicas = 2, image = name .. ":1",
      selector = { matchLabels = labels(name) },
      template = { metadata = { labels = labels(name) } } }
    wait("deploy/" .. name, "rolled out")
  end
  function images()
    local found = {}
    for _, name in ipairs { "a", "b", "c" } do
      found[#found + 1] = get("deploy/" .. name).spec.template.spec.containers[1].image
    end
    return table.concat(found, " ")
  end
  function release(...)
    local workloads = {}
    for i, image in ipairs { ... } do
      local name = image:sub(1, 1)
      workloads[i] = { kind = "Deployment", name = name, images = { [name] = image } }
    end
    Release "next" { deadlineSeconds = 60, workloads = workloads }
  end
  function phase() return get "release/next".status.phase end
  function phases()
    local found = {}
    for i, one in ipairs(get "release/next".status.workloads) do found[i] = one.phase end
    return table.concat(found, " ")
  end
]]

describe("a Release", function()
  it("gives each workload its images when the one before it is rolled out", function()
    play(START .. [[
      local seen = {}
      always("in order", function()
        if seen[#seen] ~= images() then seen[#seen + 1] = images() end
        return true
      end)
      release("c:2", "a:2", "b:2")
      run "1s"
      expect(phase()).is "Progressing"
      run "5m"
      expect(phase()).is "Complete"
      expect(table.concat(seen, ", ")).is(
        "a:1 b:1 c:1, a:1 b:1 c:2, a:2 b:1 c:2, a:2 b:2 c:2")
    ]])
  end)

  it("goes back in reverse when one is not in time", function()
    play(START .. [[
      behave("app=b", { never_ready = true })
      local seen = {}
      always("in order", function()
        if seen[#seen] ~= images() then seen[#seen + 1] = images() end
        return true
      end)
      release("a:2", "b:2", "c:2")
      run "50s"
      expect(phases()).is "Complete Progressing Waiting"
      behave("app=b", { start = "1s", ready = "2s" })
      behave("app=b", { image = "b:2", never_ready = true })
      run "5m"
      expect(phase()).is "RolledBack"
      expect(phases()).is "RolledBack RolledBack Waiting"
      expect(get "release/next".status.message).contains "Deployment b: not in time"
      expect(table.concat(seen, ", ")).is(
        "a:1 b:1 c:1, a:2 b:1 c:1, a:2 b:2 c:1, a:2 b:1 c:1, a:1 b:1 c:1")
    ]])
  end)

  it("goes back when a strategy turned back, or somebody changed the images", function()
    play(START .. [[
      patch("deploy/b", function(b)
        b.spec.strategy = { type = "Canary",
          canary = { steps = { { setWeight = 50 }, { pause = {} } } } }
      end)
      run "1m"
      release("a:2", "b:2")
      run "30s"
      rollout.abort "deploy/b"
      run "2m"
      expect(phase()).is "RolledBack"
      expect(images()).is "a:1 b:1 c:1"
    ]])
    play(START .. [[
      behave("app=b", { never_ready = true })
      release("a:2", "b:2")
      run "20s"
      set_image("deploy/b", "b=b:7")
      behave("app=b", { start = "1s", ready = "2s" })
      run "2m"
      expect(phase()).is "RolledBack"
      expect(images()).is "a:1 b:1 c:1"
    ]])
  end)

  it("goes back when a workload has no such container", function()
    play(START .. [[
      Release "next" { workloads = { { kind = "Deployment", name = "a", images = { a = "a:2" } },
        { kind = "Deployment", name = "b", images = { x = "b:2" } } } }
      run "2m"
      expect(phase()).is "RolledBack"
      expect(get "release/next".status.message).is 'Deployment b: it has no container "x"'
      expect(images()).is "a:1 b:1 c:1"
    ]])
  end)

  it("waits for a workload that is not there yet", function()
    play(START .. [[
      release("a:2", "d:2")
      run "5m"
      expect(get "release/next".status.message).contains "no such object"
      Deployment "d" { image = "d:1" }
      run "2m"
      expect(phase()).is "Complete"
    ]])
  end)

  it("is not changed once it is there, and has workloads that can be rolled out", function()
    local ok, refusal = pcall(play, START .. [[
      release "a:2"
      patch("release/next", { spec = { deadlineSeconds = 5 } })
    ]])
    assert.is_false(ok)
    assert.matches("field is immutable", tostring(refusal))
    ok, refusal = pcall(play, START .. [[
      Release "next" { workloads = { { kind = "Job", name = "a", images = {} } } }
    ]])
    assert.is_false(ok)
    assert.matches('supported values: "DaemonSet", "Deployment", "StatefulSet"', tostring(refusal))
  end)
end)
