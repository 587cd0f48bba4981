-- SPDX-License-Identifier: MIT
--- Promises: looked at at each write of what they look at, and broken at that write.
local checks = require "wl.verbs.checks"
local scenario = require "wl.scenario"

local function words_of(options)
  local played = scenario.new(options)
  local words = played:environment()
  return words, played
end

local function web()
  local words, played = words_of()
  words.cluster { nodes = 3, seed = 2 }
  words.Deployment("web", { replicas = 3, image = "nginx:1" })
  words.wait "deploy/web"
  return words, played
end

-- The message with which a promise is broken.
local function failure(call, ...)
  local ok, problem = pcall(call, ...)
  assert.is_false(ok)
  assert.is_true(checks.is_failure(problem), tostring(problem))
  return tostring(problem)
end

describe("a promise", function()
  it("sees what is so between two writes of one reconcile", function()
    local words = web()
    local seen = {}
    words.always("noted", function()
      local sum = 0
      for _, set in ipairs(words.list "rs") do sum = sum + set.spec.replicas end
      seen[sum] = true
      return true
    end)
    words.set_image("deploy/web", "web=nginx:2")
    words.run "5m"
    assert.same({ [3] = true, [4] = true }, seen)
  end)

  it("is looked at for what it looks at, and for nothing else", function()
    local words = web()
    local asked = 0
    words.always("there", function()
      asked = asked + 1
      return words.exists "deploy/web"
    end)
    local before = asked
    for i = 1, 20 do words.annotate("node/node-1", "n=" .. i) end
    assert.equal(before, asked)
    words.annotate("deploy/web", "n=1")
    assert.is_true(asked > before)
  end)

  it("sees an object come that was not there", function()
    local words = web()
    words.never("it comes", function() return words.exists "cm/x" end)
    assert.matches("^it comes: was so at 1s",
      failure(words.ConfigMap, "x", { data = { a = "b" } }))
  end)

  it("may look at time", function()
    local words = web()
    local start = words.now()
    words.always("young", function() return words.now() - start < 60 end)
    words.every("10s", function() end)
    assert.matches("^young: not always so", failure(words.run, "5m"))
    assert.equal(start + 60, words.now())
  end)

  it("may be taken back", function()
    local words = web()
    local promise = words.always("three", function()
      return words.get "deploy/web".spec.replicas == 3
    end)
    promise.stop()
    words.scale("deploy/web", 1)
  end)
end)

describe("never, eventually, within, holds_until, at_most", function()
  it("never: breaks at the write", function()
    local words = web()
    words.never("two versions", function()
      local images = {}
      for _, pod in ipairs(words.list "pods") do images[pod.spec.containers[1].image] = true end
      return images["nginx:1"] and images["nginx:2"]
    end)
    words.set_image("deploy/web", "web=nginx:2")
    assert.matches("^two versions: was so at", failure(words.run, "5m"))
  end)

  it("eventually: breaks at the end only", function()
    local words, played = web()
    words.eventually("five", function() return words.get "deploy/web".status.readyReplicas == 5 end)
    words.run "5m"
    assert.matches("^five: not so until the end of the run", failure(played.finish, played))
    words, played = web()
    words.eventually("five", function() return words.get "deploy/web".status.readyReplicas == 5 end)
    words.scale("deploy/web", 5)
    words.run "1m"
    words.scale("deploy/web", 1)
    words.run "1m"
    played:finish()
  end)

  it("within: breaks when the time is over", function()
    local words = web()
    local start = words.now()
    words.within("90s", "five", function()
      return words.get "deploy/web".status.readyReplicas == 5
    end)
    assert.matches("^five: not so within 90s", failure(words.run, "5m"))
    assert.equal(start + 90, words.now())
    words = web()
    words.within("90s", "five", function()
      return words.get "deploy/web".status.readyReplicas == 5
    end)
    words.scale("deploy/web", 5)
    words.run "5m"
  end)

  it("holds_until: until the other is so", function()
    local words = web()
    words.holds_until("stays", function() return words.get "deploy/web".spec.replicas == 3 end,
      function() return words.exists "cm/free" end)
    words.run "10s"
    assert.matches("^stays: not so any more at", failure(words.scale, "deploy/web", 2))
    local played
    words, played = web()
    words.holds_until("stays", function() return words.get "deploy/web".spec.replicas == 3 end,
      function() return words.exists "cm/free" end)
    words.ConfigMap("free", { data = {} })
    words.scale("deploy/web", 2)
    played:finish()
    words, played = web()
    words.holds_until("stays", function() return true end, function() return false end)
    assert.matches("^stays: was not released", failure(played.finish, played))
  end)

  it("at_most: counts how often it becomes so", function()
    local words = web()
    words.at_most("once", "two", function() return words.get "deploy/web".spec.replicas == 2 end)
    words.scale("deploy/web", 2)
    words.scale("deploy/web", 1)
    assert.matches("^two: so for the 2. time at", failure(words.scale, "deploy/web", 2))
    assert.matches("a number of times expected", tostring(select(2, pcall(words.at_most, "often",
      "x", function() end))))
  end)
end)
