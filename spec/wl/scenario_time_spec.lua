-- SPDX-License-Identifier: MIT
-- The scenario language: time, and what must be so.
local support = require "spec.support.words"

local failure, new = support.failure, support.new
local refusal, settled = support.refusal, support.settled

describe("time", function()
  it("passes with run, and nothing else", function()
    local words = new()
    assert.equal(0, words.now())
    words.run "90s"
    assert.equal(90, words.now())
    words.run(0.5)
    assert.equal(90.5, words.now())
    words.run()
    assert.is_true(words.now() > 90.5)
  end)

  it("calls at, after and every", function()
    local words, calls = new(), {}
    local function note(name) return function() calls[#calls + 1] = name .. words.now() end end
    words.at("30s", note "at")
    words.at("2024-01-01T00:00:20Z", note "date")
    words.run "10s"
    words.after("5s", note "after")
    local ticking = words.every("12s", note "every")
    words.at("11s", note "x").stop()
    words.run "30s"
    ticking.stop()
    words.run "1m"
    assert.same({ "after15", "date20", "every22", "at30", "every34" }, calls)
  end)

  it("does not run back", function()
    local words = new()
    words.run "1m"
    assert.matches("run: %-5 is negative", refusal(words.run, -5).message)
    assert.matches("at: 30s is in the past: it is 60s after the beginning",
      refusal(words.at, "30s", print).message)
    assert.matches("a function expected, got nothing", refusal(words.after, "5s").message)
    assert.matches("every: the period must be above zero", refusal(words.every, 0, print).message)
    assert.matches('run: "x" is not a duration', refusal(words.run, "x").message)
  end)
end)

describe("wait", function()
  it("returns the object as soon as it is so", function()
    local words = new()
    words.behave("app=web", { start = "2s", ready = "3s" })
    assert.equal(2, words.wait("deploy/web", "available").status.availableReplicas)
    assert.equal(5, words.now())
    assert.equal("True", words.wait("deploy/web", "Progressing").status.conditions[2].status)
    words.delete "deploy/web"
    assert.is_nil(words.wait("deploy/web", "deleted"))
  end)

  it("takes a function, to which what is not there is not so", function()
    local words = new()
    words.at("20s", function() words.ConfigMap "late" { data = { a = "1" } } end)
    words.wait("cm/late", function(late) return late.data.a == "1" end)
    assert.equal(20, words.now())
    words.wait("deploy/web", function(web) return web.status.availableReplicas >= 2 end)
  end)

  it("fails with what was seen", function()
    local words = new()
    local text = failure(words.wait, "deploy/web", "ReplicaFailure", "30s")
    assert.matches("^deployment/web was not ReplicaFailure within 30s; last seen:\n", text)
    assert.matches("\n  Available=True %(MinimumReplicasAvailable%)", text)
    assert.matches("there is no such object", failure(words.wait, "deploy/x", "ready", "1s"))
    assert.matches('there is no condition "reddy"; did you mean "ready"?',
      refusal(words.wait, "deploy/web", "reddy").message)
  end)
end)

describe("expect", function()
  local words = new()
  local expect = words.expect

  it("lets pass what is so", function()
    expect(1).is(1)
    expect { 1, { a = 2 } }.is { 1, { a = 2 } }
    expect(words.get("deploy/web").spec.selector).is { matchLabels = { app = "web" } }
    expect(1).is_not(2)
    expect(2).at_least(2)
    expect(2).at_most(2)
    expect(3).above(2)
    expect(1).below(2)
    expect("abc").contains "b"
    expect({ 1, 2 }).contains(2)
    expect("web-5d4").matches "^web%-"
  end)

  it("fails with what was expected and what there is", function()
    assert.equal("expected to be 2, got 1", failure(expect(1).is, 2))
    assert.equal('pods: expected to be at least 2, got nil',
      failure(expect(nil, "pods").at_least, 2))
    assert.equal('expected to be above 2, got "a"', failure(expect("a").above, 2))
    assert.equal("expected to contain 3, got nil", failure(expect(nil).contains, 3))
    assert.matches('^expect: there is no "equals"; there are above, at_least',
      refusal(function() return expect(1).equals end).message)
  end)
end)

describe("always", function()
  it("is checked after everything that happens", function()
    local words = settled()
    words.always("two", function() return words.get("deploy/web").status.availableReplicas >= 2 end)
    words.at("30s", function() words.delete(words.list("pods")[1]) end)
    assert.matches("^two: not always so: at 30s it did not hold", failure(words.run, "5m"))
    assert.equal(30, words.now())
  end)

  it("is checked after what the scenario does itself", function()
    local words = settled()
    words.always("two", function() words.expect(words.get("deploy/web").spec.replicas).is(2) end)
    assert.equal("expected to be 2, got 1", failure(words.scale, "deploy/web", 1))
  end)

  it("takes a count that is not there for not so", function()
    local words = settled()
    words.always("one", function() return words.get("deploy/web").status.availableReplicas >= 1 end)
    words.scale("deploy/web", 0)
    assert.matches("^one: not always so: .*: attempt to compare", failure(words.run, "1m"))
  end)

  it("may change things without being asked again", function()
    local words = settled()
    local asked = 0
    words.always("counted", function()
      asked = asked + 1
      words.annotate("node/node-1", "asked=" .. asked)
      return true
    end)
    words.run "10s"
    assert.equal(tostring(asked), words.get("node/node-1").metadata.annotations.asked)
    assert.is_true(asked < 100)
  end)
end)
