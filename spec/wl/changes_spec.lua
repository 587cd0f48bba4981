-- SPDX-License-Identifier: MIT
local Cluster = require "wl.cluster"
local changes = require "wl.changes"

local function parts(old, new) return table.concat(changes.parts(old, new), ", ") end

describe("what a write did", function()
  it("names fields, what they were and what they are", function()
    assert.equal("spec.replicas 3 -> 5",
      parts({ spec = { replicas = 3 } }, { spec = { replicas = 5 } }))
    assert.equal("status.readyReplicas 1",
      parts({ status = {} }, { status = { readyReplicas = 1 } }))
    assert.equal("spec.paused true -> none", parts({ spec = { paused = true } }, { spec = {} }))
    assert.equal("metadata.labels['a/b'] c", parts({ metadata = {} },
      { metadata = { labels = { ["a/b"] = "c" } } }))
  end)

  it("names conditions by type", function()
    assert.equal("Ready=False (Gone)", parts(
      { status = { conditions = { { type = "Ready", status = "True" } } } },
      { status = { conditions = { { type = "Ready", status = "False", reason = "Gone" } } } }))
  end)

  it("goes into lists of as many objects", function()
    assert.equal("spec.containers[1].image b -> c", parts(
      { spec = { containers = { { image = "a" }, { image = "b" } } } },
      { spec = { containers = { { image = "a" }, { image = "c" } } } }))
    assert.equal("metadata.finalizers a,b", parts({ metadata = {} },
      { metadata = { finalizers = { "a", "b" } } }))
  end)

  it("leaves out what follows from others, and when it was", function()
    assert.equal("", parts(
      { metadata = { generation = 1 }, status = { lastScheduleTime = "x" } },
      { metadata = { generation = 2 }, status = { lastScheduleTime = "y" } }))
  end)

  it("says many alike once", function()
    local writes = {}
    for i = 1, 5 do
      writes[i] = { type = "ADDED", now = { kind = "Pod", metadata = { name = "p" .. i } } }
    end
    writes[6] = { type = "DELETED", old = { kind = "Job", metadata = { name = "j" } } }
    assert.same({ "created Pod p1, and 4 more alike", "removed Job j" }, changes.lines(writes))
  end)

  it("is read from the history, as far as that goes", function()
    local cluster = Cluster.new { nodes = 0, history = 3 }
    local revision = cluster.store:revision()
    for i = 1, 5 do
      cluster:create { apiVersion = "v1", kind = "ConfigMap", metadata = { name = "c" .. i } }
    end
    local writes = changes.since(cluster, revision)
    assert.is_true(#writes >= 2 and #writes <= 3)
    assert.equal("c5", writes[#writes].now.metadata.name)
    assert.same({}, changes.since(cluster, cluster.store:revision()))
  end)
end)
